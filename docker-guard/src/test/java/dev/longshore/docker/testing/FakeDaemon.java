package dev.longshore.docker.testing;

import dev.longshore.docker.DockerSettings;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A daemon on a Unix socket that does what a test's script says. Requests are matched by method and path, without version and query;
 * one that nothing matches is answered with 404. Each connection carries one request. Until told otherwise it answers a ping,
 * speaks API 1.41, and is one that the guard's standard policy takes, without volumes
 * and networks.
 *
 * <pre>{@code
 * try (FakeDaemon daemon = new FakeDaemon(directory.resolve("d.sock"));
 *         GuardedDocker guard = GuardedDocker.open(daemon.settings(directory))) {
 *     daemon.on("GET /images/app/json", Answers.inTurn(Answers.hangingAfterHeaders(), Answers.json(200, "{\"Id\":\"sha256:1\"}")));
 *     …
 * }
 * }</pre>
 */
public final class FakeDaemon implements AutoCloseable {
    /** Of a daemon that the standard policy takes. */
    private static final String INFO = "{\"OSType\":\"linux\",\"SecurityOptions\":[\"name=seccomp,profile=default\"],"
            + "\"MemoryLimit\":true,\"CpuCfsQuota\":true,\"PidsLimit\":true}";

    private static final String PING = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";

    private final Path socket;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final Map<String, Answer> exact = new ConcurrentHashMap<>();
    private final Map<String, Handler> patterns = new ConcurrentHashMap<>();
    private final Set<Closeable> connections = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Hurt hurt;
    private ServerSocketChannel server;

    private record Hurt(String regex, Answer answer) {}

    /** What to say to one request; the connection is closed when it has been said. */
    @FunctionalInterface
    public interface Answer {
        void write(OutputStream out) throws IOException, InterruptedException;
    }

    /** An answer that depends on the request. */
    @FunctionalInterface
    public interface Handler {
        Answer answer(Request request);
    }

    /**
     * What was asked.
     *
     * @param path without version and query
     * @param query without the question mark, still encoded; empty if there is none
     */
    public record Request(String method, String path, String query, String body) {}

    /** An answer that is another each time. */
    interface Chosen extends Answer {
        Answer choose();

        @Override
        default void write(OutputStream out) throws IOException, InterruptedException {
            choose().write(out);
        }
    }

    /** Listens from now on. */
    public FakeDaemon(Path socket) throws IOException {
        this.socket = socket;
        this.server = listen();
        speaks("1.12", "1.41");
        on("GET /info", Answers.json(200, INFO));
        on("GET /volumes", Answers.json(200, "{\"Volumes\":[]}"));
        on("GET /networks", Answers.json(200, "[]"));
        on("GET /_ping", Answers.raw(PING));
    }

    /** Says which API versions it speaks. */
    public FakeDaemon speaks(String oldest, String newest) {
        return on(
                "GET /version",
                Answers.json(
                        200,
                        "{\"Version\":\"20.10.24\",\"ApiVersion\":\"" + newest + "\",\"MinAPIVersion\":\"" + oldest
                                + "\"}"));
    }

    /** Method and path, without version and query; goes before every pattern. */
    public FakeDaemon on(String request, Answer answer) {
        exact.put(request, answer);
        return this;
    }

    /** The same, for every method and path that a regular expression matches whole. */
    public FakeDaemon onMatch(String regex, Answer answer) {
        return handle(regex, request -> answer);
    }

    /** The same, for an answer that depends on the request. */
    public FakeDaemon handle(String regex, Handler handler) {
        patterns.put(regex, handler);
        return this;
    }

    /** Answers every method and path that a regular expression matches whole like this, whatever else is said, until it is healed. */
    public FakeDaemon hurt(String regex, Answer answer) {
        hurt = new Hurt(regex, answer);
        return this;
    }

    /** Ends {@link #hurt}. */
    public FakeDaemon heal() {
        hurt = null;
        return this;
    }

    /** Method and path, with version and query, of all requests so far. */
    public List<String> requests() {
        return requests;
    }

    /** How many connections are open now. */
    public int connections() {
        return connections.size();
    }

    public Path socket() {
        return socket;
    }

    /** The settings of a guard that uses this daemon, and reads nothing of the environment. */
    public DockerSettings settings(Path home) {
        return DockerSettings.of("fake-test").withEnvironment(Map.of(), home).withDockerHost("unix://" + socket);
    }

    /** Goes away like a daemon that is stopped: hangs up everywhere and removes its socket. */
    public void stop() throws IOException {
        die();
        Files.deleteIfExists(socket);
    }

    /** Goes away like a daemon that is killed: hangs up everywhere and leaves its socket behind. */
    public void die() throws IOException {
        server.close();
        for (Closeable connection : connections) {
            connection.close();
        }
    }

    /** Comes back after {@link #stop} or {@link #die}. */
    public void start() throws IOException {
        Files.deleteIfExists(socket);
        server = listen();
    }

    private ServerSocketChannel listen() throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        channel.bind(UnixDomainSocketAddress.of(socket), 128);
        thread(() -> accept(channel));
        return channel;
    }

    private void accept(ServerSocketChannel from) {
        while (from.isOpen()) {
            try {
                SocketChannel connection = from.accept();
                connections.add(connection);
                if (!from.isOpen()) {
                    connection.close(); // it came while this daemon went away
                    return;
                }
                thread(() -> serve(connection));
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void serve(SocketChannel connection) {
        try (connection) {
            Request request = read(Channels.newInputStream(connection));
            Answer answer = answer(request);
            while (answer instanceof Chosen chosen) {
                answer = chosen.choose();
            }
            answer.write(Channels.newOutputStream(connection));
            if (answer instanceof Answers.Hanging) {
                awaitHangUp(connection);
            }
        } catch (IOException | InterruptedException e) {
            // The client hung up, or this daemon did, which is what many tests are about.
        } finally {
            connections.remove(connection);
        }
    }

    private Answer answer(Request request) {
        String words = request.method() + " " + request.path();
        Hurt now = hurt;
        if (now != null && words.matches(now.regex())) {
            return now.answer();
        }
        Answer known = exact.get(words);
        if (known != null) {
            return known;
        }
        return patterns.entrySet().stream()
                .filter(entry -> words.matches(entry.getKey()))
                .map(entry -> entry.getValue().answer(request))
                .findFirst()
                .orElse(Answers.error(404, "no such thing: " + words));
    }

    private static void awaitHangUp(SocketChannel connection) throws IOException {
        ByteBuffer ignored = ByteBuffer.allocate(64);
        while (connection.read(ignored) >= 0) {
            ignored.clear();
        }
    }

    private Request read(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int length = 0;
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the client hung up");
            }
            head.write(next);
        }
        String text = head.toString(StandardCharsets.ISO_8859_1);
        for (String line : text.split("\r\n", -1)) {
            if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(line.substring(15).strip());
            }
        }
        String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        String[] words = text.split(" ", 3);
        requests.add(words[0] + " " + words[1]);
        String[] parts = words[1].replaceFirst("^/v[0-9.]+", "").split("\\?", 2);
        return new Request(words[0], parts[0], parts.length > 1 ? parts[1] : "", body);
    }

    private static void thread(Runnable task) {
        Thread thread = new Thread(task, "fake-daemon");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        stop();
    }
}
