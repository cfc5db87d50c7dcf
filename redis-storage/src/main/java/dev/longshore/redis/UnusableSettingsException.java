package dev.longshore.redis;

import redis.clients.jedis.exceptions.JedisException;

/** A file that the settings name cannot be used any more. */
final class UnusableSettingsException extends JedisException {
    private static final long serialVersionUID = 1;

    UnusableSettingsException(String message, Throwable cause) {
        super(message, cause);
    }
}
