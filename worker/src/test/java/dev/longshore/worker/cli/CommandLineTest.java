package dev.longshore.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What the command line refuses before it starts anything; whole runs are in tests-integration. */
class CommandLineTest {
    @TempDir
    Path temporary;

    private record Result(int exit, String out, String err) {}

    private static Result execute(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine = LongshoreCommand.commandLine();
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        return new Result(commandLine.execute(arguments), out.toString(), err.toString());
    }

    @Test
    void helpGoesToStandardOutput() {
        Result help = execute("--help");

        assertThat(help.exit()).isZero();
        assertThat(help.out()).contains("ingest", "doctor", "images");
        assertThat(help.err()).isEmpty();
    }

    static List<List<String>> wrongUsage() {
        return List.of(
                List.of(),
                List.of("ingst"),
                List.of("ingest"),
                List.of("ingest", ".", "--dokcer", "off"),
                List.of("ingest", ".", "--docker", "perhaps"),
                List.of("ingest", ".", "--threads", "many"),
                List.of("ingest", ".", "--threads", "0"),
                List.of("images"),
                List.of("images", "build", "--timeout", "soon"),
                List.of("images", "build", "--wheels", "no/such/directory"));
    }

    @ParameterizedTest
    @MethodSource("wrongUsage")
    void wrongUsageExitsWithTwoAndSaysWhy(List<String> arguments) {
        Result result = execute(arguments.toArray(String[]::new));

        assertThat(result.exit()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(result.err()).isNotBlank().doesNotContain("Exception");
        assertThat(result.out()).isEmpty();
    }

    @Test
    void wrongUsageNamesTheHelpInsteadOfPrintingIt() {
        assertThat(execute("ingest", ".", "--threads", "many").err())
                .isEqualTo("longshore: Invalid value for option '--threads': 'many' is not an int"
                        + " (see longshore ingest --help)\n");
        assertThat(execute("ingst").err())
                .startsWith("longshore: Unmatched argument at index 0: 'ingst' (did you mean ")
                .contains("ingest")
                .endsWith("? see longshore --help)\n")
                .hasLineCount(1);
        assertThat(execute().err()).isEqualTo("longshore: name a command (see longshore --help)\n");
    }

    @Test
    void aWorkDirectoryThatCannotBeMadeIsOneLineAndItsFix() throws IOException {
        Path file = Files.writeString(temporary.resolve("file"), "");
        Path source = Files.createDirectory(temporary.resolve("source"));

        Result result = execute(
                "ingest",
                source.toString(),
                "--docker",
                "off",
                "--out",
                temporary.resolve("o").toString(),
                "--work",
                file.resolve("work").toString());

        assertThat(result.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(result.err().lines())
                .hasSize(2)
                .first()
                .asString()
                .startsWith("longshore: " + file)
                .doesNotContain("Exception");
        assertThat(result.err()).contains("\n  fix: ").contains("--work");
    }

    @Test
    void aPipelineWhoseStepNamesNoImageIsBadInput() throws IOException {
        Path file = Files.writeString(
                temporary.resolve("p.yaml"), "steps:\n  x:\n    type: container\n    options: {command: ls}\n");

        Result result = execute("ingest", temporary.toString(), "--pipeline", file.toString());

        assertThat(result.exit()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(result.err()).startsWith("longshore: " + file + ":4: ").contains("needs an image");
    }

    @Test
    void badInputIsOneLineThatStartsWithTheProgramsName() throws IOException {
        Path file = Files.writeString(temporary.resolve("file.txt"), "");

        assertThat(execute("ingest", file.toString()).err())
                .isEqualTo("longshore: " + file + " is a file; name the directory that it is in\n");
        assertThat(execute("ingest", "no/such/place").err())
                .isEqualTo("longshore: there is no directory no/such/place, and it is no URL of a git repository\n");
        assertThat(execute("ingest", temporary.toString(), "--out", temporary.toString())
                        .err())
                .isEqualTo("longshore: " + temporary + " is not empty and holds no graph of Longshore's\n");
        assertThat(execute("ingest", temporary.toString(), "--steps", "filesytem")
                        .err())
                .isEqualTo("longshore: steps: no step filesytem in pipeline default; its steps are filesystem, blarify,"
                        + " docgrapher\n");
        assertThat(execute("ingest", temporary.toString(), "--pipeline", "no.yaml")
                        .err())
                .isEqualTo("longshore: there is no pipeline file no.yaml\n");
    }

    @Test
    void everyFaultOfAPipelineIsALine() throws IOException {
        Path file = Files.writeString(
                temporary.resolve("p.yaml"), "nmae: x\nsteps:\n  filesystem: {timeout: soon}\n  nothing:\n");

        Result result = execute("ingest", temporary.toString(), "--pipeline", file.toString());

        assertThat(result.exit()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(result.err().lines())
                .hasSize(3)
                .allSatisfy(line -> assertThat(line).startsWith("longshore: " + file + ":"));
    }

    @Test
    void theWorkDirectoryIsTheOptionThenTheEnvironmentThenTheCache() {
        WorkDirectory work = new WorkDirectory();

        assertThat(work.path(Map.of("LONGSHORE_WORK", "/w", "XDG_CACHE_HOME", "/c"), "/home/me"))
                .isEqualTo(Path.of("/w"));
        assertThat(work.path(Map.of("XDG_CACHE_HOME", "/c"), "/home/me")).isEqualTo(Path.of("/c/longshore/runs"));
        assertThat(work.path(Map.of(), "/home/me")).isEqualTo(Path.of("/home/me/.cache/longshore/runs"));
    }
}
