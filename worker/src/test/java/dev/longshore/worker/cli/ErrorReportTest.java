package dev.longshore.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.docker.DockerFailure;
import dev.longshore.docker.DockerFailureException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ErrorReportTest {
    private final StringWriter err = new StringWriter();

    private int report(Exception e) {
        return new ErrorReport(new PrintWriter(err)).failed(e);
    }

    @Test
    void aFileIsNamedWithTheReason() {
        assertThat(report(new AccessDeniedException("/w/r-1"))).isEqualTo(ExitCode.FAILED);

        assertThat(err.toString()).isEqualTo("""
                        longshore: /w/r-1: permission denied
                          fix: let this user read and write it, or name another directory with --work or --out
                        """);
    }

    @Test
    void aFullDiskIsToldApart() {
        report(new UncheckedIOException(new FileSystemException("/w/x", null, "No space left on device")));

        assertThat(err.toString()).isEqualTo("""
                        longshore: /w/x: No space left on device
                          fix: free some space, or name another directory with --work or --out
                        """);
    }

    @Test
    void anExceptionWithoutWordsIsStillALine() {
        report(new IOException());

        assertThat(err.toString()).startsWith("longshore: IOException\n");
    }

    @Test
    void theDaemonsFailureHasItsFix() {
        DockerFailure failure = new DockerFailure.Timeout("info", Duration.ofSeconds(3));

        assertThat(report(new DockerFailureException(failure))).isEqualTo(ExitCode.FAILED);

        assertThat(err.toString()).isEqualTo("longshore: " + failure.message() + "\n  fix: " + failure.fix() + "\n");
    }

    @Test
    void aFaultOfTheProgramSaysSoBeforeItsStackTrace() {
        assertThat(report(new IllegalStateException("impossible"))).isEqualTo(ExitCode.FAILED);

        assertThat(err.toString().lines().toList().get(0)).startsWith("longshore: this is a fault of Longshore's");
        assertThat(err.toString()).contains("java.lang.IllegalStateException: impossible", "\tat ");
    }

    @Test
    void anInterruptedCommandSaysNothing() {
        assertThat(report(new InterruptedException())).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void aForeignWordMovesNoCursor() {
        report(new IOException("the server says: \u001b[1A\u001b[2Kall is well"));

        assertThat(err.toString()).startsWith("longshore: the server says:  [1A [2Kall is well\n");
    }
}
