package dev.longshore.docker;

/** How it stands between this process and a daemon. */
public enum ConnectionState {
    /** Nothing has been asked of the daemon yet. */
    UNTRIED,
    /** It answers. */
    CONNECTED,
    /** It answers, but the last call of some class failed: late, half, malformed, or with a server error. */
    DEGRADED,
    /** It could not be reached; calls are still tried, with growing pauses. */
    BACKING_OFF,
    /** It could not be reached several times in a row: calls fail at once, and the health probe looks for its return. */
    OPEN,
    /** It has answered again; what it answers next decides. */
    HALF_OPEN;

    /** Whether the daemon answered last time. */
    public boolean reachable() {
        return this == CONNECTED || this == DEGRADED;
    }
}
