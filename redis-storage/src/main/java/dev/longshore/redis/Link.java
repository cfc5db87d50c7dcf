package dev.longshore.redis;

import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/**
 * One connection of a {@link LinkPool}. Used by one thread at a time; the {@link Keeper} cuts it where an answer takes too
 * long, since a socket's own timeout starts anew with each byte that trickles in.
 */
final class Link {
    private static final CommandArguments ASKING = new CommandArguments(Command.ASKING);
    private static final byte[] LOAD = {'L', 'O', 'A', 'D'};

    private final LinkPool pool;
    private final PingableConnection connection;
    private final int generation;
    private final int timeoutMillis;
    private final long timeoutNanos;

    /** Whether it has carried an answer: only then may it have died unnoticed. */
    private boolean used;

    private long idleSinceNanos;

    private @Nullable Thread user;
    private long sinceNanos;
    /** When the answer under way is late; 0 when none is. Its writes publish the two above. */
    private volatile long deadlineNanos;

    /** Why it was cut, if it was. */
    private volatile @Nullable RedisFault cutFor;

    Link(LinkPool pool, PingableConnection connection, int generation, int timeoutMillis) {
        this.pool = pool;
        this.connection = connection;
        this.generation = generation;
        this.timeoutMillis = timeoutMillis;
        this.timeoutNanos = timeoutMillis * 1_000_000L;
    }

    LinkPool pool() {
        return pool;
    }

    int generation() {
        return generation;
    }

    boolean wasUsed() {
        return used;
    }

    boolean isBroken() {
        return connection.isBroken();
    }

    void idleSince(long nanos) {
        this.idleSinceNanos = nanos;
    }

    long idleSince() {
        return idleSinceNanos;
    }

    /** From now on an answer is awaited. */
    void begin() {
        long now = System.nanoTime();
        user = Thread.currentThread();
        sinceNanos = now;
        deadlineNanos = (now + timeoutNanos) | 1;
    }

    void end() {
        deadlineNanos = 0;
        used = true;
    }

    /** Lets the next answer take no longer than this, if that is less than usual. */
    void limit(long nanos) {
        if (nanos < timeoutNanos) {
            int millis = (int) Math.max(1, nanos / 1_000_000);
            connection.setSoTimeout(millis);
            deadlineNanos = (System.nanoTime() + millis * 1_000_000L) | 1;
        }
    }

    void unlimit() {
        if (connection.getSoTimeout() != timeoutMillis && !connection.isBroken()) {
            connection.setSoTimeout(timeoutMillis);
        }
    }

    Object answer(CommandArguments request) {
        connection.sendCommand(request);
        return connection.getOne();
    }

    /** As {@link #answer}, of a node to which the slot is moving. */
    Object answerAsking(CommandArguments request) {
        connection.sendCommand(ASKING);
        connection.sendCommand(request);
        next();
        return unlessError(next());
    }

    /** Loads the script and sends the request that needs it, in one round trip. */
    Object answerLoading(Script script, CommandArguments request, boolean asking) {
        sendLoad(script);
        if (asking) {
            connection.sendCommand(ASKING);
        }
        connection.sendCommand(request);
        // Every answer is read before any is judged: what stays behind would be taken for the next call's.
        Object loaded = next();
        if (asking) {
            next();
        }
        Object answer = next();
        boolean notLoaded = answer instanceof JedisNoScriptException && loaded instanceof JedisDataException;
        return unlessError(notLoaded ? loaded : answer);
    }

    private static Object unlessError(Object answer) {
        if (answer instanceof JedisDataException error) {
            throw error;
        }
        return answer;
    }

    void send(CommandArguments request) {
        connection.sendCommand(request);
    }

    void sendLoad(Script script) {
        connection.sendCommand(Command.SCRIPT, LOAD, script.text());
    }

    void sendAsking() {
        connection.sendCommand(ASKING);
    }

    /** The next answer of those requests that were sent; an error is an answer too. Each has the time of a call. */
    Object next() {
        Object answer;
        try {
            answer = connection.getOne();
        } catch (JedisDataException e) {
            answer = e;
        }
        deadlineNanos = (System.nanoTime() + timeoutNanos) | 1;
        return answer;
    }

    /**
     * Cuts it if an answer is overdue, or awaited by a thread that was interrupted and has given it time enough. A link that
     * gets its answer just now may be hit as well: its call is repeated, as after any loss.
     */
    void cutIfLate(long nowNanos, long interruptedNanos) {
        long deadline = deadlineNanos;
        if (deadline == 0) {
            return;
        }
        Thread waiting = user;
        if (nowNanos - deadline > 0) {
            cut(RedisFault.TIMEOUT);
        } else if (waiting != null && nowNanos - sinceNanos > interruptedNanos && waiting.isInterrupted()) {
            cut(RedisFault.INTERRUPTED);
        }
    }

    @Nullable RedisFault cutFor() {
        return cutFor;
    }

    /** Ends the connection under whoever uses it. */
    void cut(RedisFault reason) {
        if (cutFor == null) {
            cutFor = reason;
        }
        connection.cut();
    }
}
