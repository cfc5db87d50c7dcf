package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.docker.HardenedContainer.Bounds;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sample of what passes the policy, created on a real daemon and inspected there: the daemon, too, says that all of it is hardened. */
@Tag("docker")
@Tag("engines")
class RandomRequestsDockerTest {
    private static final int SAMPLE = 120;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path temporary;

    @Test
    void theDaemonSaysSoToo() throws IOException, InterruptedException {
        long seed = Long.getLong("longshore.test.seed", new Random().nextLong());
        try (EscapeWorld world = new EscapeWorld(temporary);
                TestDaemon daemon = new TestDaemon("random-test")) {
            assumeFalse(
                    daemon.podman(),
                    "Podman tells of a container in other words; HardeningDockerTest looks from inside");
            String image = daemon.guard.image(TestDaemon.IMAGE).id();
            String network = network(daemon, seed);
            List<String> names = new ArrayList<>();
            try {
                RandomRequests requests = new RandomRequests(
                        seed, "local/tool:1", RandomRequestsTest.sources(world), RandomRequestsTest.outputs(world));
                BindRules binds = world.binds();
                Bounds bounds = RandomRequestsTest.bounds(world, network);
                while (names.size() < SAMPLE) {
                    String json = requests.next();
                    Optional<JsonNode> body = RandomRequestsTest.pass(
                            world, binds, json, requests.image("local/tool:1", image), network, new TreeMap<>());
                    if (body.isPresent()) {
                        String name = "longshore-random-" + Long.toHexString(seed) + "-" + names.size();
                        names.add(name);
                        daemon.call(Call.post("create", "/containers/create?name=" + name, body.get(), PATIENCE));
                        assertThat(HardenedContainer.wrongInContainer(daemon.inspect(name), bounds))
                                .as("seed " + seed + ", " + json + " gave " + daemon.inspect(name))
                                .isEmpty();
                    }
                }
                assertPlainContainerIsNot(daemon, image, names, bounds);
            } finally {
                for (String name : names) {
                    daemon.delete("/containers/" + name + "?force=true&v=true");
                }
                for (String volume : List.of("longshore-a", "longshore-b", "longshore-out-1")) {
                    daemon.delete("/volumes/" + volume);
                }
                daemon.delete("/networks/" + network);
            }
        }
    }

    private static String network(TestDaemon daemon, long seed) throws InterruptedException {
        ObjectNode body = DaemonConnection.JSON.createObjectNode();
        body.put("Name", "longshore-random-" + Long.toHexString(seed)).put("Internal", true);
        return daemon.call(Call.post("network", "/networks/create", body, PATIENCE))
                .path("Id")
                .asText();
    }

    /** What looks at them would not be pleased with just any container. */
    private static void assertPlainContainerIsNot(TestDaemon daemon, String image, List<String> names, Bounds bounds)
            throws IOException, InterruptedException {
        String name = "longshore-random-plain-" + Long.toHexString(new Random().nextLong());
        names.add(name);
        ObjectNode body = DaemonConnection.JSON.createObjectNode().put("Image", image);
        daemon.call(Call.post("create", "/containers/create?name=" + name, body, PATIENCE));

        assertThat(HardenedContainer.wrongInContainer(daemon.inspect(name), bounds))
                .contains("User", "ReadonlyRootfs", "CapDrop", "SecurityOpt", "Memory 0", "PidsLimit 0", "LogConfig");
    }
}
