package dev.longshore.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.List;
import redis.clients.jedis.BinaryJedisPubSub;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.Response;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/** A bounded pool of connections to one Redis. Safe for use by any number of threads. */
public final class Redis implements AutoCloseable {
    private final RedisClient client;

    private Redis(RedisClient client) {
        this.client = client;
    }

    public static Redis connect(RedisSettings settings) {
        ConnectionPoolConfig pool = new ConnectionPoolConfig();
        pool.setMaxTotal(16);
        return new Redis(RedisClient.builder()
                .hostAndPort(
                        new HostAndPort(settings.url().getHost(), settings.url().getPort()))
                .poolConfig(pool)
                .build());
    }

    /** Runs the script in one round trip. */
    public Object call(Script script, List<byte[]> keys, List<byte[]> args) {
        try {
            return client.evalsha(script.sha1(), keys, args);
        } catch (JedisNoScriptException e) {
            client.scriptLoad(new String(script.text(), US_ASCII));
            return client.evalsha(script.sha1(), keys, args);
        }
    }

    /** Runs the script once for each list of arguments, all in one round trip. */
    public List<Object> callAll(Script script, List<byte[]> keys, List<List<byte[]>> argLists) {
        client.scriptLoad(new String(script.text(), US_ASCII));
        try (Pipeline pipeline = client.pipelined()) {
            List<Response<Object>> responses = argLists.stream()
                    .map(args -> pipeline.evalsha(script.sha1(), keys, args))
                    .toList();
            pipeline.sync();
            return responses.stream().map(Response::get).toList();
        }
    }

    public Object command(ProtocolCommand command, byte[]... args) {
        return client.executeCommand(new CommandArguments(command).addObjects((Object[]) args));
    }

    public RedisSubscription subscribe(byte[] channel, RedisListener listener) {
        BinaryJedisPubSub pubSub = new BinaryJedisPubSub() {
            @Override
            public void onMessage(byte[] from, byte[] message) {
                listener.message(message);
            }
        };
        Thread thread = new Thread(() -> client.subscribe(pubSub, channel), "redis-subscription");
        thread.setDaemon(true);
        thread.start();
        return pubSub::unsubscribe;
    }

    @Override
    public void close() {
        client.close();
    }
}
