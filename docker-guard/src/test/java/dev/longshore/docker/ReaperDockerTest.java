package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What dead processes leave goes, and nothing else: two owners, and several processes of one, on one daemon. */
@Tag("docker")
@Tag("engines")
class ReaperDockerTest {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private DirectoryLeases leases;
    private TestDaemon daemon;
    private Path out;
    private final List<String> made = new ArrayList<>();

    @BeforeEach
    void connect() throws Exception {
        out = Files.createDirectory(directory.resolve("out"));
        Files.setPosixFilePermissions(out, PosixFilePermissions.fromString("rwxrwxrwx"));
        leases = DirectoryLeases.take(directory);
        daemon = new TestDaemon(
                DockerSettings.of("reaper-test-" + ProcessHandle.current().pid())
                        .withLeases(leases)
                        .withStopGrace(Duration.ofSeconds(1)));
    }

    @AfterEach
    void close() throws Exception {
        for (String path : made) {
            daemon.tryCall(Call.delete("remove", path, DEADLINE));
        }
        assertThat(daemon.guard.removeLeftovers(daemon.settings.owner())).isEmpty();
        daemon.close();
        leases.close();
    }

    private OtherJvm other(String run, Optional<String> inputs) throws Exception {
        return OtherJvm.running(daemon.settings.owner().id(), directory, run, "echo up; sleep 50", inputs, out);
    }

    @Test
    void containerOfAProcessThatWasKilledGoesAfterTheGrace() throws Exception {
        try (OtherJvm other = other("r", Optional.empty())) {
            String name = other.container();

            // While it lives, nobody touches it.
            assertThat(daemon.guard.reap(Duration.ZERO, false).removed()).isEmpty();
            assertThat(daemon.guard.removeLeftovers(daemon.settings.owner())).isEmpty();
            assertThat(daemon.containers()).containsExactly(name);

            other.kill();

            ReapReport early = daemon.guard.reap(Duration.ofMinutes(5), false);
            assertThat(early.removed()).isEmpty();
            assertThat(early.findings())
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.verdict().reason()).contains("grace"));
            ReapReport dry = daemon.guard.reap(Duration.ZERO, true);
            assertThat(dry.removed()).extracting(DockerObject::name).containsExactly(name);
            assertThat(daemon.containers()).containsExactly(name);

