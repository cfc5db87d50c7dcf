package dev.longshore.redis;

/** Hears what is published on a channel. Called by one thread at a time: it should be quick. */
public interface RedisListener {
    /** A message arrived. */
    void message(byte[] payload);

    /** The channel is listened to from now on, for the first time or again; go and look for what was said before. */
    void resubscribed();
}
