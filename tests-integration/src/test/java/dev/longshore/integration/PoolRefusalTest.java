package dev.longshore.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user is told whose pool cannot be used: one line, and the fix. */
@Tag("redis")
class PoolRefusalTest {
    @TempDir
    Path temp;

    private PoolPlace pool;

    @BeforeEach
    void startRedis() throws IOException, InterruptedException {
        pool = new PoolPlace(temp, "--requirepass", "right");
    }

    @AfterEach
    void stopAll() throws IOException, InterruptedException {
        pool.close();
    }

    private Longshore list(String url) {
        return pool.place.call("runs", "list", "--redis", url).without("LONGSHORE_REDIS_URL");
    }

    private String with(String credentials) {
        return pool.redis.url().replace("redis://", "redis://" + credentials + "@");
    }

    @Test
    void noRedisIsNamed() throws Exception {
        String line = pool.place
                .call("runs", "list")
                .without("LONGSHORE_REDIS_URL")
                .run()
                .exits(2)
                .line();

        assertThat(line).contains("--redis", "LONGSHORE_REDIS_URL");
    }

    @Test
    void aUrlThatIsNoneIsAWrongUsage() throws Exception {
        assertThat(list("http://localhost:6379").run().exits(2).line()).contains("redis://");
        assertThat(list("redis://user:se cret@h:x/y").run().exits(2).err()).doesNotContain("se cret");
    }

    @Test
    void aRedisThatIsNotThereIsSaidSoon() throws Exception {
        String line = list("redis://127.0.0.1:1").run().exits(1).line();

        assertThat(line).contains("127.0.0.1:1", "refused");
    }

    @Test
    void aWrongPasswordIsSaidAtOnceAndNotShown() throws Exception {
        Longshore.Ended ended = list(with("default:wrong-secret")).run().exits(1);

        assertThat(ended.line()).contains("does not accept user and password").doesNotContain("wrong-secret");
        assertThat(list(pool.redis.url()).run().exits(1).line()).contains("password");
        list(with("default:right")).run().exits(0);
    }

    @Test
    void aPasswordMayComeFromAFileOrTheEnvironment() throws Exception {
        Path file = Files.writeString(temp.resolve("password"), "right\n");

        list(pool.redis.url()).with("LONGSHORE_REDIS_PASSWORD_FILE", file).run().exits(0);
        list(pool.redis.url()).with("LONGSHORE_REDIS_PASSWORD", "right").run().exits(0);
        list(pool.redis.url()).with("LONGSHORE_REDIS_PASSWORD", "wrong").run().exits(1);
    }

    @Test
    void aWorkerWithAnotherWorkDirectoryIsRefused() throws Exception {
        String url = with("default:right");
        pool.started(pool.place.call("worker", "--redis", url, "--no-image-build"));

        Longshore.Ended refused = new Longshore(temp.resolve("elsewhere"), "worker", "--redis", url, "--no-image-build")
                .with("LONGSHORE_SEAL_KEYS", pool.place.work().resolve("pools/longshore/seal-keys"))
                .run()
                .exits(1);

        assertThat(refused.err()).contains("another work directory", "--new-work-directory");
    }

    @Test
    void whoHasNotThePoolsKeysCannotPutARunIn() throws Exception {
        String url = with("default:right");
        pool.place
                .call("enqueue", pool.place.source, "--redis", url, "-o", pool.place.out)
                .run()
                .exits(0);

        Longshore.Ended refused = new Longshore(
                        temp.resolve("elsewhere"),
                        "enqueue",
                        pool.place.source,
                        "--redis",
                        url,
                        "-o",
                        temp.resolve("o"))
                .run()
                .exits(1);

        assertThat(refused.err()).contains("sealed with other keys", "--seal-keys");
        assertThat(new Longshore(temp.resolve("elsewhere"), "runs", "list", "--redis", url, "--seal-keys", "off")
                        .run()
                        .exits(1)
                        .err())
                .contains("sealed with other keys");
        Path keys = pool.place.work().resolve("pools/longshore/seal-keys");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keys)))
                .isEqualTo("rw-------");
        new Longshore(
                        temp.resolve("elsewhere"),
                        "enqueue",
                        pool.place.source,
                        "--redis",
                        url,
                        "-o",
                        temp.resolve("o"),
                        "--seal-keys",
                        keys)
                .run()
                .exits(0);
    }

    @Test
    void optionsOfTheWorkersAreNotThePoolsUsers() throws Exception {
        String line = pool.place
                .call("ingest", pool.place.source, "--redis", pool.redis.url(), "--threads", 3)
                .run()
                .exits(2)
                .line();

        assertThat(line).contains("--threads");
    }

    @Test
    void aRunThatIsNotThereIsSaid() throws Exception {
        String url = with("default:right");

        assertThat(pool.place
                        .call("runs", "show", "r-none", "--redis", url)
                        .run()
                        .exits(2)
                        .line())
                .contains("no run r-none");
        assertThat(pool.place
                        .call("runs", "cancel", "nonsense", "--redis", url)
                        .run()
                        .exits(2)
                        .line())
                .contains("no run's name");
    }
}
