package dev.longshore.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.worker.pool.Pool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class RedisOptionsTest {
    private static final String URL = "redis://localhost:6379";

    @TempDir
    Path temporary;

    @Command
    private static final class Options {
        @Mixin
        private RedisOptions redis = new RedisOptions();
    }

    private Optional<Pool.Settings> parse(Map<String, String> environment, String... arguments) {
        Options options = new Options();
        new CommandLine(options).parseArgs(arguments);
        return options.redis.given(temporary, environment);
    }

    private Pool.Settings settings(Map<String, String> environment, String... arguments) {
        return parse(environment, arguments).orElseThrow();
    }

    @Test
    void withoutAUrlThereIsNoPool() {
        assertThat(parse(Map.of())).isEmpty();
        assertThat(parse(Map.of("LONGSHORE_REDIS_URL", " "))).isEmpty();
        assertThat(parse(Map.of("LONGSHORE_REDIS_URL", URL), "--redis", ""))
                .as("here, although the variable is set")
                .isEmpty();
        assertThatThrownBy(() -> new RedisOptions().required(temporary))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("--redis");
    }

    @Test
    void theOptionGoesBeforeTheVariable() {
        Map<String, String> environment =
                Map.of("LONGSHORE_REDIS_URL", URL, "LONGSHORE_REDIS_PREFIX", "night", "LONGSHORE_SEAL_KEYS", "off");

        assertThat(settings(environment).redis()).hasToString(URL);
        assertThat(settings(environment).name()).isEqualTo("night");
        assertThat(settings(environment).sealKeys()).contains("off");
        Pool.Settings other =
                settings(environment, "--redis", "redis://other:1/2", "--redis-prefix", "day", "--seal-keys", "/keys");
        assertThat(other.redis()).hasToString("redis://other:1/2");
        assertThat(other.name()).isEqualTo("day");
        assertThat(other.sealKeys()).contains("/keys");
        assertThat(settings(Map.of(), "--redis", URL).name()).isEqualTo("longshore");
    }

    @Test
    void whatIsWrongIsSaidWithoutThePassword() {
        assertThatThrownBy(() -> settings(Map.of(), "--redis", "redis://u:secret@host:port"))
                .isInstanceOf(BadInputException.class)
                .message()
                .doesNotContain("secret");
        assertThatThrownBy(() -> settings(Map.of(), "--redis", URL, "--redis-prefix", "a{b}"))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("--redis-prefix");
        assertThatThrownBy(() -> settings(Map.of(), "--redis", URL, "--redis-password-file", "/nowhere"))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("/nowhere");
        assertThatThrownBy(() -> settings(Map.of(), "--redis", URL, "--redis-ca", "/nowhere"))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("rediss://");
    }

    @Test
    void thePasswordMayComeFromAFileOrTheEnvironment() throws Exception {
        Path file = Files.writeString(temporary.resolve("password"), "secret\n");

        assertThat(settings(Map.of(), "--redis", URL, "--redis-password-file", file.toString()))
                .asString()
                .doesNotContain("secret");
        assertThat(settings(Map.of("LONGSHORE_REDIS_PASSWORD_FILE", file.toString()), "--redis", URL))
                .isNotNull();
        assertThat(settings(Map.of("LONGSHORE_REDIS_PASSWORD", "secret"), "--redis", URL))
                .asString()
                .doesNotContain("secret");
    }
}
