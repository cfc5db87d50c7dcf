package dev.longshore.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.redis.LivingServer;
import dev.longshore.redis.RedisSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ShortageTest {
    private static final LivingServer ALL = new LivingServer("a", Optional.empty());
    private static final LivingServer PREFLIGHT = new LivingServer("b", Optional.of(Set.of("preflight", "publish")));

    private static Pool.Settings pool(String name) {
        return new Pool.Settings(
                RedisSettings.of("redis://user:secret@host:6379"), name, Optional.empty(), Path.of("work"));
    }

    @Test
    void aWorkerThatTakesWhatIsNeededIsEnough() {
        assertThat(Shortage.of(pool("longshore"), List.of("blarify"), List.of(PREFLIGHT, ALL)))
                .isEmpty();
        assertThat(Shortage.of(pool("longshore"), List.of("preflight"), List.of(PREFLIGHT)))
                .isEmpty();
    }

    @Test
    void withoutAnyWorkerOneIsToBeStarted() {
        Shortage shortage =
                Shortage.of(pool("longshore"), List.of("preflight"), List.of()).orElseThrow();
        assertThat(shortage.message()).isEqualTo("no worker of pool longshore is alive");
        assertThat(shortage.command()).isEqualTo("longshore worker --redis redis://host:6379");
    }

    @Test
    void theQueueThatNobodyTakesIsNamedAndThePoolIfItIsAnother() {
        Shortage shortage = Shortage.of(pool("night"), List.of("publish", "blarify"), List.of(PREFLIGHT))
                .orElseThrow();
        assertThat(shortage.message()).isEqualTo("no living worker of pool night takes jobs from blarify (1 is alive)");
        assertThat(shortage.command())
                .isEqualTo("longshore worker --redis redis://host:6379 --redis-prefix night --queues blarify");
    }
}
