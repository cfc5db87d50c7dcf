package dev.longshore.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.step.StepFailure;
import dev.longshore.worker.preflight.Check;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(60)
class DoctorCommandTest {
    @TempDir
    Path temporary;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int doctor(Path work, Path socket, String... arguments) {
        CommandLine commandLine = LongshoreCommand.commandLine();
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        List<String> all =
                new ArrayList<>(List.of("doctor", "--work", work.toString(), "--docker-host", "unix://" + socket));
        all.addAll(List.of(arguments));
        return commandLine.execute(all.toArray(String[]::new));
    }

    @Test
    void aDirectoryThatIsNotThereIsToldFirst() {
        Path work = temporary.resolve("work");

        assertThat(doctor(work, temporary.resolve("none.sock"), "/no/such/place"))
                .isEqualTo(ExitCode.BAD_INPUT);

        assertThat(err.toString()).isEqualTo("longshore: there is no directory /no/such/place\n");
        assertThat(out.toString()).isEmpty();
        assertThat(work).doesNotExist();
    }

    @Test
    void withoutAWorkDirectoryWhatStandsOnItIsNotKnown() throws IOException {
        Path file = Files.writeString(temporary.resolve("file"), "");

        assertThat(doctor(file.resolve("work"), temporary.resolve("none.sock"), temporary.toString()))
                .isEqualTo(ExitCode.FAILED);

        assertThat(err.toString()).isEmpty();
        assertThat(out.toString().lines())
                .anyMatch(line -> line.startsWith("ok       Java "))
                .anyMatch(line -> line.startsWith("problem  work directory cannot be written: " + file))
                .anyMatch(line -> line.contains("fix: name another directory with --work"))
                .filteredOn(line -> line.startsWith("unknown "))
                .hasSize(5);
    }

    @Test
    void nothingIsLeftInTheWorkDirectory() {
        Path work = temporary.resolve("work");

        assertThat(doctor(work, temporary.resolve("none.sock"), temporary.toString()))
                .isEqualTo(ExitCode.FAILED);

        assertThat(out.toString()).contains("problem  connection");
        assertThat(work).isEmptyDirectory();
    }

    @Test
    void anInterruptedDoctorLeavesNothingEither() throws Exception {
        Path work = temporary.resolve("work");
        Path socket = temporary.resolve("silent.sock");
        try (ServerSocketChannel daemon = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            daemon.bind(UnixDomainSocketAddress.of(socket));
            CompletableFuture<Integer> exit = new CompletableFuture<>();
            Thread doctor = new Thread(() -> exit.complete(doctor(work, socket, temporary.toString())), "doctor");
            doctor.start();
            try (SocketChannel asked = daemon.accept()) {
                assertThat(asked.isConnected()).isTrue();
                assertThat(work).isNotEmptyDirectory();

                doctor.interrupt();

                assertThat(exit.get(30, TimeUnit.SECONDS)).isEqualTo(ExitCode.INTERRUPTED);
            }
        }
        assertThat(work).isEmptyDirectory();
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void nothingOfACheckIsCut() {
        String detail = "d".repeat(400);
        String fix = "f".repeat(400);

        String text = DoctorCommand.text(
                List.of(Check.problem("a name that is longer", new StepFailure.PreflightFailed(detail, fix))));

        assertThat(text.lines()).hasSize(2);
        assertThat(text).contains("a name that is longer " + detail + "\n").contains("fix: " + fix + "\n");
    }
}
