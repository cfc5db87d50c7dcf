package dev.longshore.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The pool of docker-compose.yml, as docs/compose.md has it started: workers that run in containers themselves. */
@Tag("docker")
@Timeout(600)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ComposeDockerTest {
    private static final String PIPELINE = """
            name: probing
            steps:
              filesystem:
              probe:
                type: container
                after: filesystem
                docker: required
                timeout: 2m
                retry: {attempts: 1}
                options:
                  image: %s
                  command:
                    - sh
                    - -c
                    - |
                      until test -e /workspace/go; do sleep 0.1; done
                      cmp /workspace/a.py /workspace/same && test -s /in/step.json && test -s /in/files || exit 9
                      touch /workspace/x && exit 10
                      : >/out/nodes.jsonl; : >/out/edges.jsonl; echo '{"uid": '$(id -u)'}' >/out/counts.json
            """;

    @TempDir
    static Path temp;

    private static ComposePlace place;
    private static Path demo;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        place = new ComposePlace(temp);
        demo = Files.createDirectory(place.sources.resolve("demo"));
        Files.writeString(demo.resolve("a.py"), "def first(): pass\n");
        Files.writeString(demo.resolve("same"), "def first(): pass\n");
        Files.writeString(place.sources.resolve("pipeline.yaml"), PIPELINE.formatted(ComposePlace.STEP_IMAGE));
        place.start(new Longshore(
                temp.resolve("call"), "doctor", "--env=" + place.environment, "--docker-host", place.docker.host()));
    }

    @AfterAll
    static void stop() throws IOException, InterruptedException {
        if (place != null) {
            place.close();
        }
    }

    private static String enqueue(String out) throws IOException, InterruptedException {
        return place.longshore("enqueue", "/sources/demo", "--pipeline", "/sources/pipeline.yaml", "-o", "/out/" + out)
                .strip();
    }

    private static JsonNode awaitStep() throws IOException, InterruptedException {
        Waiting.until(
                () -> place.steps("probe").stream()
                        .anyMatch(step -> step.path("State").path("Running").asBoolean()),
                "the step's container runs\n" + place.compose("logs", "--tail", "20"));
        return place.steps("probe").get(0);
    }

    @Test
    @Order(1)
    void doctorWritesTheSettingsForItsOwnerAlone() throws Exception {
        assertThat(Files.getPosixFilePermissions(place.environment))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(place.setting("DOCKER_GID")).isEqualTo(Integer.toString(ComposeDaemon.GROUP));
        assertThat(place.setting("DOCKER_SOCKET")).isEqualTo(place.docker.socket.toString());
    }

    @Test
    @Order(2)
    void aStepRunsOnABindAndOnANamedVolumeOfItsWorkers() throws Exception {
        String run = enqueue("demo");
        JsonNode step = awaitStep();
        List<String> mounts = new ArrayList<>();
        for (JsonNode mount : step.path("Mounts")) {
            mounts.add(mount.path("Destination").asText() + " "
                    + mount.path("RW").asBoolean() + " " + mount.path("Source").asText());
        }
        Files.createFile(demo.resolve("go"));

        place.longshore("runs", "watch", "--quiet", run);

        assertThat(mounts).hasSize(3).contains("/workspace false " + demo);
        String work = place.volume("work");
        assertThat(mounts)
                .anyMatch(mount -> mount.startsWith("/in false " + work + "/runs/pools/longshore/" + run + "/"))
                .anyMatch(mount -> mount.startsWith("/out true " + work + "/runs/pools/longshore/" + run + "/"));
        assertThat(step.path("HostConfig").path("ReadonlyRootfs").asBoolean()).isTrue();
        assertThat(place.out.resolve("demo/nodes.jsonl")).content().contains("a.py");
        assertThat(place.out.resolve("demo/manifest.json")).content().contains("\"uid\"", "10001");
        assertThat(demo.resolve("x")).doesNotExist();
        assertThat(place.steps("probe")).isEmpty();
    }

    @Test
    @Order(3)
    void theCanarySeesBothAndSaysWhatTheDaemonCallsThem() throws Exception {
        // The analyser's image, which cannot be built without a registry: any with a shell shows the same.
        String analyser = place.tryCompose("exec", "-T", "worker", "longshore", "doctor", "/sources/demo")
                .output()
                .lines()
                .filter(line -> line.startsWith("problem") && line.contains("the image "))
                .map(line -> line.replaceAll(".*the image (\\S+) is not.*", "$1"))
                .findFirst()
                .orElseThrow();
        place.docker.importImage(analyser, "LONGSHORE_TEST_BUSYBOX_ARCHIVE", "ENV PATH=/bin");

        String bind = place.longshore("doctor", "/sources/demo");
        place.inWorker("mkdir", "/var/lib/longshore/seen");
        String volume = place.longshore("doctor", "/var/lib/longshore/seen");
        String layer = place.longshore("doctor", "/usr/local/bin");

        assertThat(bind).contains("sees the files of /sources/demo, which the daemon knows as " + demo);
        assertThat(volume).contains(", which the daemon knows as " + place.volume("work") + "/seen");
        assertThat(layer).contains("sees the files of /usr/local/bin, as copies in a volume");
        assertThat(place.daemon.volumes()).noneMatch(name -> name.startsWith("longshore-"));
    }

    @Test
    @Order(4)
    void aWorkerHasTheSocketsGroupAndLittleElse() throws Exception {
        JsonNode worker = place.container("worker");
        JsonNode host = worker.path("HostConfig");

        assertThat(place.inWorker("id")).contains("uid=10001", Integer.toString(ComposeDaemon.GROUP));
        assertThat(host.path("ReadonlyRootfs").asBoolean()).isTrue();
        assertThat(host.path("Privileged").asBoolean()).isFalse();
        assertThat(host.path("CapDrop").toString()).isEqualTo("[\"ALL\"]");
        assertThat(host.path("SecurityOpt").toString()).contains("no-new-privileges");
        assertThat(worker.path("State").path("Health").path("Status").asText()).isEqualTo("healthy");
        assertThat(place.tryCompose("exec", "-T", "worker", "sh", "-c", "command -v docker")
                        .exit())
                .as("there is a Docker client in the image")
                .isNotZero();
        assertThat(place.tryCompose("exec", "-T", "dashboard", "test", "-e", "/var/run/docker.sock")
                        .exit())
                .as("the dashboard has the socket")
                .isNotZero();
    }

    @Test
    @Order(5)
    void theDashboardIsOnTheLoopbackForWhoKnowsThePassword() throws Exception {
        String url = "http://127.0.0.1:" + ComposePlace.DASHBOARD_PORT + "/api/servers";
        String user = place.setting("LONGSHORE_DASHBOARD_USER") + ":" + place.setting("LONGSHORE_DASHBOARD_PASSWORD");

        assertThat(place.docker.httpStatus(url)).isEqualTo("401");
        assertThat(place.docker.httpStatus("--user", user, url)).isEqualTo("200");
        assertThat(place.container("dashboard")
                        .path("HostConfig")
                        .path("PortBindings")
                        .toString())
                .contains("\"HostIp\":\"127.0.0.1\"");
    }

    @Test
    @Order(6)
    void redisIsOutOfReachAndKeepsItsRunsWhenItIsStartedAgain() throws Exception {
        JsonNode redis = place.container("redis");
        assertThat(redis.path("HostConfig").path("PortBindings").size()).isZero();
        assertThat(redis.path("Config").path("Cmd").toString())
                .doesNotContain(place.setting("LONGSHORE_REDIS_PASSWORD"));
        assertThat(place.compose("exec", "-T", "redis", "redis-cli", "--user", "longshore", "ping")
                        .strip())
                .isEqualTo("PONG");
        assertThat(place.compose("exec", "-T", "redis", "redis-cli", "--user", "longshore", "config", "get", "dir"))
                .contains("NOPERM");
        String before = place.longshore("runs", "list", "--json");

        place.compose("kill", "redis");
        place.compose("up", "-d", "redis");

        Waiting.until(
                () -> place.tryCompose("exec", "-T", "worker", "longshore", "runs", "list", "--json")
                                .exit()
                        == 0,
                "Redis answers again");
        assertThat(place.longshore("runs", "list", "--json")).isEqualTo(before);
        assertThat(place.compose("logs", "redis")).doesNotContain("CRITICAL");
    }

    @Test
    @Order(7)
    void anotherWorkerSeesToTheContainerOfAKilledOne() throws Exception {
        Files.deleteIfExists(demo.resolve("go"));
        String run = enqueue("again");
        awaitStep();

        // Whichever has it: both are killed, and one comes back as another container.
        place.compose("kill", "worker");
        place.compose("rm", "--force", "worker");
        place.compose("up", "-d", "--scale", "worker=1", "worker");
        Files.createFile(demo.resolve("go"));

        place.longshore("runs", "watch", "--quiet", run);
        assertThat(place.out.resolve("again/manifest.json")).exists();
        Waiting.until(() -> place.steps("probe").isEmpty(), "the killed worker's container is gone");
    }
}
