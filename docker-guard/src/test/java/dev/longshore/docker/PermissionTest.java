package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.longshore.docker.testing.FakeDaemon;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Really runs the guard as another user, in a program of its own, against sockets that user may not open. */
@Timeout(120)
class PermissionTest {
    private static final int GROUP = 54321;

    @TempDir
    static Path directory;

    private static FakeDaemon daemon;
    private static Path socket;
    private static OtherUser nobody;

    @BeforeAll
    static void prepare() throws IOException {
        assumeTrue(ProcessIdentity.current().uid() == 0, "only root can run a program as another user");
        Path sockets = Files.createDirectory(directory.resolve("sockets"));
        socket = sockets.resolve("d.sock");
        daemon = new FakeDaemon(socket);
        nobody = new OtherUser(directory);
    }

    @AfterAll
    static void close() throws IOException {
        if (daemon != null) {
            daemon.close();
        }
    }

    private static void protect(int gid, String directoryMode, String socketMode) throws IOException {
        Files.setAttribute(socket, "unix:gid", gid);
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString(socketMode));
        Files.setPosixFilePermissions(socket.getParent(), PosixFilePermissions.fromString(directoryMode));
    }

    /** What the guard says as another user with these groups. */
    private static String asNobody(int... groups) throws Exception {
        Process process = start(Probe.class, groups);
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            return said;
        } finally {
            process.destroyForcibly();
        }
    }

    private static Process start(Class<?> program, int... groups) throws IOException {
        return nobody.program(program, groups, "unix://" + socket)
                .redirectErrorStream(true)
                .start();
    }

    /** The program that is run. */
    static final class Probe {
        private Probe() {}

        public static void main(String[] args) throws InterruptedException {
            try (GuardedDocker guard =
                    GuardedDocker.open(DockerSettings.of("probe").withDockerHost(args[0]))) {
                guard.ping();
                System.out.println("OK");
            } catch (DockerFailureException e) {
                System.out.println(e.failure().code() + "\n" + e.failure() + "\n"
                        + e.failure().fix());
            }
        }
    }

    /** The program that stays, and tells of each state it comes into. */
    static final class Stayer {
        private Stayer() {}

        public static void main(String[] args) throws InterruptedException {
            try (GuardedDocker guard =
                    GuardedDocker.open(DockerSettings.of("probe").withDockerHost(args[0]))) {
                guard.listen((before, now) -> System.out.println(now.state() + " "
                        + now.lastError().map(error -> error.failure().code()).orElse("")));
                guard.awaitConnected(Duration.ofMillis(1));
                new CountDownLatch(1).await();
            }
        }
    }

    @Test
    void changedGroupIsNoticedBothWays() throws Exception {
        protect(GROUP, "rwxr-xr-x", "rw-rw----");
        Process process = start(Stayer.class, GROUP);
        try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(said.readLine()).startsWith("CONNECTED");

            protect(0, "rwxr-xr-x", "rw-rw----");
            List<String> lines = new ArrayList<>();
            while (lines.stream().noneMatch(line -> line.startsWith("OPEN"))) {
                lines.add(said.readLine());
            }
            assertThat(lines).contains("BACKING_OFF DOCKER_PERMISSION_DENIED", "OPEN DOCKER_PERMISSION_DENIED");

            protect(GROUP, "rwxr-xr-x", "rw-rw----");
            assertThat(said.readLine()).startsWith("HALF_OPEN");
            assertThat(said.readLine()).startsWith("CONNECTED");
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void foreignGroupIsNamedAndJoiningItIsTheFix() throws Exception {
        protect(GROUP, "rwxr-xr-x", "rw-rw----");

        assertThat(asNobody())
                .startsWith("DOCKER_PERMISSION_DENIED\n")
                .contains("reason=NOT_IN_GROUP", "group " + GROUP, "self=uid 65534, groups 65534");
        assertThat(asNobody(GROUP)).isEqualTo("OK\n");
    }

    @Test
    void rootsGroup() throws Exception {
        protect(0, "rwxr-xr-x", "rw-rw----");

        assertThat(asNobody()).startsWith("DOCKER_PERMISSION_DENIED\n").contains("reason=GROUP_IS_ROOT");
    }

    @Test
    void socketOfOneUserAlone() throws Exception {
        protect(0, "rwxr-xr-x", "rw-------");

        assertThat(asNobody()).startsWith("DOCKER_PERMISSION_DENIED\n").contains("reason=ANOTHER_USERS");
    }

    @Test
    void directoryThatCannotBeEntered() throws Exception {
        protect(0, "rwx------", "rw-rw-rw-");

        assertThat(asNobody()).startsWith("DOCKER_PERMISSION_DENIED\n").contains("reason=DIRECTORY", "namei -l");
    }
}
