package dev.longshore.redis;

/** Listens to a channel until closed, over as many connections as it takes. */
public interface RedisSubscription extends AutoCloseable {
    /** Ends it. The listener is not called any more once this returns, unless it is the listener that closes. */
    @Override
    void close();
}
