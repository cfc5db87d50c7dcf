package dev.longshore.redis;

import java.net.URI;

/** Where Redis is, and how it is spoken to. */
public record RedisSettings(URI url) {
    public static RedisSettings of(String url) {
        return new RedisSettings(URI.create(url));
    }
}
