package dev.longshore.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.dockerjava.transport.DockerHttpClient.Request;
import dev.longshore.docker.DaemonStreams.ListenerException;
import dev.longshore.docker.DaemonStreams.Stream;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** One build of an image. The daemon ends it when its connection is closed. */
final class ImageBuilding {
    private static final int LAST_LINES = 40;

    /** The daemon paints a step's standard error red. */
    private static final Pattern COLOUR = Pattern.compile("\u001b\\[[0-9;]*m");

    private final DaemonConnection daemon;
    private final Subject subject;
    private final ImageBuild request;
    private final Consumer<String> log;
    private final Tail tail = new Tail(LAST_LINES);

    ImageBuilding(DaemonConnection daemon, Subject subject, ImageBuild request, Consumer<String> log) {
        this.daemon = daemon;
        this.subject = subject;
        this.request = request;
        this.log = log;
    }

    void run() throws InterruptedException {
        daemon.requireHardening();
        Path context = writeContext();
        try (DaemonStreams streams = daemon.openStreams();
                InputStream body = new BufferedInputStream(Files.newInputStream(context), 1 << 16)) {
            Request.Builder tar = Request.builder()
                    .putHeader("Content-Type", "application/x-tar")
                    .body(body);
            Call call = Call.post("build", path(), null, request.deadline())
                    .on(request.tag())
                    .by(subject);
            Stream<Boolean> stream = streams.open(call, tar, this::readLog);
            await(stream);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the build context " + context, e);
        } finally {
            delete(context);
        }
    }

    private void await(Stream<Boolean> stream) throws InterruptedException {
        try {
            stream.awaitResult("build of " + request.tag(), request.deadline());
        } catch (DockerFailureException e) {
            // What the log's consumer threw is its own affair and goes on as it was.
            if (e.getCause() instanceof ListenerException thrown
                    && thrown.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof ListenerException thrown && thrown.getCause() instanceof Error cause) {
                throw cause;
            }
            throw e;
        }
    }

    private Path writeContext() {
        try {
            return BuildContext.write(request.context());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the build context of " + request.tag(), e);
        }
    }

    private String path() throws InterruptedException {
        return "/build?t=" + DaemonStreams.encode(request.tag()) + "&rm=true&forcerm=true&version=1&"
                + PodmanWords.buildNetwork(daemon, request.network()) + "&buildargs=" + json(request.arguments())
                + "&labels="
                + json(request.labels());
    }

    private static String json(Map<String, String> values) {
        ObjectNode object = DaemonConnection.JSON.createObjectNode();
        values.forEach(object::put);
        return DaemonStreams.encode(object.toString());
    }

    /** The answer is a row of JSON objects; an error is one of them, under the status 200. */
    private boolean readLog(InputStream body) throws IOException {
        boolean any = false;
        boolean built = false;
        Lines lines = new Lines(this::tell);
        try (MappingIterator<JsonNode> messages =
                DaemonConnection.JSON.readerFor(JsonNode.class).readValues(body)) {
            while (messages.hasNextValue()) {
                JsonNode message = messages.nextValue();
                any = true;
                String error = message.path("errorDetail")
                        .path("message")
                        .asText(message.path("error").asText(""));
                if (!error.isBlank()) {
                    lines.end();
                    throw new DockerFailureException(new DockerFailure.BuildFailed(request.tag(), error, tail.lines()));
                }
                built |= message.path("aux").has("ID");
                byte[] text = (message.path("stream").asText("") + status(message)).getBytes(StandardCharsets.UTF_8);
                lines.write(text, 0, text.length);
            }
        }
        lines.end();
        if (!any || !built) {
            throw new EOFException("the build's log ended before the image was done");
        }
        return true;
    }

    private static String status(JsonNode message) {
        String status = message.path("status").asText("");
        return status.isBlank() ? "" : status + "\n";
    }

    private void tell(String coloured) {
        String line = COLOUR.matcher(coloured).replaceAll("");
        tail.add(line);
        try {
            log.accept(line);
        } catch (RuntimeException | Error e) {
            throw new ListenerException(e);
        }
    }

    private static void delete(Path context) {
        try {
            Files.deleteIfExists(context);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete the temporary file " + context, e);
        }
    }
}
