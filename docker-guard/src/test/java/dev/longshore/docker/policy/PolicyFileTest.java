package dev.longshore.docker.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyFileTest {
    private static final Map<String, Path> PLACES = Map.of("work", Path.of("/w"));

    @TempDir
    Path directory;

    private static GuardPolicy parse(String yaml) {
        return PolicyFile.parse("p.yaml", yaml, PLACES);
    }

    @Test
    void whatIsNotSaidIsDenied() {
        Profile nothing = parse("version: 1").base();

        assertThat(nothing.images()).isEmpty();
        assertThat(nothing.binds().read()).isEmpty();
        assertThat(nothing.binds().write()).isEmpty();
        assertThat(nothing.volumes().read()).isEmpty();
        assertThat(nothing.networks()).isEmpty();
        assertThat(nothing.limits().memory().most()).isEqualTo(2L << 30);
        assertThat(nothing.limits().pids().most()).isEqualTo(256);
        assertThat(nothing.environment().denied("LD_PRELOAD")).isPresent();
        assertThat(parse("version: 1").builds()).isEmpty();
        assertThat(parse("version: 1").daemon().seccomp()).isEqualTo(DaemonRules.Seccomp.DEFAULT);
        assertThat(parse("version: 1").daemon().limits()).isTrue();
    }

    @Test
    void allThatIsWrongIsToldAtOnceWithItsLine() {
        String yaml = """
                version: 2
                images:
                  - repository: "example.org/app:1"
                  - repository: example.org/x
                    pin: maybe
                    recorded:
                      latest: sha256:12
                  - pin: none
                binds:
                  read: [ relative, /a/../b, "${nowhere}/x" ]
                  reed: [ /x ]
                limits:
                  memory: lots
                  cpus: { default: 4, most: 2 }
                  pids: -1
                  swap: 1GiB
                users:
                  uid: [ 0, 5-3, root ]
                networks: { a: b }
                quotas:
                  run: { containers: 0 }
                daemon:
                  seccomp: unconfined
                  limits: perhaps
                profiles:
                  - images: []
                privileged: true
                """;

        InvalidPolicyException wrong = catchThrowableOfType(InvalidPolicyException.class, () -> parse(yaml));

        assertThat(wrong).isNotNull();
        assertThat(wrong.getMessage()).startsWith("p.yaml:1: the policy must say version: 1\n");
        assertThat(wrong.problems())
                .extracting(PolicyProblem::line)
                .containsExactly(1, 3, 5, 7, 8, 10, 10, 10, 11, 13, 14, 15, 16, 18, 18, 18, 19, 21, 23, 24, 26, 27);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ``                                   | the file is empty
            `# nothing`                          | the file is empty
            `- a`                                | must be a mapping
            `version: 1\nversion: 1`             | p.yaml:2: the policy has "version" twice
            `version: 1\nimages: [`              | not YAML
            `version: 1\nimages: [ a ]`          | p.yaml:2: images[0] must be a mapping
            `version: 1\nlimits: { memory: { default: 3GiB } }` | limits.memory.default is more than limits.memory.most
            `version: 1\nlimits: { deadline: { default: 3m } }` | unknown key "limits.deadline.default"
            `version: 1\nbinds: { read: [ [ /a ] ] }` | binds.read[0] must be a single value
            `version: 1\n? [ a ]\n: b`           | not YAML
            """)
    void oneThingWrong(String yaml, String message) {
        assertThatThrownBy(() -> parse(yaml.replace("\\n", "\n")))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessageContaining(message);
    }

    @Test
    void profilesTakeWhatTheyDoNotSayFromTheTop() {
        GuardPolicy policy = parse("""
                version: 1
                images: [ { repository: a/b } ]
                binds: { read: [ /srv ], write: [ "${work}/out" ] }
                limits: { memory: 1GiB, cpus: 1 }
                profiles:
                  - steps: "big-*"
                    limits: { memory: { default: 2GiB, most: 4GiB } }
                  - steps: big-one
                    networks: [ n ]
                """);

        Profile big = policy.profile("big-one");
        assertThat(big.where().toString()).isEqualTo("p.yaml:6 (profiles[0])");
        assertThat(big.images()).isEqualTo(policy.base().images());
        assertThat(big.binds().write()).extracting(PathRoot::path).containsExactly(Path.of("/w/out"));
        assertThat(big.limits().memory().most()).isEqualTo(4L << 30);
        assertThat(big.limits().memory().standard()).isEqualTo(2L << 30);
        assertThat(big.limits().cpus().most()).isEqualTo(1_000_000_000L);
        assertThat(big.networks()).as("the first that matches decides").isEmpty();
        assertThat(policy.profile("other")).isEqualTo(policy.base());
    }

    @Test
    void aLowerBoundLowersTheDefault() {
        assertThat(parse("version: 1\nlimits: { memory: 64MiB }")
                        .base()
                        .limits()
                        .memory()
                        .standard())
                .isEqualTo(64L << 20);
    }

    @Test
    void theStandardPolicyIsOneOfItsOwnWords() {
        GuardPolicy standard = GuardPolicy.standard(Path.of("/w"));

        assertThat(standard.base().binds().write()).extracting(PathRoot::path).containsExactly(Path.of("/w"));
        assertThat(standard.base().networks()).isEmpty();
        assertThat(standard.base().limits().memory().standard()).isEqualTo(2L << 30);
        assertThat(standard.quotas().unlimited()).isTrue();
    }

    @Test
    void aFileIsProtectedByItself() throws IOException {
        Path file = Files.writeString(directory.resolve("policy.yaml"), "version: 1\n");

        assertThat(PolicyFile.read(file, PLACES).protectedPaths()).isEqualTo(List.of(file.toRealPath()));
    }

    @Test
    void aFileThatEverybodyMayChangeIsNoPolicy() throws IOException {
        Path file = Files.writeString(directory.resolve("policy.yaml"), "version: 1\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--rw-"));

        assertThatThrownBy(() -> PolicyFile.read(file, PLACES)).hasMessageContaining("chmod o-w");
    }

    @Test
    void aFileOfOtherBytesIsNoPolicy() throws IOException {
        Path file = Files.write(directory.resolve("policy.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe});

        assertThatThrownBy(() -> PolicyFile.read(file, PLACES)).hasMessageContaining("not UTF-8");
    }

    @Test
    void theReferenceHasEveryRuleAndEveryVariable() throws IOException {
        String reference = Files.readString(Path.of("../docs/policy.md"));

        assertThat(Rule.values()).allSatisfy(rule -> assertThat(reference).contains("`" + rule.id() + "`"));
        assertThat(EnvironmentRules.ALWAYS)
                .allSatisfy(name -> assertThat(reference).contains("`" + name + "`"));
    }

    @ParameterizedTest
    @CsvSource({
        "busybox, docker.io/library/busybox",
        "a/b, docker.io/a/b",
        "docker.io/busybox, docker.io/library/busybox",
        "index.docker.io/a/b, docker.io/a/b",
        "example.org/a, example.org/a",
        "localhost/a, localhost/a",
        "Team/a, Team/a",
        "Docker.io/a, Docker.io/a",
        "localhost:5000/a, localhost:5000/a",
        "**, **",
        "a/*, docker.io/a/*",
    })
    void namesInFull(String name, String full) {
        assertThat(ImageNames.full(name)).isEqualTo(full);
    }

    @ParameterizedTest
    @CsvSource({
        "a/*, a/b, true",
        "a/*, a/b/c, false",
        "a/**, a/b/c, true",
        "a.b/*, axb/c, false",
        "a?, ab, true",
        "a?, a/, false",
        "a*, a, true",
        "(a|b), a, false",
        "a\\E.*, ab, false",
        "**, x/y/z, true",
    })
    void globs(String glob, String name, boolean matches) {
        assertThat(new Glob(glob).matches(name)).isEqualTo(matches);
    }
}
