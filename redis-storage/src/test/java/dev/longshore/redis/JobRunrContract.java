package dev.longshore.redis;

import static org.jobrunr.utils.resilience.RateLimiter.Builder.rateLimit;

import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.storage.StorageProvider;
import org.jobrunr.storage.StorageProviderTest;
import org.jobrunr.utils.mapper.jackson.JacksonJsonMapper;

/** JobRunr's own suite, which every store of jobs passes, on the Redis that a subclass brings. */
abstract class JobRunrContract extends StorageProviderTest {
    /** A connection that the stores share; the subclass closes it. */
    abstract Redis redis();

    /** Forgets all that is stored. */
    abstract void empty();

    @Override
    protected void cleanup(int testMethodIndex) {
        empty();
    }

    /** What the suites of older JobRunrs call instead, which these classes run against too. */
    @SuppressWarnings("unused")
    protected void cleanup() {
        empty();
    }

    @Override
    protected StorageProvider getStorageProvider() {
        RedisStorageProvider provider = RedisStorageProvider.builder(redis())
                .notificationLimit(rateLimit().withoutLimits())
                .build();
        provider.setJobMapper(new JobMapper(new JacksonJsonMapper()));
        return provider;
    }
}
