package dev.longshore.redis;

/** Listens to a channel until closed, over as many connections as it takes. */
public interface RedisSubscription extends AutoCloseable {
    /** Ends it. A call of the listener that is under way may end after this returns; none begins. */
    @Override
    void close();
}
