package dev.longshore.integration;

import dev.longshore.redis.JobSeal;
import dev.longshore.redis.Redis;
import dev.longshore.run.RunStore;
import dev.longshore.run.RunStoreContract;
import dev.longshore.worker.runs.RedisRunStore;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;

/** The run store on Redis does what every run store does, on whatever kind of Redis. */
@Tag("redis")
abstract class RedisRunStoreContract extends RunStoreContract {
    private static final AtomicInteger POOLS = new AtomicInteger();
    private static final JobSeal SEAL = JobSeal.of("k", new byte[32]);

    private @Nullable RedisRunStore store;

    abstract Redis redis();

    @Override
    protected RunStore newStore() {
        RedisRunStore made = new RedisRunStore(redis(), "pool" + POOLS.incrementAndGet(), Optional.of(SEAL));
        store = made;
        return made;
    }

    @AfterEach
    void closeStore() {
        if (store != null) {
            store.close();
        }
    }
}
