package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DockerFailureTest {
    private static final String SECRET = "/home/me/.docker TOKEN=hunter2 tcp://me:hunter2@host";

    static List<DockerFailure> everyFailure() {
        return kinds(DockerFailure.class).map(DockerFailureTest::full).toList();
    }

    private static Stream<Class<?>> kinds(Class<?> type) {
        return type.isSealed()
                ? Arrays.stream(type.getPermittedSubclasses()).flatMap(DockerFailureTest::kinds)
                : Stream.of(type);
    }

    /** A failure all of whose parts hold what outsiders must not see. */
    private static DockerFailure full(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        Object[] values = Arrays.stream(components)
                .map(component -> value(component.getType(), component.getName()))
                .toArray();
        try {
            return (DockerFailure) type.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("cannot make a " + type, e);
        }
    }

    private static Object value(Class<?> type, String name) {
        if (type == String.class) {
            return SECRET;
        } else if (type == Path.class) {
            return Path.of(SECRET);
        } else if (type == Duration.class) {
            return Duration.ofMillis(2_100);
        } else if (type == int.class) {
            return 500;
        } else if (type == List.class) {
            return List.of(SECRET);
        } else if (type == Optional.class) {
            return name.equals("retryAfter") ? Optional.of(Duration.ofMillis(2_100)) : Optional.empty();
        } else if (type == Owner.class) {
            return new Owner("o", Optional.of("hunter2"));
        } else if (type == DockerFailure.class) {
            return new DockerFailure.Unknown(SECRET, SECRET);
        } else if (type == ProcessIdentity.class) {
            return new ProcessIdentity(1000, Set.of(1000));
        } else if (type == DockerFailure.PermissionDenied.Reason.class) {
            return DockerFailure.PermissionDenied.Reason.NOT_IN_GROUP;
        }
        throw new AssertionError("no value for " + type);
    }

    @ParameterizedTest
    @MethodSource("everyFailure")
    void tellsOutsidersNothingButTheKindAndTheWait(DockerFailure failure) {
        assertThat(failure.publicMessage())
                .isNotBlank()
                .doesNotContain("hunter2", "TOKEN", "tcp://", "/")
                .hasSizeLessThan(100);
        assertThat(failure.message()).isNotBlank().doesNotContain("\n");
        assertThat(failure.fix()).isNotBlank().doesNotContain("\n");
    }

    @ParameterizedTest
    @MethodSource("everyFailure")
    void isWorthRetryingExactlyWhenItSaysWhen(DockerFailure failure) {
        assertThat(failure.retryable()).isEqualTo(failure.retryAfter().isPresent());
        failure.retryAfter().ifPresent(wait -> assertThat(wait).isPositive());
        assertThat(failure.publicMessage().contains("try again in")).isEqualTo(failure.retryable());
    }

    @Test
    void roundsTheWaitUpToSeconds() {
        DockerFailure limited = new DockerFailure.RateLimited("list", "this guard's limit", Duration.ofMillis(2_100));
        assertThat(limited.publicMessage()).isEqualTo("too many calls; try again in 3 s");
    }

    @Test
    void keepsTheFixOfWhatIsWaitedFor() {
        DockerFailure cause = new DockerFailure.ConnectionRefused("unix:///run/docker.sock", "refused");
        DockerFailure waiting = new DockerFailure.InBackoff("list", "calls that read", Duration.ofSeconds(60), cause);
        assertThat(waiting.fix()).isEqualTo(cause.fix());
        assertThat(waiting.retryAfter()).contains(Duration.ofSeconds(60));
        assertThat(waiting.message())
                .isEqualTo("list was not tried: calls that read waits for another 60 s since " + cause.message());
    }
}
