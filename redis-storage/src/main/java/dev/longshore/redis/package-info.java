/**
 * JobRunr 8 on Redis. Start at {@link dev.longshore.redis.RedisStorageProvider}; {@link dev.longshore.redis.Redis} is the
 * connection below it, {@link dev.longshore.redis.Script} what it runs on the server.
 */
@NullMarked
package dev.longshore.redis;

import org.jspecify.annotations.NullMarked;