            assertThat(daemon.guard.reap(Duration.ZERO, false).removed())
                    .extracting(DockerObject::name)
                    .containsExactly(name);
            daemon.assertNothingLeft();
        }
    }

    @Test
    void anotherOwnersAreNeitherSeenNorTouchedDeadOrAlive() throws Exception {
        DockerSettings neighbours =
                DockerSettings.of(daemon.settings.owner().id() + "-neighbour").withLeases(leases);
        try (TestDaemon neighbour = new TestDaemon(neighbours);
                OtherJvm other = other("r", Optional.empty())) {
            String name = other.container();
            other.kill();

            assertThat(neighbour.guard.objects()).isEmpty();
            assertThat(neighbour.guard.reap(Duration.ZERO, false).findings()).isEmpty();
            assertThat(neighbour.guard.removeLeftovers(neighbours.owner())).isEmpty();
            assertNotFound(() -> neighbour.guard.logs(name, DEADLINE, ContainerListener.NONE));
            assertNotFound(() -> neighbour.guard.copyIn(name, new Mount.ReadOnlyBind(out, "/out"), DEADLINE));
            assertNotFound(() -> neighbour.guard.copyOut(name, new Mount.OutputDirectory(out, "/out", 1000), DEADLINE));
            // Exactly as one that does not exist, by its name and by its id.
            String id = daemon.inspect(name).path("Id").asText();
            assertNotFound(() -> neighbour.guard.logs("longshore-no-such", DEADLINE, ContainerListener.NONE));
            assertNotFound(() -> neighbour.guard.logs(id, DEADLINE, ContainerListener.NONE));
            assertNotFound(() -> neighbour.guard.logs("../" + name, DEADLINE, ContainerListener.NONE));
            assertThat(daemon.containers()).containsExactly(name);

            assertThat(daemon.guard.reap(Duration.ZERO, false).removed())
                    .extracting(DockerObject::name)
                    .containsExactly(name);
        }
    }

    private interface Work {
        void run() throws InterruptedException;
    }

    private static void assertNotFound(Work work) throws InterruptedException {
        try {
            work.run();
        } catch (DockerFailureException e) {
            assertThat(e.failure()).isInstanceOf(DockerFailure.NotFound.class);
            return;
        }
        throw new AssertionError("it was found");
    }

    @Test
    void volumesAndNetworksGoWithTheirProcess() throws Exception {
        String dead;
        try (OtherJvm other = OtherJvm.holdingLease(directory)) {
            dead = other.word();
            other.kill();
        }
        String volume = volume("dead", Optional.of(dead), Optional.empty());
        String network = network("dead", dead);
        String live = volume("live", Optional.of(leases.own()), Optional.empty());
        LiveContainers.add(live);
        String abandoned = volume("abandoned", Optional.of(leases.own()), Optional.empty());
        String unknown = volume("unknown", Optional.of("dir:elsewhere:1"), Optional.empty());
        String outlived = volume("outlived", Optional.of("dir:elsewhere:2"), Optional.of("0"));
        String young = volume("young", Optional.of("dir:elsewhere:3"), Optional.of("3600"));
        String unlabelled = volume("unlabelled", Optional.empty(), Optional.empty());
        // Somebody else's, whatever its labels say: the name is not one of ours.
        create(
                "/volumes/create",
                "not-longshore-" + ProcessHandle.current().pid(),
                Optional.of(dead),
                Optional.empty());

        ReapReport report = daemon.guard.reap(Duration.ZERO, false);

        assertThat(report.removed())
                .extracting(DockerObject::name)
                .containsExactlyInAnyOrder(volume, network, outlived, abandoned);
        assertThat(daemon.guard.objects())
                .extracting(DockerObject::name)
                .containsExactlyInAnyOrder(live, unknown, young, unlabelled);
        LiveContainers.remove(live);
    }

    /** A volume in use cannot go; that is told, and the rest goes all the same. */
    @Test
    void whatCannotGoIsTold() throws Exception {
        String dead;
        try (OtherJvm other = OtherJvm.holdingLease(directory)) {
            dead = other.word();
            other.kill();
        }
        String used = volume("used", Optional.of(dead), Optional.empty());
        String free = volume("free", Optional.of(dead), Optional.empty());
        ObjectNode body = DaemonConnection.JSON.createObjectNode().put("Image", TestDaemon.IMAGE);
        body.putArray("Cmd").add("true");
        body.putObject("HostConfig").putArray("Binds").add(used + ":/v");
        String user = "user-of-" + used;
        made.add(0, "/containers/" + user + "?force=true");
        daemon.call(Call.post("create", "/containers/create?name=" + user, body, DEADLINE));

        ReapReport report = daemon.guard.reap(Duration.ZERO, false);

        assertThat(report.removed()).extracting(DockerObject::name).containsExactly(free);
        assertThat(report.failures()).hasSize(1);
        assertThat(report.findings()).anySatisfy(finding -> {
            assertThat(finding.object().name()).isEqualTo(used);
            assertThat(finding.verdict()).isInstanceOf(ReapReport.Failed.class);
        });
    }

    private String volume(String what, Optional<String> lease, Optional<String> life) throws Exception {
        String name = Containers.PREFIX + what + "-" + ProcessHandle.current().pid();
        create("/volumes/create", name, lease, life);
        return name;
    }

    private String network(String what, String lease) throws Exception {
        String name =
                Containers.PREFIX + what + "-net-" + ProcessHandle.current().pid();
        create("/networks/create", name, Optional.of(lease), Optional.empty());
        return name;
    }

    private void create(String path, String name, Optional<String> lease, Optional<String> life) throws Exception {
        ObjectNode body = DaemonConnection.JSON.createObjectNode().put("Name", name);
        if (path.startsWith("/networks")) {
            body.put("Driver", "bridge").put("Internal", true);
        }
        ObjectNode labels = body.putObject("Labels");
        labels.put(Owner.OWNER_LABEL, daemon.settings.owner().id());
        lease.ifPresent(value -> labels.put(Owner.LEASE_LABEL, value));
        life.ifPresent(value -> labels.put(Owner.LIFE_LABEL, value));
        made.add(path.replace("create", name));
        daemon.call(Call.post("create", path, body, DEADLINE));
    }
}
