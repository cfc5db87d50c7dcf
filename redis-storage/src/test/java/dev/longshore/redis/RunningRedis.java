package dev.longshore.redis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A Redis of each kind that a client may be led to, on the loopback: for the tests of other modules too. */
public final class RunningRedis implements AutoCloseable {
    private static final String MASTER = "main";
    private static final int NODES = 3;
    private static final int SLOTS = 16_384;

    private final List<RedisServer> servers;
    private final RedisSettings settings;

    private RunningRedis(List<RedisServer> servers, RedisSettings settings) {
        this.servers = List.copyOf(servers);
        this.settings = settings;
    }

    /** How a client is led to it. */
    public enum Kind {
        SINGLE,
        TLS,
        SENTINEL,
        CLUSTER
    }

    public static RunningRedis start(Kind kind, Path directory)
            throws IOException, InterruptedException, GeneralSecurityException {
        Files.createDirectories(directory);
        List<RedisServer> servers = new ArrayList<>();
        boolean running = false;
        try {
            RedisSettings settings = switch (kind) {
                case SINGLE -> single(directory, servers);
                case TLS -> tls(directory, servers);
                case SENTINEL -> sentinel(directory, servers);
                case CLUSTER -> cluster(directory, servers);
            };
            running = true;
            return new RunningRedis(servers, settings);
        } finally {
            if (!running) {
                close(servers);
            }
        }
    }

    private static RedisSettings single(Path directory, List<RedisServer> servers)
            throws IOException, InterruptedException {
        servers.add(RedisServer.start(directory));
        return RedisSettings.of(servers.get(0).url());
    }

    private static RedisSettings tls(Path directory, List<RedisServer> servers)
            throws IOException, InterruptedException, GeneralSecurityException {
        TestCertificates certificates = TestCertificates.make(directory);
        servers.add(RedisServer.startTls(directory, certificates, "no"));
        return RedisSettings.builder("rediss://localhost:" + servers.get(0).port())
                .caCertificates(certificates.ca())
                .build();
    }

    private static RedisSettings sentinel(Path directory, List<RedisServer> servers)
            throws IOException, InterruptedException {
        RedisServer master = RedisServer.start(directory.resolve("master"));
        servers.add(master);
        RedisServer sentinel = RedisServer.startSentinel(directory.resolve("sentinel"), MASTER, master, 1);
        servers.add(sentinel);
        Waiting.until(
                () -> Bytes.text(sentinel.send("INFO", "sentinel")).contains("status=ok"),
                "the Sentinel sees its master");
        return RedisSettings.of("redis-sentinel://" + RedisServer.HOST + ":" + sentinel.port() + "/" + MASTER);
    }

    private static RedisSettings cluster(Path directory, List<RedisServer> servers)
            throws IOException, InterruptedException {
        for (int i = 0; i < NODES; i++) {
            RedisServer node = RedisServer.start(directory.resolve("node" + i), "--cluster-enabled", "yes");
            servers.add(node);
            node.send(
                    "CLUSTER",
                    IntStream.concat(IntStream.of(-1), IntStream.range(SLOTS * i / NODES, SLOTS * (i + 1) / NODES))
                            .mapToObj(slot -> slot < 0 ? "ADDSLOTS" : Integer.toString(slot))
                            .toArray(String[]::new));
        }
        for (RedisServer node : servers) {
            node.send(
                    "CLUSTER",
                    "MEET",
                    RedisServer.HOST,
                    Integer.toString(servers.get(0).port()));
        }
        for (RedisServer node : servers) {
            Waiting.until(
                    () -> {
                        String info = Bytes.text(node.send("CLUSTER", "INFO"));
                        return info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:" + NODES);
                    },
                    "the nodes know one another");
        }
        return RedisSettings.of(servers.stream()
                .map(node -> RedisServer.HOST + ":" + node.port())
                .collect(Collectors.joining(",", "redis-cluster://", "")));
    }

    public RedisSettings settings() {
        return settings;
    }

    @Override
    public void close() throws InterruptedException {
        close(servers);
    }

    private static void close(List<RedisServer> servers) throws InterruptedException {
        for (RedisServer server : servers) {
            server.close();
        }
    }
}
