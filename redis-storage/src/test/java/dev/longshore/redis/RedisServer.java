package dev.longshore.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisException;

/**
 * A redis-server of a test's own, on the loopback and a free port; it keeps nothing on disk unless told to. The program is
 * the one that the system property {@value #PROGRAM} names, such as valkey-server, or redis-server.
 */
final class RedisServer implements AutoCloseable {
    static final String PROGRAM = "longshore.test.redis-server";
    static final String HOST = "127.0.0.1";

    private static final long START_SECONDS = 20;

    private final Path directory;
    private final int port;
    private final List<String> command;
    private Process process;

    private RedisServer(Path directory, int port, List<String> command) throws IOException {
        this.directory = directory;
        this.port = port;
        this.command = new ArrayList<>(command);
        this.process = launch();
    }

    static RedisServer start(Path directory, String... options) throws IOException, InterruptedException {
        RedisServer server = launch(directory, freePort(), options);
        server.awaitOpen();
        return server;
    }

    /** One with every acknowledged write on its disk. */
    static RedisServer startDurable(Path directory, String... options) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("--appendonly", "yes", "--appendfsync", "always"));
        all.addAll(List.of(options));
        return start(directory, all.toArray(String[]::new));
    }

    /** One that speaks nothing but TLS; of clients it asks a certificate or not ("yes", "no"). */
    static RedisServer startTls(Path directory, TestCertificates certificates, String clients)
            throws IOException, InterruptedException {
        int port = freePort();
        RedisServer server = launch(
                directory,
                port,
                "--port",
                "0",
                "--tls-port",
                Integer.toString(port),
                "--tls-cert-file",
                certificates.certificate().toString(),
                "--tls-key-file",
                certificates.key().toString(),
                "--tls-ca-cert-file",
                certificates.ca().toString(),
                "--tls-auth-clients",
                clients);
        try {
            server.awaitOpen();
        } catch (IllegalStateException e) {
            assumeFalse(server.log().contains("'tls-port"), "this redis-server was built without TLS");
            throw e;
        }
        return server;
    }

    /** A Sentinel that watches the master under a name and declares it down after half a second. */
    static RedisServer startSentinel(Path directory, String name, RedisServer master, int quorum)
            throws IOException, InterruptedException {
        Files.createDirectories(directory);
        Path file =
                Files.writeString(directory.resolve("sentinel.conf"), """
                sentinel monitor %1$s %2$s %3$d %4$d
                sentinel down-after-milliseconds %1$s 500
                sentinel failover-timeout %1$s 3000
                """.formatted(name, HOST, master.port(), quorum));
        int port = freePort();
        List<String> command = List.of(
                program(),
                file.toString(),
                "--sentinel",
                "--bind",
                HOST,
                "--port",
                Integer.toString(port),
                "--dir",
                directory.toString());
        RedisServer sentinel = new RedisServer(directory, port, command);
        sentinel.awaitOpen();
        return sentinel;
    }

    /** Starts it and does not wait until it can be connected to. */
    static RedisServer launch(Path directory, int port, String... options) throws IOException {
        Files.createDirectories(directory);
        List<String> command = new ArrayList<>(List.of(program(), "--bind", HOST));
        if (!List.of(options).contains("--port")) {
            command.addAll(List.of("--port", Integer.toString(port)));
        }
        command.addAll(List.of("--save", "", "--dir", directory.toString()));
        command.addAll(List.of(options));
        return new RedisServer(directory, port, command);
    }

    static String program() {
        return System.getProperty(PROGRAM, "redis-server");
    }

    /** Free now. Below the kernel's own range there would be fewer surprises, and more clashes with other servers. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private Process launch() throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("redis.log").toFile()))
                .start();
    }

    int port() {
        return port;
    }

    HostAndPort address() {
        return new HostAndPort(HOST, port);
    }

    String url() {
        return "redis://" + HOST + ":" + port;
    }

    Path directory() {
        return directory;
    }

    String log() throws IOException {
        return Files.readString(directory.resolve("redis.log"), UTF_8);
    }

    /** Sends a command on a connection of its own, without a password. */
    Object send(String name, String... args) {
        DefaultJedisClientConfig config = DefaultJedisClientConfig.builder()
                .autoNegotiateProtocol(false)
                .timeoutMillis(5_000)
                .build();
        try (Connection connection = new Connection(address(), config)) {
            connection.sendCommand(() -> name.getBytes(UTF_8), args);
            return connection.getOne();
        }
    }

    /** Whether it has what came with Redis 7, as all of Valkey does. */
    boolean isRedis7() {
        String info = new String((byte[]) send("INFO", "server"), UTF_8);
        int at = info.indexOf("redis_version:") + "redis_version:".length();
        return Integer.parseInt(info.substring(at, info.indexOf('.', at))) >= 7;
    }

    /** Until it answers, if only with an error: that it is loading, wants a password, or TLS. */
    void awaitOpen() throws InterruptedException {
        await("open its port", true);
    }

    /** Until it answers a ping as asked. */
    void awaitReady() throws InterruptedException {
        await("become ready", false);
    }

    private void await(String what, boolean errorIsEnough) throws InterruptedException {
        // The server gives no other sign than that it answers.
        Waiting.until(
                () -> {
                    try {
                        send("PING");
                        return true;
                    } catch (JedisException e) {
                        if (!process.isAlive()) {
                            throw new IllegalStateException("redis-server on port " + port + " did not " + what, e);
                        }
                        return errorIsEnough && FaultReader.read(e) != RedisFault.REFUSED;
                    }
                },
                Duration.ofSeconds(START_SECONDS),
                "redis-server on port " + port + " is to " + what);
    }

    /** Kills it as kill -9 does. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Lets it end in order, as SIGTERM does. */
    void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(START_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("redis-server on port " + port + " did not end");
        }
    }

    /** Starts it again, after {@link #kill} or {@link #stop}: same port, same directory. */
    void restart() throws IOException, InterruptedException {
        relaunch();
        awaitOpen();
    }

    /** As {@link #restart}, without waiting, and with further options from now on. */
    void relaunch(String... options) throws IOException {
        if (process.isAlive()) {
            throw new IllegalStateException("it still runs");
        }
        command.addAll(List.of(options));
        process = launch();
    }

    /** Stops it as it stands, with SIGSTOP: its connections stay, and nothing answers. */
    void pause() throws IOException, InterruptedException {
        Signals.send("STOP", process);
    }

    void resume() throws IOException, InterruptedException {
        Signals.send("CONT", process);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }
}
