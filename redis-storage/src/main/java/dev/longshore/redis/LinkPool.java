package dev.longshore.redis;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;

/**
 * The connections to one node, never more than so many. The last one returned is lent first, so that a burst's others fall
 * idle and are closed. When one breaks, all that were open then are suspect and are not lent again: where one connection
 * died, the server did.
 *
 * <p>It is not Commons Pool, which lends nothing to a thread whose interrupt is still to be handled, and JobRunr saves a
 * job's failure on just such a thread; nor does it know suspects.
 */
final class LinkPool {
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final HostAndPort node;
    private final LinkFactory factory;
    private final int timeoutMillis;
    private final Semaphore permits;
    private final ConcurrentLinkedDeque<Link> idle = new ConcurrentLinkedDeque<>();
    /** Every open link, lent or idle: what the keeper watches. */
    private final Set<Link> open = ConcurrentHashMap.newKeySet();

    private volatile int generation;
    private volatile boolean closed;

    LinkPool(HostAndPort node, LinkFactory factory) {
        this.node = node;
        this.factory = factory;
        this.timeoutMillis = (int) factory.settings().callTimeout().toMillis();
        this.permits = new Semaphore(factory.settings().poolSize());
    }

    HostAndPort node() {
        return node;
    }

    /**
     * Lends a link, for an answer to be awaited on it at once.
     *
     * @param patienceNanos how long to wait for one while all are in use
     * @return null if none became free in time
     * @throws InterruptedException if interrupted while it waits; not otherwise
     * @throws redis.clients.jedis.exceptions.JedisException if Redis is not there or does not want us
     */
    @Nullable Link borrow(long patienceNanos) throws InterruptedException {
        if (!permits.tryAcquire() && !permits.tryAcquire(patienceNanos, TimeUnit.NANOSECONDS)) {
            return null;
        }
        Link link = null;
        try {
            link = idleLink();
            if (link == null && !closed) {
                link = open();
            }
        } finally {
            if (link == null) {
                permits.release();
            }
        }
        if (link != null) {
            link.begin();
        }
        return link;
    }

    private @Nullable Link idleLink() {
        Link link;
        while ((link = idle.pollFirst()) != null) {
            if (!closed && link.generation() == generation && !link.isBroken()) {
                return link;
            }
            drop(link);
        }
        return null;
    }

    private Link open() {
        int born = generation;
        PingableConnection connection = factory.open(node, timeoutMillis);
        Link link = new Link(this, connection, born, timeoutMillis);
        open.add(link);
        if (closed) {
            link.cut(RedisFault.CLOSED);
        }
        return link;
    }

    void giveBack(Link link) {
        link.end();
        try {
            if (closed || link.isBroken() || link.generation() != generation) {
                drop(link);
            } else {
                link.idleSince(System.nanoTime());
                idle.addFirst(link);
                if (closed) {
                    closeIdle();
                }
            }
        } finally {
            permits.release();
        }
    }

    private void drop(Link link) {
        open.remove(link);
        link.cut(RedisFault.LOST);
    }

    /** A link opened in this generation broke: so did, very likely, the others. */
    void suspect(int brokenGeneration) {
        synchronized (this) {
            if (brokenGeneration == generation) {
                generation++;
            }
        }
    }

    int generation() {
        return generation;
    }

    /** Ends what takes too long, and closes what nobody has used for a while. */
    void tend(long nowNanos, long interruptedNanos) {
        for (Link link : open) {
            link.cutIfLate(nowNanos, interruptedNanos);
        }
        Link oldest = idle.peekLast();
        // The oldest lies at the end. Taking it away by itself keeps a link lent meanwhile out of harm's way.
        while (oldest != null
                && (nowNanos - oldest.idleSince() > IDLE_NANOS || oldest.generation() != generation)
                && idle.removeLastOccurrence(oldest)) {
            drop(oldest);
            oldest = idle.peekLast();
        }
    }

    /** About how many threads wait for a link. */
    int waiting() {
        return permits.getQueueLength();
    }

    int openLinks() {
        return open.size();
    }

    /** No link is lent any more; those in use are cut if told to, and closed on their return otherwise. */
    void close(boolean cut) {
        boolean first;
        synchronized (this) {
            first = !closed;
            closed = true;
        }
        if (cut) {
            open.forEach(link -> link.cut(RedisFault.CLOSED));
        }
        closeIdle();
        if (first) {
            // Ends the waits of all who stand in line; each then finds it closed.
            permits.release(Integer.MAX_VALUE / 2);
        }
    }

    boolean isClosed() {
        return closed;
    }

    private void closeIdle() {
        Link link;
        while ((link = idle.pollFirst()) != null) {
            drop(link);
        }
    }
}
