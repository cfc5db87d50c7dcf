package dev.longshore.redis;

import static dev.longshore.redis.RedisTest.COUNT;
import static dev.longshore.redis.RedisTest.KEY;
import static dev.longshore.redis.RedisTest.bytes;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.util.JedisClusterCRC16;

/** Three masters, and a replica of the one that has the test's keys. */
@Tag("redis")
class RedisClusterTest {
    private static final int SLOT = JedisClusterCRC16.getSlot(KEY.get(0));
    private static final int[] BOUNDS = {0, 5_461, 10_923, 16_384};

    @TempDir
    private Path directory;

    private final List<RedisServer> all = new ArrayList<>();
    private RedisServer owner;
    private RedisServer other;
    private RedisServer replica;

    @BeforeEach
    void start() throws Exception {
        for (int i = 0; i < 4; i++) {
            all.add(RedisServer.start(
                    directory.resolve("node" + i),
                    "--cluster-enabled",
                    "yes",
                    "--cluster-node-timeout",
                    "1000",
                    "--cluster-replica-validity-factor",
                    "0"));
        }
        List<RedisServer> masters = all.subList(0, 3);
        replica = all.get(3);
        int owning = 0;
        while (SLOT >= BOUNDS[owning + 1]) {
            owning++;
        }
        owner = masters.get(owning);
        other = masters.get((owning + 1) % 3);
        for (int i = 0; i < 3; i++) {
            masters.get(i)
                    .send(
                            "CLUSTER",
                            IntStream.concat(IntStream.of(-1), IntStream.range(BOUNDS[i], BOUNDS[i + 1]))
                                    .mapToObj(slot -> slot < 0 ? "ADDSLOTS" : Integer.toString(slot))
                                    .toArray(String[]::new));
        }
        for (RedisServer node : all) {
            node.send(
                    "CLUSTER",
                    "MEET",
                    RedisServer.HOST,
                    Integer.toString(all.get(0).port()));
        }
        for (RedisServer node : all) {
            await(node, "cluster_known_nodes:4", "INFO");
            if (node != replica) {
                await(node, "cluster_state:ok", "INFO");
            }
        }
        await(replica, id(owner), "NODES");
        replica.send("CLUSTER", "REPLICATE", id(owner));
        await(owner, "slave " + id(owner), "NODES");
        await(replica, "cluster_state:ok", "INFO");
        awaitReplicaInStep();
    }

    @AfterEach
    void stop() throws Exception {
        for (RedisServer node : all) {
            node.close();
        }
    }

    private static String id(RedisServer node) {
        return new String((byte[]) node.send("CLUSTER", "MYID"), UTF_8);
    }

    private static void await(RedisServer node, String expected, String view) throws InterruptedException {
        Waiting.until(() -> Bytes.text(node.send("CLUSTER", view)).contains(expected), expected);
    }

    private void awaitReplicaInStep() throws InterruptedException {
        Waiting.until(
                () -> Bytes.text(owner.send("INFO", "replication")).contains("state=online"), "the replica is in step");
    }

    /** The count as the replica has it, which tells of its slots only to those who say that they only read. */
    private String replicated() {
        DefaultJedisClientConfig config = DefaultJedisClientConfig.builder()
                .autoNegotiateProtocol(false)
                .readOnlyForRedisClusterReplicas()
                .build();
        try (Connection connection = new Connection(replica.address(), config)) {
            connection.sendCommand(Command.GET, KEY.get(0));
            return connection.getOne() instanceof byte[] count ? Bytes.text(count) : "none";
        }
    }

    /** Names only a node that does not have the keys. */
    private Redis connect() {
        return Redis.connect(RedisSettings.builder("redis-cluster://" + RedisServer.HOST + ":" + other.port())
                .callTimeout(Duration.ofMillis(500))
                .build());
    }

    @Test
    void sendsEachCallToTheNodeOfItsKeys() {
        try (Redis redis = connect()) {
            assertThat(redis.call(COUNT, KEY, List.of(bytes("1")))).isEqualTo(List.of(0L, 1L));
            assertThat(redis.callAll(COUNT, KEY, List.of(List.of(bytes("1")), List.of(bytes("1")))))
                    .hasSize(2);
            assertThat(redis.command(Command.GET, KEY.get(0))).isEqualTo(bytes("3"));
            for (int i = 0; i < 50; i++) {
                byte[] key = bytes("{" + i + "}:key");
                redis.command(Command.SET, key, bytes("v"));
                assertThat(redis.command(Command.GET, key)).isEqualTo(bytes("v"));
            }
            // The key stands behind other arguments.
            assertThat(redis.command(Command.OBJECT, bytes("ENCODING"), KEY.get(0)))
                    .isEqualTo(bytes("int"));
            assertThat(redis.command(Command.PING)).isEqualTo(bytes("PONG"));
        }
    }

    @Test
    void followsTheKeysThroughAMigration() throws Exception {
        try (Redis redis = connect()) {
            redis.call(COUNT, KEY, List.of(bytes("1")));
            String slot = Integer.toString(SLOT);
            other.send("CLUSTER", "SETSLOT", slot, "IMPORTING", id(owner));
            owner.send("CLUSTER", "SETSLOT", slot, "MIGRATING", id(other));
            // The key is still with its owner.
            assertThat(redis.call(COUNT, KEY, List.of(bytes("1")))).isEqualTo(List.of(1L, 2L));

            owner.send("MIGRATE", RedisServer.HOST, Integer.toString(other.port()), "{t}:count", "0", "5000");

            // Now the owner sends us to the other with ASK, which has never seen the script.
            assertThat(redis.call(COUNT, KEY, List.of(bytes("1")))).isEqualTo(List.of(2L, 3L));
            assertThat(redis.callAll(COUNT, KEY, List.of(List.of(bytes("1")), List.of(bytes("1")))))
                    .isEqualTo(List.of(List.of(3L, 4L), List.of(4L, 5L)));

            for (RedisServer node : List.of(other, owner)) {
                node.send("CLUSTER", "SETSLOT", slot, "NODE", id(other));
            }

            // And now for good, with MOVED.
            assertThat(redis.call(COUNT, KEY, List.of(bytes("1")))).isEqualTo(List.of(5L, 6L));
            assertThat(redis.topology().pool(KEY.get(0)).node()).isEqualTo(other.address());
        }
    }

    @Test
    void followsAFailover() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        RedisListener listener = new RedisListener() {
            @Override
            public void message(byte[] payload) {
                heard.add(new String(payload, UTF_8));
            }

            @Override
            public void resubscribed() {
                heard.add("resubscribed");
            }
        };
        try (Redis redis = connect();
                RedisSubscription subscription = redis.subscribe(KEY.get(0), listener)) {
            assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("resubscribed");
            String publish = owner.isRedis7() ? "SPUBLISH" : "PUBLISH";
            owner.send(publish, "{t}:count", "sharded");
            assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("sharded");
            redis.call(COUNT, KEY, List.of(bytes("1")));
            // WAIT waits for what its own connection wrote: this is asked of the replica.
            Waiting.until(() -> replicated().equals("1"), "the replica has the count");

            owner.kill();

            assertThat(redis.call(COUNT, KEY, List.of(bytes("1")))).isEqualTo(List.of(1L, 2L));
            assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("resubscribed");
            replica.send(publish, "{t}:count", "from the new master");
            assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("from the new master");
        }
    }
}
