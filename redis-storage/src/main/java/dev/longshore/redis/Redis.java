package dev.longshore.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/**
 * A bounded pool of connections to one Redis, or to the nodes behind Sentinels or of a cluster. Safe for use by any number
 * of threads; none is made before the first call.
 *
 * <p>While Redis is away, calls are repeated, with pauses that grow and are drawn at random; then they fail with
 * {@link RedisUnavailableException}. The threads of JobRunr's server wait until Redis is back. An interrupt ends the wait.
 * So a call may reach Redis more than once, and must do no harm then.
 *
 * <p>All keys of a call share one hash tag, so that a cluster has them on one node.
 */
public final class Redis implements AutoCloseable {
    private final RedisSettings settings;
    private final LinkFactory factory;
    private final Topology topology;
    private final Outages outages;
    private final Keeper keeper;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Set<Subscriber> subscribers = ConcurrentHashMap.newKeySet();

    private Redis(RedisSettings settings) {
        this.settings = settings;
        this.factory = new LinkFactory(settings);
        this.topology = switch (settings.kind()) {
            case SERVER -> new SingleTopology(factory);
            case SENTINEL -> new SentinelTopology(factory);
            case CLUSTER -> new ClusterTopology(factory);
        };
        this.outages = new Outages("Redis at " + settings);
        this.keeper = new Keeper(factory, topology, closed);
    }

    public static Redis connect(RedisSettings settings) {
        Redis redis = new Redis(settings);
        redis.keeper.start();
        return redis;
    }

    public RedisSettings settings() {
        return settings;
    }

    /**
     * Runs the script in one round trip.
     *
     * @throws RedisUnavailableException if Redis cannot be used
     * @throws redis.clients.jedis.exceptions.JedisDataException if the script answers with an error of its own
     */
    public Object call(Script script, List<byte[]> keys, List<byte[]> args) {
        return call(script, keys, args, null);
    }

    /** As {@link #call(Script, List, List)}, with a patience other than the thread's. */
    Object call(Script script, List<byte[]> keys, List<byte[]> args, @Nullable Patience patience) {
        CommandArguments request = evalsha(script, keys, args);
        Exchange exchange = (link, asking) -> {
            try {
                return asking ? link.answerAsking(request) : link.answer(request);
            } catch (JedisNoScriptException e) {
                return link.answerLoading(script, request, asking);
            }
        };
        return run(script.toString(), keys.isEmpty() ? null : keys.get(0), exchange, patience);
    }

    /**
     * Runs the script once for each list of arguments, all in one round trip.
     *
     * @throws RedisUnavailableException if Redis cannot be used; some of them may have run
     * @throws redis.clients.jedis.exceptions.JedisDataException if the script answers one with an error of its own; all
     *     have run
     */
    public List<Object> callAll(Script script, List<byte[]> keys, List<List<byte[]>> argLists) {
        return callAll(script, keys, argLists, null);
    }

    /** As {@link #callAll(Script, List, List)}, with a patience other than the thread's. */
    List<Object> callAll(Script script, List<byte[]> keys, List<List<byte[]>> argLists, @Nullable Patience patience) {
        if (argLists.isEmpty()) {
            return List.of();
        }
        Batch batch = new Batch(
                script,
                argLists.stream().map(args -> evalsha(script, keys, args)).toList());
        run(script.toString(), keys.isEmpty() ? null : keys.get(0), batch, patience);
        return batch.answers();
    }

    /**
     * Sends a command. To a cluster, it goes to where its first argument with a hash tag belongs, or its first argument.
     *
     * @throws RedisUnavailableException if Redis cannot be used
     * @throws redis.clients.jedis.exceptions.JedisDataException if Redis answers with an error
     */
    public Object command(ProtocolCommand command, byte[]... args) {
        return command(null, command, args);
    }

    /** As {@link #command(ProtocolCommand, byte[][])}, with a patience other than the thread's. */
    Object command(@Nullable Patience patience, ProtocolCommand command, byte[]... args) {
        CommandArguments request = new CommandArguments(command);
        for (byte[] arg : args) {
            request.add(arg);
        }
        Exchange exchange = (link, asking) -> asking ? link.answerAsking(request) : link.answer(request);
        String name = new String(command.getRaw(), US_ASCII).toUpperCase(Locale.ROOT);
        return run(name, routingKey(args), exchange, patience);
    }

    /**
     * Listens to a channel on a connection of its own, as published there with PUBLISH or, from Redis 7 on, SPUBLISH.
     * Returns at once; {@link RedisListener#resubscribed} tells when it listens.
     */
    public RedisSubscription subscribe(byte[] channel, RedisListener listener) {
        Subscriber subscriber = new Subscriber(this, channel.clone(), listener);
        subscribers.add(subscriber);
        keeper.add(subscriber);
        subscriber.start();
        if (isClosed()) {
            subscriber.close();
        }
        return subscriber;
    }

    private static CommandArguments evalsha(Script script, List<byte[]> keys, List<byte[]> args) {
        CommandArguments request =
                new CommandArguments(Command.EVALSHA).add(script.sha1()).add(keys.size());
        for (byte[] key : keys) {
            request.add(key);
        }
        for (byte[] arg : args) {
            request.add(arg);
        }
        return request;
    }

    private static byte @Nullable [] routingKey(byte[][] args) {
        for (byte[] arg : args) {
            if (hasHashTag(arg)) {
                return arg;
            }
        }
        return args.length == 0 ? null : args[0];
    }

    private static boolean hasHashTag(byte[] key) {
        int open = -1;
        for (int i = 0; i < key.length; i++) {
            if (open < 0 && key[i] == '{') {
                open = i;
            } else if (open >= 0 && key[i] == '}') {
                return i > open + 1;
            }
        }
        return false;
    }

    private Object run(String operation, byte @Nullable [] key, Exchange exchange, @Nullable Patience patience) {
        return new Call(this, operation, key, exchange, patience).run();
    }

    /** What keeps calls waiting now; empty while Redis can be used, as far as the last call told. */
    public Optional<RedisFault> fault() {
        return Optional.ofNullable(outages.current());
    }

    LinkFactory factory() {
        return factory;
    }

    Topology topology() {
        return topology;
    }

    Outages outages() {
        return outages;
    }

    boolean isClosed() {
        return closed.getCount() == 0;
    }

    /**
     * Waits, unless this is closed before.
     *
     * @return whether it is closed
     */
    boolean pause(long nanos) throws InterruptedException {
        return closed.await(nanos, TimeUnit.NANOSECONDS);
    }

    /** What to throw when one who waited for another's call cannot wait any longer. */
    RedisUnavailableException gaveUp(String operation, long begunNanos, boolean interrupted) {
        RedisFault known = outages.current();
        RedisFault fault = interrupted ? RedisFault.INTERRUPTED : known != null ? known : RedisFault.TIMEOUT;
        Duration waited = Duration.ofNanos(System.nanoTime() - begunNanos);
        return new RedisUnavailableException("Redis at " + settings, fault, operation, 0, waited, null);
    }

    void forget(Subscriber subscriber) {
        subscribers.remove(subscriber);
        keeper.remove(subscriber);
    }

    /** Ends all calls, also those that wait, and all subscriptions. */
    @Override
    public void close() {
        closed.countDown();
        factory.close();
        topology.close();
        List.copyOf(subscribers).forEach(Subscriber::close);
    }
}
