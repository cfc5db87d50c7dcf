package dev.longshore.docker;

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

/**
 * A daemon on a Unix socket that does what a test's script says, for what a real one cannot be made to do: late, half and malformed
 * answers. Paths are matched without the version. Each connection carries one request.
 */
final class FakeDaemon implements AutoCloseable {
    /** Of a daemon that the standard policy takes. */
    private static final String INFO = "{\"OSType\":\"linux\",\"SecurityOptions\":[\"name=seccomp,profile=default\"],"
            + "\"MemoryLimit\":true,\"CpuCfsQuota\":true,\"PidsLimit\":true}";

    final List<String> requests = new CopyOnWriteArrayList<>();
    private final Path socket;
    private final ServerSocketChannel server;
    private final Map<String, Behaviour> behaviours = new ConcurrentHashMap<>();
    private final Map<String, Behaviour> patterns = new ConcurrentHashMap<>();
    private final Set<Closeable> connections = ConcurrentHashMap.newKeySet();

    /** What to do with one request; the connection is closed when it returns. */
    interface Behaviour {
        void answer(OutputStream out) throws IOException, InterruptedException;
    }

    FakeDaemon(Path socket) throws IOException {
        this.socket = socket;
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        on("GET /version", json(200, "{\"Version\":\"20.10.24\",\"ApiVersion\":\"1.41\",\"MinAPIVersion\":\"1.12\"}"));
        on("GET /info", json(200, INFO));
        on("GET /_ping", raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK"));
        thread(this::accept);
    }

    /** Method and path, without version and query. */
    FakeDaemon on(String request, Behaviour behaviour) {
        behaviours.put(request, behaviour);
        return this;
    }

    /** The same, for every path that a regular expression matches whole. */
    FakeDaemon onMatch(String regex, Behaviour behaviour) {
        patterns.put(regex, behaviour);
        return this;
    }

    private Behaviour behaviour(String request) {
        Behaviour exact = behaviours.get(request);
        if (exact != null) {
            return exact;
        }
        return patterns.entrySet().stream()
                .filter(entry -> request.matches(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(json(404, "{\"message\":\"no such thing: " + request + "\"}"));
    }

    static Behaviour json(int status, String body) {
        return raw("HTTP/1.1 " + status + " X\r\nContent-Type: application/json\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body);
    }

    static Behaviour raw(String answer) {
        return out -> {
            out.write(answer.getBytes(StandardCharsets.UTF_8));
            out.flush();
        };
    }

    /** Says this much and then nothing, with the connection open. */
    static Behaviour hangingAfter(String answer) {
        return new Hanging(answer);
    }

    private record Hanging(String text) implements Behaviour {
        @Override
        public void answer(OutputStream out) throws IOException, InterruptedException {
            raw(text).answer(out);
        }
    }

    DockerSettings settings(Path home) {
        return DockerSettings.of("fake-test").withEnvironment(Map.of(), home).withDockerHost("unix://" + socket);
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel connection = server.accept();
                connections.add(connection);
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
            String head = readHead(Channels.newInputStream(connection));
            String[] words = head.split(" ", 3);
            String request =
                    words[0] + " " + words[1].replaceFirst("^/v[0-9.]+", "").replaceFirst("\\?.*", "");
            requests.add(words[0] + " " + words[1]);
            Behaviour behaviour = behaviour(request);
            behaviour.answer(Channels.newOutputStream(connection));
            if (behaviour instanceof Hanging) {
                awaitHangUp(connection);
            }
        } catch (IOException | InterruptedException e) {
            // The client hung up, which is what many tests are about.
        } finally {
            connections.remove(connection);
        }
    }

    private static void awaitHangUp(SocketChannel connection) throws IOException {
        ByteBuffer ignored = ByteBuffer.allocate(64);
        while (connection.read(ignored) >= 0) {
            ignored.clear();
        }
    }

    private static String readHead(InputStream in) throws IOException {
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
        in.readNBytes(length);
        return text;
    }

    private static void thread(Runnable task) {
        Thread thread = new Thread(task, "fake-daemon");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Closeable connection : connections) {
            connection.close();
        }
        Files.deleteIfExists(socket);
    }
}
