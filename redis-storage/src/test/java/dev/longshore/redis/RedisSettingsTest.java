package dev.longshore.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.RedisCredentials;

class RedisSettingsTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "redis://localhost | redis://localhost:6379",
                "redis://localhost/0 | redis://localhost:6379",
                "redis://localhost:7000/3 | redis://localhost:7000/3",
                "redis://[::1]:7000 | redis://[::1]:7000",
                "redis://[::1] | redis://[::1]:6379",
                "rediss://me:secret@redis.example.org | rediss://redis.example.org:6379",
                "redis-sentinel://a,b:1/main | redis-sentinel://a:26379,b:1/main",
                "rediss-sentinel://:secret@a/main/2 | rediss-sentinel://a:26379/main/2",
                "redis-cluster://a:1,b:2,a:1 | redis-cluster://a:1,b:2",
                "rediss-cluster://a/ | rediss-cluster://a:6379",
            })
    void readsEveryKindOfUrlAndShowsItWithoutCredentials(String url, String shown) {
        assertThat(RedisSettings.of(url)).hasToString(shown);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "redis://me:secret@h | me | secret",
                "redis://:secret@h | | secret",
                "redis://me:s%40c%2Fr%25t%3A+@h | me | s@c/r%t:+",
                "redis://me:p@ss/w:rd@h:1/2 | me | p@ss/w:rd",
                "redis://%C3%A9:%C3%A8@h | \u00e9 | \u00e8",
            })
    void readsCredentials(String url, String user, String password) throws Exception {
        RedisCredentials read = read(RedisSettings.of(url));

        assertThat(read.getUser()).isEqualTo(user);
        assertThat(new String(read.getPassword())).isEqualTo(password);
    }

    private static RedisCredentials read(RedisSettings settings) throws IOException {
        return Objects.requireNonNull(settings.credentials().read());
    }

    @Test
    void hasNoCredentialsWithoutAny() throws Exception {
        assertThat(RedisSettings.of("redis://h").credentials().read()).isNull();
    }

    @Test
    void readsThePasswordFileForEachConnection() throws Exception {
        Path file = Files.writeString(directory.resolve("password"), "first\n", UTF_8);
        RedisSettings settings =
                RedisSettings.builder("redis://me@h").passwordFile(file).build();
        assertThat(read(settings).getPassword()).containsExactly("first".toCharArray());

        Files.writeString(file, "second \r\n", UTF_8);

        assertThat(read(settings).getPassword()).containsExactly("second ".toCharArray());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost:6379",
                "http://me:TOPSECRET@h",
                "redisx://h",
                "redis://",
                "redis://me:TOPSECRET@",
                "redis://me:TOPSECRET",
                "redis://h:TOPSECRET@h:x",
                "redis://h:0",
                "redis://h:65536",
                "redis://h:99999999999999999999",
                "redis://h/x",
                "redis://h/-1",
                "redis://h/1/2",
                "redis://a,b",
                "redis://[::1",
                "redis://me:TOPSECRET%4@h",
                "redis://me:TOPSECRET%zz@h",
                "redis://me:TOPSECRET%ff@h",
                "redis://me:TOPSECRET@h?timeout=1",
                "redis://me@h",
                "redis-sentinel://a:1",
                "redis-sentinel://a:1/",
                "redis-cluster://a/1",
                "redis-cluster://a,,b",
                "redis://a b",
            })
    void refusesAWrongUrlWithoutRepeatingIt(String url) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RedisSettings.of(url))
                .withMessageNotContainingAny("TOPSECRET");
    }

    @Test
    void namesAllFaultsAtOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RedisSettings.builder("redis-cluster://me:TOPSECRET%@a:x,b:1/7?z")
                        .poolSize(0)
                        .callTimeout(Duration.ZERO)
                        .patience(Duration.ofSeconds(-1))
                        .backoff(Duration.ofSeconds(2), Duration.ofSeconds(1))
                        .clientName("two words")
                        .passwordFile(directory.resolve("none"))
                        .caCertificates(directory.resolve("ca.pem"))
                        .build())
                .withMessageContainingAll(
                        "options after a '?'",
                        "'%' without",
                        "port of host 1",
                        "database",
                        "pool's size",
                        "call timeout",
                        "patience",
                        "longest backoff",
                        "client's name",
                        "password file",
                        "rediss://")
                .withMessageNotContainingAny("TOPSECRET");
    }

    @Test
    void refusesACaThatIsNone() throws Exception {
        Path file = Files.writeString(directory.resolve("ca.pem"), "nothing\n");

        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        RedisSettings.builder("rediss://h").caCertificates(file).build())
                .withMessageContaining("ca.pem");
    }

    @Test
    void refusesAPasswordGivenTwice() throws Exception {
        Path file = Files.writeString(directory.resolve("password"), "a");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> RedisSettings.builder("redis://:TOPSECRET@h")
                        .passwordFile(file)
                        .build())
                .withMessageContaining("given twice")
                .withMessageNotContainingAny("TOPSECRET");
    }

    @Test
    void hasTheDocumentedDefaults() {
        RedisSettings settings = RedisSettings.of("redis://h");

        assertThat(settings.connectTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(settings.callTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.patience()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.firstBackoff()).isEqualTo(Duration.ofMillis(20));
        assertThat(settings.longestBackoff()).isEqualTo(Duration.ofSeconds(1));
        assertThat(settings.poolSize()).isEqualTo(16);
        assertThat(settings.clientName()).isEqualTo("longshore");
    }

    @Test
    void takesWhatIsSet() throws Exception {
        RedisSettings settings = RedisSettings.builder("redis://a:b@h")
                .user("me")
                .password("secret")
                .connectTimeout(Duration.ofMillis(1))
                .callTimeout(Duration.ofMillis(2))
                .patience(Duration.ofMillis(3))
                .backoff(Duration.ofMillis(4), Duration.ofMillis(5))
                .poolSize(6)
                .clientName("mine")
                .build();

        assertThat(read(settings).getUser()).isEqualTo("me");
        assertThat(new String(read(settings).getPassword())).isEqualTo("secret");
        assertThat(settings.connectTimeout()).isEqualTo(Duration.ofMillis(1));
        assertThat(settings.callTimeout()).isEqualTo(Duration.ofMillis(2));
        assertThat(settings.patience()).isEqualTo(Duration.ofMillis(3));
        assertThat(settings.firstBackoff()).isEqualTo(Duration.ofMillis(4));
        assertThat(settings.longestBackoff()).isEqualTo(Duration.ofMillis(5));
        assertThat(settings.poolSize()).isEqualTo(6);
        assertThat(settings.clientName()).isEqualTo("mine");
    }
}
