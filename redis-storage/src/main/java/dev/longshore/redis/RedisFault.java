package dev.longshore.redis;

/** Why Redis could not be used, and what an operator does about it. */
public enum RedisFault {
    REFUSED(Reach.SERVER, true, "connection refused", "Start Redis, or correct host and port."),
    UNREACHABLE(Reach.SERVER, true, "no route to it", "Check the network and firewalls between here and Redis."),
    UNKNOWN_HOST(Reach.SERVER, true, "its host name is unknown", "Correct the host name or the name service."),
    TIMEOUT(
            Reach.SERVER,
            true,
            "no answer in time",
            "Check whether Redis hangs, is overloaded (SLOWLOG) or cut off; a port without TLS wants redis://."),
    LOST(Reach.SERVER, true, "the connection broke", "See Redis' log; a TLS port needs rediss://."),
    LOADING(Reach.SERVER, true, "it is loading its data", "Wait: it answers once its file is read."),
    BUSY(
            Reach.SERVER,
            true,
            "it is busy with a script",
            "See SLOWLOG; SCRIPT KILL ends a script that has written nothing."),
    MASTER_DOWN(Reach.SERVER, true, "a replica without its master", "Bring the master back, or fail over."),
    NO_MASTER(Reach.SERVER, true, "no Sentinel knows a master", "Check the master's name and the Sentinels."),
    CLUSTER_DOWN(
            Reach.SERVER, true, "the cluster is down", "Bring its nodes back: CLUSTER INFO tells which slots fail."),
    TRY_AGAIN(Reach.SERVER, true, "the cluster is moving slots", "Wait until the slots have moved."),
    TOO_MANY_CLIENTS(Reach.SERVER, true, "it has too many clients", "Raise Redis' maxclients, or use smaller pools."),
    POOL_EXHAUSTED(
            Reach.SERVER,
            true,
            "all connections of the pool were in use",
            "Raise the pool's size or the call timeout."),
    READ_ONLY(Reach.WRITES, true, "it is a read-only replica", "Name the master, or use redis-sentinel://."),
    OUT_OF_MEMORY(
            Reach.WRITES, true, "it is out of memory", "Raise maxmemory, or free memory; maxmemory-policy noeviction."),
    CANNOT_PERSIST(Reach.WRITES, true, "it cannot write to its disk", "Free the disk; Redis' log names the reason."),
    NO_REPLICAS(
            Reach.WRITES, true, "too few replicas follow it", "Bring replicas back, or lower min-replicas-to-write."),
    TLS(
            Reach.SERVER,
            false,
            "TLS failed",
            "Check the CA, the host name in Redis' certificate and the client certificate."),
    AUTHENTICATION(Reach.SERVER, false, "it does not accept user and password", "Correct user and password."),
    PERMISSION(
            Reach.WRITES,
            false,
            "its user may not do this",
            "Give the ACL user the documented commands, keys, channels."),
    CONFIGURATION(Reach.SERVER, false, "it cannot be used with these settings", "Correct the settings."),
    INTERRUPTED(Reach.WRITES, false, "the waiting thread was interrupted", "Nothing: somebody ended the wait."),
    CLOSED(Reach.WRITES, false, "this client is closed", "Nothing: the program is ending.");

    /** What a fault keeps from working: everything, or what needs the refused write or permission. */
    enum Reach {
        SERVER,
        WRITES
    }

    private final Reach reach;
    private final boolean passing;
    private final String words;
    private final String advice;

    RedisFault(Reach reach, boolean passing, String words, String advice) {
        this.reach = reach;
        this.passing = passing;
        this.words = words;
        this.advice = advice;
    }

    /** Whether it may pass by itself, so that calls are repeated for a while. */
    public boolean isPassing() {
        return passing;
    }

    /** What to do about it, in a sentence. */
    public String advice() {
        return advice;
    }

    /** What is wrong, to follow "Redis cannot be used:". */
    public String words() {
        return words;
    }

    Reach reach() {
        return reach;
    }

    /** Whether waiting makes no sense, whoever waits. */
    boolean isFinal() {
        return this == INTERRUPTED || this == CLOSED;
    }
}
