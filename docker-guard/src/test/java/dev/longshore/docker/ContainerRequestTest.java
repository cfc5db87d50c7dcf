package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.docker.policy.GuardPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerRequestTest {
    private static final Path HOST = Path.of("/somewhere");

    private static ContainerRequest.Builder request() {
        return ContainerRequest.builder("image:1", "run", "step");
    }

    static List<ThrowingCallable> senselessRequests() {
        return List.of(
                () -> ContainerRequest.builder("", "run", "step").build(),
                () -> ContainerRequest.builder("image", "", "step").build(),
                () -> ContainerRequest.builder("image", "run", "a b").build(),
                () -> ContainerRequest.builder("image", "run\nother", "step").build(),
                () -> new ContainerUser(0, 1000),
                () -> new ContainerUser(1000, 0),
                () -> new ContainerUser(-1, 1000),
                () -> Limits.DEFAULT.withMemoryBytes(0),
                () -> Limits.DEFAULT.withMemoryBytes(-1),
                () -> Limits.DEFAULT.withCpus(0),
                () -> Limits.DEFAULT.withCpus(Double.NaN),
                () -> Limits.DEFAULT.withPids(0),
                () -> Limits.DEFAULT.withPids(-1),
                () -> Limits.DEFAULT.withTmpBytes(0),
                () -> request().environment("A=B", "x").build(),
                () -> request().environment("", "x").build(),
                () -> request().environment("A", "x\0y").build(),
                () -> request().command("a\0b").build(),
                () -> request().workingDirectory("relative").build(),
                () -> request().deadline(Duration.ZERO).build(),
                () -> request().deadline(Duration.ofDays(31)).build(),
                () -> request().inactivityTimeout(Duration.ofSeconds(-1)).build(),
                () -> new Mount.ReadOnlyBind(Path.of("relative"), "/x"),
                () -> new Mount.ReadOnlyBind(HOST, "x"),
                () -> new Mount.ReadOnlyBind(HOST, "/"),
                () -> new Mount.ReadOnlyBind(HOST, "/x/../y"),
                () -> new Mount.ReadOnlyBind(HOST, "/x/"),
                () -> new Mount.OutputDirectory(HOST, "/out", 0),
                () -> new Mount.OutputDirectory(HOST, "/out", 1, 0),
                () -> request().mount(new Mount.ReadOnlyBind(HOST, "/tmp")).build(),
                () -> request()
                        .mount(new Mount.ReadOnlyBind(HOST, "/x"))
                        .mount(new Mount.OutputDirectory(HOST, "/x", 1))
                        .build());
    }

    @ParameterizedTest
    @MethodSource("senselessRequests")
    void senselessRequestIsRefused(ThrowingCallable building) {
        assertThatIllegalArgumentException().isThrownBy(building);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "busybox",
                "busybox:1.36",
                "library/busybox",
                "docker.io/library/busybox:latest",
                "localhost:5000/a/b-c_d.e:T",
                "Host/a",
                "a@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
            })
    void imageReferences(String reference) {
        assertThatCode(() -> ImageReference.require(reference)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " ",
                "-v",
                "Busy Box",
                "a/../b",
                "../containers/x",
                "a?b=c",
                "a#b",
                "a%2fb",
                "a:b:c",
                "a\nb",
                "/a",
                "a/",
                "a//b",
                "a@sha256:12",
                "UPPER"
            })
    void otherThingsAreNoImageReferences(String reference) {
        assertThatIllegalArgumentException().isThrownBy(() -> ImageReference.require(reference));
    }

    @Test
    void valuesOfVariablesAreNotPrinted() {
        assertThat(request().environment("TOKEN", "hunter2").build().toString())
                .contains("TOKEN")
                .doesNotContain("hunter2");
    }

    @Test
    void volumesAnImageDeclaresAreMemoryWithABound() {
        ImageInfo image = new ImageInfo(
                "sha256:1",
                List.of(),
                List.of(),
                Map.of(),
                1,
                Set.of("/data/", "/x/../cache", "/y//./z", "/x/../in/", "/tmp/."),
                Set.of(),
                "");
        Mount in = new Mount.ReadOnlyBind(HOST, "/in");
        JsonNode body = Hardening.create(
                request().mount(in).build(),
                Owner.of("me").ofRun("run"),
                image,
                List.of(in),
                Optional.empty(),
                GuardPolicy.standard().base().environment());

        JsonNode tmpfs = body.path("HostConfig").path("Tmpfs");
        assertThat(tmpfs.properties())
                .extracting(Map.Entry::getKey)
                .containsExactlyInAnyOrder("/tmp", "/data", "/cache", "/y/z");
        assertThat(tmpfs.path("/data").asText()).contains("size=268435456").contains("uid=65534");
    }
}
