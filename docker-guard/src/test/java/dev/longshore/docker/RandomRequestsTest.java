package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.docker.HardenedContainer.Bounds;
import dev.longshore.docker.RequestFile.Reading;
import dev.longshore.docker.policy.Decision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever passes the policy is hardened: of 100,000 requests at random, other ones each time. */
class RandomRequestsTest {
    private static final int REQUESTS = 100_000;
    private static final String IMAGE = "local/tool:1";
    private static final String ID = "sha256:" + "2".repeat(64);
    private static final String NETWORK_ID = "5".repeat(64);

    @TempDir
    Path temporary;

    @Test
    void whateverPassesIsHardened() throws IOException {
        long seed = Long.getLong("longshore.test.seed", new Random().nextLong());
        Map<String, Integer> denials = new TreeMap<>();
        int passed = 0;
        try (EscapeWorld world = new EscapeWorld(temporary)) {
            RandomRequests requests = new RandomRequests(seed, IMAGE, sources(world), outputs(world));
            BindRules binds = world.binds();
            Bounds bounds = bounds(world, NETWORK_ID);
            for (int i = 0; i < REQUESTS; i++) {
                String json = requests.next();
                JsonNode image = requests.image(IMAGE, ID);
                Optional<JsonNode> body = pass(world, binds, json, image, NETWORK_ID, denials);
                if (body.isPresent()) {
                    passed++;
                    List<String> wrong = HardenedContainer.wrongInBody(body.get(), bounds);
                    assertThat(wrong)
                            .as("seed " + seed + ", request " + i + ": " + json + " on " + image + " gave "
                                    + body.get())
                            .isEmpty();
                }
            }
        }
        // Neither is a property of anything that hardly ever happens.
        assertThat(passed).as("passed, seed " + seed + ", denials " + denials).isBetween(REQUESTS / 20, REQUESTS / 2);
        assertThat(denials.keySet())
                .as("rules met, seed " + seed)
                .contains(
                        "request-unknown",
                        "request-invalid",
                        "image-repository",
                        "image-name",
                        "image-volume",
                        "image-directory",
                        "bind-protected",
                        "bind-root",
                        "bind-type",
                        "mount-target",
                        "mount-nested",
                        "volume-name",
                        "network-name",
                        "limit-memory",
                        "environment-name",
                        "user-id",
                        "working-directory");
    }

    /** A request's way to the daemon, as {@link Admission} takes it; what the daemon would be told, if it comes so far. */
    static Optional<JsonNode> pass(
            EscapeWorld world,
            BindRules binds,
            String json,
            JsonNode image,
            String network,
            Map<String, Integer> denials) {
        Reading reading = RequestFile.read(json, world.policy);
        if (reading instanceof Reading.Refused refused) {
            count(refused.problems(), denials);
            return Optional.empty();
        }
        ContainerRequest request = PolicyCheck.withDefaults(world.policy, ((Reading.Request) reading).request());
        if (count(PolicyCheck.request(world.policy, request), denials)) {
            return Optional.empty();
        }
        List<Decision> decisions = new ArrayList<>();
        List<Mount> mounts = new ArrayList<>();
        for (Mount mount : request.mounts()) {
            if (mount instanceof Mount.OfHost ofHost) {
                BindRules.Checked checked = binds.check(ofHost);
                decisions.add(checked.decision());
                mounts.add(checked.mount());
            } else {
                mounts.add(mount);
            }
        }
        ImageInfo info = Images.info(image);
        decisions.addAll(new ImageCheck(world.policy.profile(request.step()), request.image())
                .byContent(info, request.mounts(), request.workingDirectory()));
        return count(decisions, denials)
                ? Optional.empty()
                : Optional.of(Hardening.create(
                        request,
                        Owner.of("me").ofRun(request.run()),
                        info,
                        mounts,
                        request.network().map(name -> network),
                        world.policy.profile(request.step()).environment()));
    }

    private static boolean count(List<Decision> decisions, Map<String, Integer> denials) {
        List<Decision> denied =
                decisions.stream().filter(decision -> !decision.allowed()).toList();
        denied.forEach(decision -> denials.merge(decision.rule().id(), 1, Integer::sum));
        return !denied.isEmpty();
    }

    static Bounds bounds(EscapeWorld world, String network) {
        return new Bounds(
                List.of(world.root.resolve("sources")),
                List.of(world.root.resolve("out")),
                Set.of(network),
                8L << 30,
                2_000_000_000L,
                256);
    }

    static List<String> sources(EscapeWorld world) {
        return List.of(
                        "$S/project",
                        "$S/file",
                        "$S/links/to-etc",
                        "$S/links/to-elsewhere",
                        "$S/../x",
                        "/",
                        "/etc",
                        "$D",
                        "$H")
                .stream()
                .map(world::told)
                .toList();
    }

    static List<String> outputs(EscapeWorld world) {
        return List.of("$O", "$O/to-etc", "$O/to-elsewhere", "$O/file", "$S/project", "/usr/bin", "$D/docker.sock")
                .stream()
                .map(world::told)
                .toList();
    }
}
