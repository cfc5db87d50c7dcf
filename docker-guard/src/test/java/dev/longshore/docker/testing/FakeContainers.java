package dev.longshore.docker.testing;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Has a {@link FakeDaemon} seem to run containers: each writes one line and exits at once. Knows which have been created and not
 * removed. What the test tells the daemon with {@link FakeDaemon#on} still goes first.
 */
public final class FakeContainers {
    private static final Pattern NAME = Pattern.compile("(?:^|&)name=([^&]*)");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int HEADER = 8;

    private final Map<String, String> existing = new ConcurrentHashMap<>();
    private final Set<String> created = ConcurrentHashMap.newKeySet();
    private final String line;
    private final int exitCode;

    private FakeContainers(String line, int exitCode) {
        this.line = line;
        this.exitCode = exitCode;
    }

    /** Containers of any image, from now on, that write this line and exit with this code. */
    public static FakeContainers in(FakeDaemon daemon, String line, int exitCode) {
        FakeContainers containers = new FakeContainers(line, exitCode);
        daemon.handle("GET /images/.*/json", FakeContainers::image);
        daemon.handle("POST /containers/create", containers::create);
        daemon.handle("POST /containers/[^/]+/attach", request -> containers.ifThere(request, containers.attached()));
        daemon.handle(
                "POST /containers/[^/]+/start",
                request -> containers.ifThere(request, Answers.raw("HTTP/1.1 204 X\r\n\r\n")));
        daemon.handle(
                "POST /containers/[^/]+/wait",
                request -> containers.ifThere(request, Answers.json(200, "{\"StatusCode\":" + exitCode + "}")));
        daemon.handle(
                "POST /containers/[^/]+/stop",
                request -> containers.ifThere(request, Answers.raw("HTTP/1.1 304 X\r\n\r\n")));
        daemon.handle("GET /containers/[^/]+/json", request -> containers.ifThere(request, containers.inspected()));
        daemon.handle("GET /containers/json", request -> containers.list());
        daemon.handle("DELETE /containers/[^/]+", containers::remove);
        return containers;
    }

    /** Those that have been created and not removed, by name. */
    public Set<String> left() {
        return new TreeSet<>(existing.keySet());
    }

    /** Those that have ever been created, by name. */
    public Set<String> created() {
        return new TreeSet<>(created);
    }

    private static FakeDaemon.Answer image(FakeDaemon.Request request) {
        String name = request.path().replaceAll("^/images/|/json$", "");
        String tag = name.contains(":") ? name : name + ":latest";
        return Answers.json(200, "{\"Id\":\"sha256:1\",\"Size\":1,\"RepoTags\":[\"" + tag + "\"]}");
    }

    private FakeDaemon.Answer create(FakeDaemon.Request request) {
        Matcher name = NAME.matcher(request.query());
        if (!name.find()) {
            return Answers.error(400, "no name");
        }
        if (existing.putIfAbsent(name.group(1), labels(request.body())) != null) {
            return Answers.error(409, "the name is taken");
        }
        created.add(name.group(1));
        return Answers.json(201, "{\"Id\":\"" + name.group(1) + "\"}");
    }

    private static String labels(String body) {
        try {
            return JSON.readTree(body.getBytes(StandardCharsets.UTF_8))
                    .path("Labels")
                    .toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All of them, whatever the filter: who lists must not rely on the daemon's filter alone. */
    private FakeDaemon.Answer list() {
        return Answers.json(
                200,
                existing.entrySet().stream()
                        .map(entry -> "{\"Names\":[\"/" + entry.getKey() + "\"],\"Labels\":" + entry.getValue() + "}")
                        .collect(Collectors.joining(",", "[", "]")));
    }

    private FakeDaemon.Answer remove(FakeDaemon.Request request) {
        return existing.remove(name(request)) != null
                ? Answers.raw("HTTP/1.1 204 X\r\n\r\n")
                : Answers.error(404, "No such container");
    }

    private FakeDaemon.Answer ifThere(FakeDaemon.Request request, FakeDaemon.Answer answer) {
        return existing.containsKey(name(request)) ? answer : Answers.error(404, "No such container");
    }

    private static String name(FakeDaemon.Request request) {
        return request.path().split("/", -1)[2];
    }

    private FakeDaemon.Answer attached() {
        byte[] text = (line + "\n").getBytes(StandardCharsets.UTF_8);
        ByteBuffer frame = ByteBuffer.allocate(HEADER + text.length);
        frame.put((byte) 1).put(new byte[3]).putInt(text.length).put(text);
        String head = "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n";
        return out -> {
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            out.write(frame.array());
            out.flush();
        };
    }

    private FakeDaemon.Answer inspected() {
        return Answers.json(200, "{\"State\":{\"Running\":false,\"ExitCode\":" + exitCode + ",\"OOMKilled\":false}}");
    }
}
