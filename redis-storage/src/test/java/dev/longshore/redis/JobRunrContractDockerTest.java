package dev.longshore.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;
import redis.clients.jedis.Protocol.Command;

/**
 * On the Redis of an image, in a container: the one that LONGSHORE_TEST_REDIS_IMAGE names, whose entry point is the server
 * or takes its name, such as {@code redis:7}, {@code valkey/valkey:8}.
 */
@Tag("redis")
@Tag("docker")
@SuppressWarnings("NullAway.Init") // JUnit calls start first
class JobRunrContractDockerTest extends JobRunrContract {
    private static final String IMAGE = "LONGSHORE_TEST_REDIS_IMAGE";

    private static final int PORT = 6379;

    private static GenericContainer<?> container;
    private static Redis redis;

    @BeforeAll
    static void start() {
        String image = System.getenv(IMAGE);
        assertThat(image)
                .as(IMAGE + ": this test needs an image with a Redis; ./verify makes one")
                .isNotBlank();
        container = new GenericContainer<>(DockerImageName.parse(String.valueOf(image)))
                .withExposedPorts(PORT)
                .withCommand("redis-server", "--protected-mode", "no", "--save", "")
                .waitingFor(Wait.forLogMessage(".*Ready to accept connections.*", 1))
                .withStartupTimeout(Duration.ofMinutes(1));
        container.start();
        redis = Redis.connect(RedisSettings.of("redis://" + container.getHost() + ":" + container.getMappedPort(PORT)));
    }

    @AfterAll
    static void stop() {
        redis.close();
        container.stop();
    }

    @Override
    Redis redis() {
        return redis;
    }

    @Override
    void empty() {
        redis.command(Command.FLUSHALL);
    }
}
