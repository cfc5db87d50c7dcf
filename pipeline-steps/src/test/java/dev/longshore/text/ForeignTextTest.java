package dev.longshore.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForeignTextTest {
    /** A colour, a bell, lines, C1's one-character CSI, what turns the direction round, half a pair. */
    @ParameterizedTest
    @ValueSource(strings = {"\u001b", "\u0007", "\n", "\r", "\t", "\u009b", "\u2028", "\u2029", "\u202e", "\ud800"})
    void whatATerminalWouldObeyIsASpace(String control) {
        assertThat(ForeignText.uncut("a" + control + "b")).isEqualTo("a b");
        assertThat(ForeignText.oneLine(control + "a" + control + "b" + control)).isEqualTo("a b");
        assertThat(ForeignText.isSafe("a" + control)).isFalse();
    }

    @Test
    void otherTextStaysAsItIs() {
        String text = "  Größe 中文 \ud83d\ude00 \"x\" ";

        assertThat(ForeignText.uncut(text)).isEqualTo(text);
        assertThat(ForeignText.oneLine(text)).isEqualTo(text.strip());
        assertThat(ForeignText.isSafe(text)).isTrue();
    }

    @Test
    void isCutBetweenCharacters() {
        assertThat(ForeignText.oneLine("abcd", 4)).isEqualTo("abcd");
        assertThat(ForeignText.oneLine("abcde", 4)).isEqualTo("abcd…");
        assertThat(ForeignText.oneLine("abc\ud83d\ude00", 4)).isEqualTo("abc…");
        assertThat(ForeignText.oneLine("x".repeat(1000))).hasSize(301);
        assertThat(ForeignText.uncut("x".repeat(1000))).hasSize(1000);
        assertThat(ForeignText.quoted("x".repeat(1000))).hasSize(103);
    }
}
