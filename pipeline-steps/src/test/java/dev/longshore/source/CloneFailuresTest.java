package dev.longshore.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import org.eclipse.jgit.api.errors.JGitInternalException;
import org.eclipse.jgit.api.errors.TransportException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CloneFailuresTest {
    @TempDir
    Path temporary;

    private InvalidSourceException cloning(String url) {
        return catchThrowableOfType(
                InvalidSourceException.class,
                () -> Workspaces.open(
                        new Source.Git(url, Optional.empty(), Optional.empty()),
                        Optional.empty(),
                        temporary,
                        Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({"500,true", "503,true", "429,true", "404,false", "401,false", "403,false"})
    void aServersTroubleIsTriedAgainAndItsAnswerIsNot(int status, boolean retryable) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
        try {
            String place = "localhost:" + server.getAddress().getPort() + "/a.git";

            InvalidSourceException failure = cloning("http://user:s@cret@" + place);

            assertThat(failure.retryable()).as(failure.getMessage()).isEqualTo(retryable);
            assertThat(failure).hasMessageStartingWith("cannot clone http://" + place + ": ");
            assertThat(failure.getMessage()).doesNotContain("cret").doesNotContain("\n");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aServerThatHangsUpIsTriedAgain() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> exchange.close());
        server.start();
        try {
            assertThat(cloning("http://localhost:" + server.getAddress().getPort() + "/a")
                            .retryable())
                    .isTrue();
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aFullDiskIsNotTheSourcesFault() {
        Exception full =
                new JGitInternalException("could not check out", new IOException("x.pack: No space left on device"));

        assertThatThrownBy(() -> CloneFailures.of(full, "https://example.org/a", "https://example.org/a"))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("cannot clone https://example.org/a: No space left on device")
                .hasCause(full);
    }

    /** An ssh server's own words are among JGit's. */
    @Test
    void aServersWordsMoveNoCursor() throws IOException {
        String url = "ssh://git@example.org/a";

        assertThat(CloneFailures.of(new TransportException(url + ": \u001b[2Jall is\u009b1m well\nnot"), url, url))
                .hasMessage("cannot clone " + url + ": " + url + ":  [2Jall is 1m well");
    }
}
