package dev.longshore.integration;

import dev.longshore.redis.Redis;
import dev.longshore.redis.RunningRedis;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisRunStoreClusterTest extends RedisRunStoreContract {
    @RegisterExtension
    static final OneRedis REDIS = new OneRedis(RunningRedis.Kind.CLUSTER);

    @Override
    Redis redis() {
        return REDIS.redis();
    }
}
