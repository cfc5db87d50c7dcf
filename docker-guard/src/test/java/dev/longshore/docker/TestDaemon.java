package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.dockerjava.transport.DockerHttpClient.Request;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;

/** The real daemon of the tests, and a look at it that goes past the guard. */
final class TestDaemon implements AutoCloseable {
    static final String IMAGE = System.getenv().getOrDefault("LONGSHORE_TEST_BUSYBOX_IMAGE", "longshore-busybox:dev");

    final DockerSettings settings;
    final GuardedDocker guard;
    private final DaemonConnection raw;

    TestDaemon(String owner) throws InterruptedException {
        this(DockerSettings.of(owner).withStopGrace(Duration.ofSeconds(1)));
    }

    TestDaemon(DockerSettings settings) throws InterruptedException {
        this.settings = settings;
        guard = GuardedDocker.open(settings);
        // Fails, and does not skip, when there is no daemon: a test that did not run must not look like one that
        // passed.
        guard.connect();
        raw = new DaemonConnection(settings, guard.endpoint(), CallObserver.NONE);
    }

    static ContainerRequest.Builder shell(String script) {
        return ContainerRequest.builder(IMAGE, "run-1", "step")
                .command("sh", "-c", script)
                .limits(Limits.DEFAULT.withMemoryBytes(64L << 20))
                .deadline(Duration.ofSeconds(30));
    }

    /** Whether it is Podman, of which a test that asks expects something else, and says why. */
    boolean podman() throws InterruptedException {
        return PodmanWords.speaksTo(raw);
    }

    /** The body of a create call, as the guard would send it to this daemon. */
    ObjectNode adapted(ObjectNode body) throws InterruptedException {
        PodmanWords.adapt(raw, body);
        return body;
    }

    JsonNode inspect(String container) throws InterruptedException {
        return raw.json(Call.get("inspect", "/containers/" + container + "/json", Duration.ofSeconds(10)));
    }

    JsonNode call(Call call) throws InterruptedException {
        return raw.json(call);
    }

    /** Whatever the daemon says to it. */
    void tryCall(Call call) throws InterruptedException {
        raw.call(call);
    }

    /** Removes something, whether or not it is there. */
    void delete(String path) throws InterruptedException {
        tryCall(Call.delete("remove", path, Duration.ofSeconds(20)));
    }

    /** An answer that comes as a stream, whole. */
    byte[] stream(Call call, Request.Builder request) throws InterruptedException {
        try (DaemonStreams streams = raw.openStreams()) {
            return streams.open(call, request, InputStream::readAllBytes)
                    .awaitResult(call.operation(), call.deadline());
        }
    }

    List<String> containers() throws InterruptedException {
        return new Inventory(raw, settings.owner())
                .containers().stream().map(DockerObject::name).toList();
    }

    void copyImageTo(PrivateDaemon other) throws InterruptedException {
        other.copyImage(raw, IMAGE);
    }

    /** The container met its bound. Podman does not always say that it did: then all that is told is that it was killed. */
    void assertOutOfMemory(ContainerExit exit, long limit) throws InterruptedException {
        if (podman() && exit instanceof ContainerExit.Exited killed) {
            assertThat(killed.code()).isEqualTo(137);
        } else {
            assertThat(exit)
                    .isInstanceOfSatisfying(
                            ContainerExit.OutOfMemory.class,
                            e -> assertThat(e.limitBytes()).isEqualTo(limit));
        }
    }

    void assertNothingLeft() throws InterruptedException {
        assertThat(containers()).as("containers left behind").isEmpty();
    }

    @Override
    public void close() {
        guard.close();
        raw.close();
    }
}
