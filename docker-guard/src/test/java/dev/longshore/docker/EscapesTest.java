package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.docker.RequestFile.Reading;
import dev.longshore.docker.policy.DaemonRules;
import dev.longshore.docker.policy.Decision;
import dev.longshore.docker.policy.Rule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every known way out, each stopped by its own rule and by no other: a rule that stops it by chance would hide one that does not. */
class EscapesTest {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final String ALLOWED =
            "{\"image\":\"local/tool:1\",\"run\":\"run\",\"step\":\"step\",\"user\":\"1000:1000\"}";
    private static final String GOOD_DAEMON = "{\"OSType\":\"linux\",\"MemoryLimit\":true,\"CpuCfsQuota\":true,"
            + "\"PidsLimit\":true,\"SecurityOptions\":[\"name=seccomp,profile=default\"]}";
    private static final Owner ME = Owner.of("me");

    @TempDir
    static Path temporary;

    private static EscapeWorld world;

    /** One line of the table. */
    record Escape(String name, String way, String asked, String rule) {
        @Override
        public String toString() {
            return way + ": " + name;
        }
    }

    @BeforeAll
    static void open() throws IOException {
        world = new EscapeWorld(temporary);
    }

    @AfterAll
    static void close() throws IOException {
        world.close();
    }

    static List<Escape> escapes() {
        try (InputStream in = EscapesTest.class.getResourceAsStream("escapes.txt")) {
            assertThat(in).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(EscapesTest::escape)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Escape escape(String line) {
        String[] columns = line.split("\\s\\|(?:\\s|$)", -1);
        assertThat(columns).as(line).hasSize(4);
        return new Escape(columns[0].strip(), columns[1].strip(), columns[2].strip(), columns[3].strip());
    }

    @ParameterizedTest
    @MethodSource("escapes")
    void isStoppedByItsRule(Escape escape) throws IOException {
        if (escape.way().equals("created")) {
            assertThat(created(world.told(escape.asked()))).isEqualTo(world.told(escape.rule()));
            return;
        }
        List<String> rules = decisions(escape.way(), world.told(escape.asked())).stream()
                .filter(decision -> !decision.allowed())
                .map(decision -> decision.rule().id())
                .distinct()
                .toList();

        assertThat(rules).containsExactly(escape.rule());
    }

    private static List<Decision> decisions(String way, String asked) throws IOException {
        return switch (way) {
            case "ask" -> asked(ALLOWED, asked);
            case "step" -> {
                String[] parts = asked.split(": ", 2);
                yield asked(ALLOWED.replace("\"step\":\"step\"", "\"step\":\"" + parts[0] + "\""), parts[1]);
            }
            case "bind" ->
                List.of(world.binds()
                        .check(new Mount.ReadOnlyBind(Path.of(asked), "/x"))
                        .decision());
            case "output" ->
                List.of(world.binds()
                        .check(new Mount.OutputDirectory(Path.of(asked), "/x", 1))
                        .decision());
            case "onto" -> PolicyCheck.request(world.policy, request(asked));
            case "image" -> image(asked);
            case "network" -> {
                String[] parts = asked.split(" ", 2);
                yield NamedObjects.network(parts[0], json(parts[1])).denied().stream()
                        .toList();
            }
            case "volume" -> {
                String[] parts = asked.split(" ", 2);
                yield NamedObjects.denied(new Mount.Volume(parts[0], "/x", false), ME, json(parts[1])).stream()
                        .toList();
            }
            case "daemon" -> {
                ObjectNode info = (ObjectNode) JSON.readTree(GOOD_DAEMON);
                info.setAll((ObjectNode) JSON.readTree(asked));
                yield DaemonFacts.of(info).decide(world.policy.daemon());
            }
            default -> throw new IllegalArgumentException(way);
        };
    }

    /** What is not JSON to begin with is asked as it stands. */
    private static List<Decision> asked(String base, String more) throws IOException {
        String text = more;
        try {
            ObjectNode whole = (ObjectNode) JSON.readTree(base);
            whole.setAll((ObjectNode) JSON.readTree(more));
            text = whole.toString();
        } catch (JsonProcessingException e) {
            assertThat(text).as("asked as it stands").startsWith("{");
        }
        Reading reading = RequestFile.read(text, world.policy);
        return reading instanceof Reading.Refused refused
                ? refused.problems()
                : PolicyCheck.request(world.policy, ((Reading.Request) reading).request());
    }

    private static ContainerRequest request(String target) {
        Path source = world.root.resolve("sources/project");
        return ContainerRequest.builder("local/tool:1", "run", "step")
                .mount(new Mount.ReadOnlyBind(source, "/in"))
                .mount(new Mount.ReadOnlyBind(source, target))
                .build();
    }

    private static List<Decision> image(String asked) throws IOException {
        String[] parts = asked.split(" ", 2);
        ImageCheck check = new ImageCheck(world.policy.profile("step"), parts[0]);
        Decision byName = check.byName();
        List<Decision> decisions = new ArrayList<>(List.of(byName));
        if (byName.allowed()) {
            Mount in = new Mount.ReadOnlyBind(world.root, "/in");
            decisions.addAll(check.byContent(Images.info(JSON.readTree(parts[1])), List.of(in), Optional.empty()));
        }
        return decisions;
    }

    /** The value that the daemon is told at a place of the configuration, for an image that says otherwise. */
    private static String created(String asked) throws IOException {
        String[] parts = asked.split(" ", 2);
        ObjectNode image = (ObjectNode) JSON.readTree(parts[0]);
        image.put("Id", "sha256:" + "2".repeat(64));
        ContainerRequest request = PolicyCheck.withDefaults(
                world.policy,
                ContainerRequest.builder("local/tool:1", "run", "step").build());
        JsonNode body = Hardening.create(
                request,
                ME.ofRun("run"),
                Images.info(image),
                List.of(),
                Optional.empty(),
                world.policy.base().environment());
        JsonNode value = body.at(JsonPointer.compile(parts[1]));
        assertThat(value.isMissingNode()).as(parts[1]).isFalse();
        return value.asText();
    }

    private static Optional<JsonNode> json(String text) throws IOException {
        return Optional.of(JSON.readTree(text)).filter(node -> !node.isNull());
    }

    @Test
    void thereAreMoreThanThreeHundred() {
        List<Escape> escapes = escapes();

        assertThat(escapes).hasSizeGreaterThan(300);
        assertThat(escapes).extracting(Escape::asked, Escape::way).doesNotHaveDuplicates();
    }

    /** Quotas, changed sources, kernel file systems, sizes and builds have tests of their own. */
    @Test
    void everyRuleIsNeeded() {
        Set<String> used = escapes().stream().map(Escape::rule).collect(Collectors.toSet());
        Set<String> elsewhere = Set.of(
                "quota-run",
                "quota-worker",
                "bind-changed",
                "bind-kernel",
                "environment-size",
                "command-size",
                "build-repository",
                "build-network");
        Set<String> all = Arrays.stream(Rule.values()).map(Rule::id).collect(Collectors.toCollection(HashSet::new));
        all.removeAll(elsewhere);

        assertThat(used).containsAll(all);
    }

    /** Without these, a table of denials would hold of a guard that denies everything. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ask | {}",
                "ask | {\"command\":[\"sh\",\"-c\",\"rm -rf / --no-preserve-root\"]}",
                "ask | {\"limits\":{\"memory\":\"2GiB\",\"cpus\":2,\"pids\":256,\"tmp\":\"256MiB\"},\"deadline\":\"30m\"}",
                "ask | {\"environment\":{\"PATH\":\"/x\",\"LD_LIBRARY_PATH\":\"/x\",\"http_proxy\":\"x\",\"DOCKERED\":\"x\"}}",
                "ask | {\"network\":\"analysis\"}",
                "ask | {\"network\":\"none\"}",
                "ask | {\"workingDirectory\":\"/process\"}",
                "ask | {\"image\":\"registry.example.org/a/b/app:1.0\"}",
                "ask | {\"mounts\":[{\"type\":\"volume\",\"name\":\"longshore-out-1\",\"target\":\"/o\",\"writable\":true}]}",
                "step | big-one: {\"limits\":{\"memory\":\"8GiB\"}}",
                "bind | $S/project",
                "bind | $S/file",
                "bind | $S/links/../project",
                "output | $O",
                "onto | /process",
                "onto | /indeed",
                "image | local/tool:1 {\"Id\":\"sha256:$2\",\"RepoTags\":[\"local/tool:1\"]}",
                "image | docker.io/local/tool:1 {\"Id\":\"sha256:$2\",\"RepoTags\":[\"local/tool:1\"]}",
                "image | local/tool {\"Id\":\"sha256:$2\",\"RepoTags\":[\"localhost/local/tool:latest\"]}",
                "image | registry.example.org/app@sha256:$2 {\"Id\":\"sha256:$3\",\"RepoDigests\":[\"registry.example.org/app@sha256:$2\"]}",
                "image | registry.example.org/app:1.0 {\"Id\":\"sha256:$1\",\"RepoTags\":[\"registry.example.org/app:1.0\"]}",
                "image | registry.example.org/app:1.0 {\"Id\":\"sha256:$2\",\"RepoTags\":[\"registry.example.org/app:1.0\"],\"RepoDigests\":[\"registry.example.org/app@sha256:$1\"]}",
                "image | sha256:$1 {\"Id\":\"sha256:$1\"}",
                "image | local/tool:1 {\"Id\":\"sha256:$2\",\"RepoTags\":[\"local/tool:1\"],\"Config\":{\"WorkingDir\":\"/app\",\"Volumes\":{\"/data\":{},\"/in\":{}}}}",
                "network | analysis {\"Name\":\"analysis\",\"Id\":\"x\",\"Driver\":\"bridge\"}",
                "volume | longshore-a {\"Name\":\"longshore-a\",\"Driver\":\"local\",\"Options\":null,\"Labels\":{\"dev.longshore.owner\":\"me\"}}",
                "daemon | {}",
                "daemon | {\"SecurityOptions\":[\"name=apparmor\",\"name=seccomp,profile=builtin\",\"name=rootless\"]}",
            })
    void whatIsAllowedPasses(String line) throws IOException {
        String[] columns = line.split(" \\| ", 2);

        assertThat(decisions(columns[0], world.told(columns[1]))).allMatch(Decision::allowed);
    }

    @Test
    void allWordsThatThereAreNotAreToldAtOnce() throws IOException {
        assertThat(asked(ALLOWED, "{\"privileged\":true,\"capAdd\":[],\"x\":1,\"user\":\"0:0\"}"))
                .extracting(decision -> decision.rule().id(), Decision::subject)
                .contains(
                        tuple("request-unknown", "privileged"),
                        tuple("request-unknown", "capAdd"),
                        tuple("request-unknown", "x"),
                        tuple("request-invalid", "user"));
    }

    @Test
    void aFileSystemOfTheKernelsIsKnownByItsType() {
        assertThat(List.of("proc", "sysfs", "cgroup2", "debugfs", "nsfs")).allMatch(BindRules::isKernelFileSystem);
        assertThat(List.of("ext4", "xfs", "btrfs", "overlay", "tmpfs", "nfs4"))
                .noneMatch(BindRules::isKernelFileSystem);
    }

    @Test
    void hugeRequestsAreRefused() {
        ContainerRequest.Builder request = ContainerRequest.builder("local/tool:1", "run", "step");
        request.command(List.of("x".repeat(2 << 20))).environment("A", "x".repeat(2 << 20));

        assertThat(PolicyCheck.request(world.policy, request.build()))
                .filteredOn(decision -> !decision.allowed())
                .extracting(Decision::rule)
                .containsExactlyInAnyOrder(Rule.ENVIRONMENT_SIZE, Rule.COMMAND_SIZE);
    }

    @Test
    void buildsAreAllowedByName() {
        ImageBuild build = ImageBuild.builder("local/tool:1")
                .file("Dockerfile", new byte[0])
                .build();

        assertThat(PolicyCheck.build(world.policy, build))
                .extracting(Decision::rule)
                .containsExactly(Rule.BUILD_REPOSITORY);
        assertThat(PolicyCheck.build(world.policy, build)).noneMatch(Decision::allowed);
    }

    @Test
    void anOperatorsSeccompProfileIsAMatterOfPolicy() throws IOException {
        ObjectNode info = (ObjectNode) JSON.readTree(GOOD_DAEMON);
        info.putArray("SecurityOptions").add("name=seccomp,profile=/etc/docker/stricter.json");
        DaemonRules rules = world.policy.daemon();
        DaemonRules any =
                new DaemonRules(DaemonRules.Seccomp.ANY, rules.limits(), rules.seccompPlace(), rules.limitsPlace());

        assertThat(DaemonFacts.of(info).decide(any)).allMatch(Decision::allowed);
        info.putArray("SecurityOptions").add("name=seccomp,profile=unconfined");
        assertThat(DaemonFacts.of(info).decide(any)).anyMatch(decision -> !decision.allowed());
    }
}
