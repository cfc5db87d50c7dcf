package dev.longshore.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code longshore doctor --env}. */
class ComposeEnvironmentTest {
    @TempDir
    Path temporary;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Path socket = Path.of("");
    private Path file = Path.of("");

    @BeforeEach
    void makeASocket() throws IOException {
        socket = temporary.resolve("docker.sock");
        file = temporary.resolve("settings.env");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
        }
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw----"));
    }

    private int doctor(String... arguments) {
        CommandLine commandLine = LongshoreCommand.commandLine();
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        String[] all = new String[arguments.length + 1];
        all[0] = "doctor";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return commandLine.execute(all);
    }

    private int write() {
        return doctor("--env=" + file, "--docker-host", "unix://" + socket);
    }

    private Properties written() throws IOException {
        Properties settings = new Properties();
        try (var reader = Files.newBufferedReader(file)) {
            settings.load(reader);
        }
        return settings;
    }

    @Test
    void writesTheSocketsGroupAndSecretsForItsOwnerAlone() throws Exception {
        assertThat(write()).isEqualTo(ExitCode.SUCCEEDED);

        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        Properties settings = written();
        boolean root = (Integer) Files.getAttribute(socket, "unix:uid") == 0;
        Object gid = Files.getAttribute(socket, "unix:gid");
        assertThat(settings)
                .containsEntry("DOCKER_SOCKET", socket.toString())
                .containsEntry("DOCKER_GID", root ? gid.toString() : "0");
        assertThat(settings.getProperty("LONGSHORE_UID")).isNotEqualTo("0");
        String password = settings.getProperty("LONGSHORE_REDIS_PASSWORD");
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(password.getBytes(StandardCharsets.UTF_8));
        assertThat(settings)
                .containsEntry("LONGSHORE_REDIS_PASSWORD_SHA256", HexFormat.of().formatHex(hash));
        assertThat(password)
                .matches("[A-Za-z0-9_-]{43}")
                .isNotEqualTo(settings.getProperty("LONGSHORE_DASHBOARD_PASSWORD"));
        assertThat(out.toString()).contains("is written").doesNotContain(password);
    }

    @Test
    void aRootlessDaemonsWorkersWriteAsOthers() throws IOException {
        if ((Integer) Files.getAttribute(socket, "unix:uid") == 0) {
            Files.setAttribute(socket, "unix:uid", 1000);
        }

        assertThat(write()).isEqualTo(ExitCode.SUCCEEDED);

        assertThat(written()).containsEntry("LONGSHORE_UID", "10001").containsEntry("DOCKER_GID", "0");
        assertThat(out.toString())
                .contains("install -d -m 1777 longshore-out &&", "sources must be readable by others")
                .doesNotContain("-o 10001");
    }

    @Test
    void neverOverwritesAndSaysWhatHasChanged() throws Exception {
        Files.writeString(file, "DOCKER_GID=4711\nSECRET=mine\n");

        assertThat(write()).isEqualTo(ExitCode.BAD_INPUT);

        assertThat(file).hasContent("DOCKER_GID=4711\nSECRET=mine\n");
        assertThat(err.toString()).contains("is there already").contains("change DOCKER_GID=4711");
    }

    @Test
    void aLinkIsThereAlreadyToo() throws Exception {
        Path elsewhere = temporary.resolve("elsewhere");
        Files.createSymbolicLink(file, elsewhere);

        assertThat(write()).isEqualTo(ExitCode.BAD_INPUT);

        assertThat(elsewhere).doesNotExist();
    }

    @Test
    void printsNewSecretsEachTime() {
        assertThat(doctor("--env=-", "--docker-host", "unix://" + socket)).isEqualTo(ExitCode.SUCCEEDED);
        String first = out.toString();
        out.getBuffer().setLength(0);
        assertThat(doctor("--env=-", "--docker-host", "unix://" + socket)).isEqualTo(ExitCode.SUCCEEDED);

        assertThat(first).contains("DOCKER_GID=").isNotEqualTo(out.toString());
        assertThat(file).doesNotExist();
    }

    @Test
    void withoutASocketThatAGroupMayUseNothingIsWritten() throws IOException {
        assertThat(doctor("--env=" + file, "--docker-host", "tcp://localhost:2376"))
                .isEqualTo(ExitCode.BAD_INPUT);
        assertThat(doctor("--env=" + file, "--docker-host", "unix://" + temporary.resolve("none")))
                .isEqualTo(ExitCode.BAD_INPUT);
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
        assertThat(write()).isEqualTo(ExitCode.BAD_INPUT);

        assertThat(err.toString()).contains("mounts a socket", "start Docker first", "may not use it");
        assertThat(file).doesNotExist();
    }
}
