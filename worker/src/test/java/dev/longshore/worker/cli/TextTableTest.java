package dev.longshore.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextTableTest {
    @Test
    void columnsAreAsWideAsTheirWidestCellAndLinesEndWithText() {
        TextTable table = new TextTable("step", "time", "notes");
        table.row("filesystem", "1 s", "");
        table.row("blarify", "12 s", "slow");

        assertThat(table.toString()).isEqualTo("""
                          step        time  notes
                          filesystem  1 s
                          blarify     12 s  slow
                        """);
    }

    @Test
    void aColumnThatIsEmptyInEveryRowIsLeftOut() {
        TextTable table = new TextTable("step", "time", "notes");
        table.row("filesystem", "", "fine");

        assertThat(table.toString()).isEqualTo("  step        notes\n  filesystem  fine\n");
    }

    @Test
    void aCellIsALineAndHoldsNothingThatATerminalWouldObey() {
        TextTable table = new TextTable("notes");
        table.row("a\u001b[2Jb\nc");

        assertThat(table.toString()).isEqualTo("  notes\n  a [2Jb c\n");
    }
}
