package dev.longshore.integration;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A redis-server of a test's own, on the loopback and a free port; it keeps nothing on disk unless told to. */
final class PrivateRedis implements AutoCloseable {
    private final Path directory;
    private final List<String> command;
    private final int port;
    private Process process;

    private PrivateRedis(Path directory, List<String> command, int port) throws IOException {
        this.directory = directory;
        this.command = command;
        this.port = port;
        this.process = launch();
    }

    static PrivateRedis start(Path directory, String... options) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        List<String> command = new ArrayList<>(List.of("redis-server", "--bind", "127.0.0.1"));
        command.addAll(List.of("--port", Integer.toString(port), "--save", "", "--dir", directory.toString()));
        command.addAll(List.of(options));
        PrivateRedis redis = new PrivateRedis(directory, command, port);
        redis.awaitOpen();
        return redis;
    }

    private Process launch() throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("redis.log").toFile()))
                .start();
    }

    private void awaitOpen() throws IOException, InterruptedException {
        Waiting.until(
                () -> {
                    if (!process.isAlive()) {
                        throw new AssertionError("redis-server ended with " + process.exitValue());
                    }
                    try (Socket socket = new Socket()) {
                        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                        return true;
                    } catch (IOException e) {
                        return false;
                    }
                },
                "redis-server listens");
    }

    String url() {
        return "redis://127.0.0.1:" + port;
    }

    int port() {
        return port;
    }

    /** What redis-cli prints for a command. */
    String cli(String... arguments) throws IOException, InterruptedException {
        List<String> call = new ArrayList<>(List.of("redis-cli", "-p", Integer.toString(port)));
        call.addAll(List.of(arguments));
        return Command.run(call.toArray(String[]::new));
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    void restart() throws IOException, InterruptedException {
        process = launch();
        awaitOpen();
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
