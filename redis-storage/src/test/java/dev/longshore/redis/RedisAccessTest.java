package dev.longshore.redis;

import static dev.longshore.redis.RedisTest.COUNT;
import static dev.longshore.redis.RedisTest.KEY;
import static dev.longshore.redis.RedisTest.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Protocol.Command;

/** Passwords, ACL users and TLS. */
@Tag("redis")
class RedisAccessTest {
    @TempDir
    private Path directory;

    private static void assertRefused(RedisSettings settings, RedisFault fault) {
        try (Redis redis = Redis.connect(settings)) {
            assertThatExceptionOfType(RedisUnavailableException.class)
                    .isThrownBy(() -> redis.call(COUNT, KEY, List.of(bytes("1"))))
                    .withMessageContaining(fault.advice())
                    .withMessageNotContainingAny("secret", "wrong")
                    .satisfies(e -> {
                        assertThat(e.fault()).isEqualTo(fault);
                        assertThat(e.attempts()).as("no use in trying again").isEqualTo(1);
                    });
        }
    }

    @Test
    void saysAtOnceThatThePasswordIsWrongOrMissing() throws Exception {
        try (RedisServer server = RedisServer.start(directory, "--requirepass", "secret")) {
            String host = RedisServer.HOST + ":" + server.port();

            assertRefused(RedisSettings.of("redis://:wrong@" + host), RedisFault.AUTHENTICATION);
            assertRefused(RedisSettings.of("redis://" + host), RedisFault.AUTHENTICATION);
            try (Redis redis = Redis.connect(RedisSettings.of("redis://:secret@" + host))) {
                assertThat(redis.call(COUNT, KEY, List.of(bytes("1")))).isEqualTo(List.of(0L, 1L));
            }
        }
    }

    @Test
    void saysThatRedisWantsNoPassword() throws Exception {
        try (RedisServer server = RedisServer.start(directory)) {
            assertRefused(
                    RedisSettings.of("redis://:secret@" + RedisServer.HOST + ":" + server.port()),
                    RedisFault.AUTHENTICATION);
        }
    }

    @Test
    void waitsOnAServerThreadForAPasswordFileToBeCorrected() throws Exception {
        Path file = Files.writeString(directory.resolve("password"), "wrong\n");
        try (RedisServer server = RedisServer.start(directory.resolve("redis"), "--requirepass", "secret");
                Redis redis = Redis.connect(
                        RedisSettings.builder(server.url()).passwordFile(file).build())) {
            CompletableFuture<Object> answer = new CompletableFuture<>();
            Thread thread = new Thread(
                    () -> answer.complete(redis.call(COUNT, KEY, List.of(bytes("1")))), "backgroundjob-zookeeper-1");
            thread.start();
            Waiting.until(() -> redis.outages().current() != null, "the password is refused");
            assertThat(redis.outages().current()).isEqualTo(RedisFault.AUTHENTICATION);

            Files.writeString(file, "secret\n");

            assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo(List.of(0L, 1L));
        }
    }

    @Test
    void saysAtOnceThatTheUserMayNotDoThis() throws Exception {
        try (RedisServer server = RedisServer.start(directory)) {
            server.send("ACL", "SETUSER", "clerk", "on", ">secret", "~*", "&*", "+@all", "-set");
            server.send("ACL", "SETUSER", "guest", "on", ">secret", "~*", "&*", "+@all", "-evalsha");
            String host = RedisServer.HOST + ":" + server.port();

            // A command within the script, and the script itself.
            assertRefused(RedisSettings.of("redis://clerk:secret@" + host), RedisFault.PERMISSION);
            assertRefused(RedisSettings.of("redis://guest:secret@" + host), RedisFault.PERMISSION);
        }
    }

    @Test
    void worksForAUserWithoutWhatItCanDoWithout() throws Exception {
        try (RedisServer server = RedisServer.start(directory)) {
            server.send(
                    "ACL", "SETUSER", "clerk", "on", ">secret", "~{t}:*", "+evalsha", "+script|load", "+get", "+set");
            try (Redis redis =
                    Redis.connect(RedisSettings.of("redis://clerk:secret@" + RedisServer.HOST + ":" + server.port()))) {
                assertThat(redis.call(COUNT, KEY, List.of(bytes("1")))).isEqualTo(List.of(0L, 1L));
            }
        }
    }

