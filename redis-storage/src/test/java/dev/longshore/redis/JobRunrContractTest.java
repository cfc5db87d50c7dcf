package dev.longshore.redis;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import redis.clients.jedis.Protocol.Command;

/** On a plain Redis, or whichever program {@link RedisServer#PROGRAM} names. */
@Tag("redis")
class JobRunrContractTest extends JobRunrContract {
    @RegisterExtension
    static final TestRedis REDIS = new TestRedis();

    @Override
    Redis redis() {
        return REDIS.redis();
    }

    @Override
    void empty() {
        REDIS.redis().command(Command.FLUSHALL);
    }
}