    @Test
    void saysThatTheDatabaseDoesNotExist() throws Exception {
        try (RedisServer server = RedisServer.start(directory, "--databases", "2")) {
            assertRefused(RedisSettings.of(server.url() + "/5"), RedisFault.CONFIGURATION);
        }
    }

    @Test
    void saysThatRedisHasTooManyClients() throws Exception {
        try (RedisServer server = RedisServer.start(directory, "--maxclients", "1");
                Redis first = Redis.connect(RedisSettings.of(server.url()))) {
            first.command(Command.PING);
            try (Redis second = Redis.connect(RedisSettings.builder(server.url())
                    .patience(Duration.ofMillis(1))
                    .build())) {
                assertThatExceptionOfType(RedisUnavailableException.class)
                        .isThrownBy(() -> second.command(Command.PING))
                        .satisfies(e -> assertThat(e.fault()).isEqualTo(RedisFault.TOO_MANY_CLIENTS));
            }
        }
    }

    @Test
    void speaksTlsWithThoseItTrusts() throws Exception {
        TestCertificates certificates = TestCertificates.make(directory);
        try (RedisServer server = RedisServer.startTls(directory.resolve("redis"), certificates, "no")) {
            String url = "rediss://localhost:" + server.port();
            RedisSettings trusting =
                    RedisSettings.builder(url).caCertificates(certificates.ca()).build();
            try (Redis redis = Redis.connect(trusting)) {
                assertThat(redis.call(COUNT, KEY, List.of(bytes("1")))).isEqualTo(List.of(0L, 1L));
            }

            assertRefused(
                    RedisSettings.builder(url)
                            .caCertificates(certificates.otherCa())
                            .build(),
                    RedisFault.TLS);
            assertRefused(RedisSettings.of(url), RedisFault.TLS);
            // The certificate is for localhost, by name only.
            assertRefused(
                    RedisSettings.builder("rediss://127.0.0.1:" + server.port())
                            .caCertificates(certificates.ca())
                            .build(),
                    RedisFault.TLS);
        }
    }

    @Test
    void showsACertificateOfItsOwn() throws Exception {
        TestCertificates certificates = TestCertificates.make(directory);
        try (RedisServer server = RedisServer.startTls(directory.resolve("redis"), certificates, "yes")) {
            RedisSettings.Builder settings =
                    RedisSettings.builder("rediss://localhost:" + server.port()).caCertificates(certificates.ca());
            // Each time: Redis hangs up while the client still writes, and only what it said last tells why.
            for (int i = 0; i < 20; i++) {
                assertRefused(settings.build(), RedisFault.TLS);
            }

            settings.clientCertificate(certificates.certificate(), certificates.key());

            try (Redis redis = Redis.connect(settings.build())) {
                assertThat(redis.call(COUNT, KEY, List.of(bytes("1")))).isEqualTo(List.of(0L, 1L));
            }
        }
    }

    @Test
    void saysThatRedisSpeaksNoTls() throws Exception {
        try (RedisServer server = RedisServer.start(directory)) {
            try (Redis redis = Redis.connect(RedisSettings.builder("rediss://localhost:" + server.port())
                    .connectTimeout(Duration.ofMillis(500))
                    .patience(Duration.ofMillis(1))
                    .build())) {
                // It waits for the end of what it takes for a command, and looks like one that hangs.
                assertThatExceptionOfType(RedisUnavailableException.class)
                        .isThrownBy(() -> redis.command(Command.PING))
                        .withMessageContaining("a port without TLS wants redis://")
                        .satisfies(e -> {
                            assertThat(e.fault()).isEqualTo(RedisFault.TIMEOUT);
                            assertThat(e.attempts()).isEqualTo(1);
                        });
            }
        }
    }
}
