package dev.longshore.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.github.dockerjava.transport.DockerHttpClient.Request;
import dev.longshore.docker.DaemonStreams.ListenerException;
import dev.longshore.docker.DaemonStreams.Stream;
import dev.longshore.docker.DockerFailure.ImagePullFailed;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One pull of an image, tried again where that can help. A pull may be repeated safely: layers that came whole stay. The daemon ends
 * one whose connection is closed.
 */
final class ImagePull {
    private static final Logger LOG = LoggerFactory.getLogger(ImagePull.class);

    private static final int ATTEMPTS = 4;
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final double JITTER = 0.2;
    private static final Duration LOOK = Duration.ofMillis(500);
    /** The registry's own limit of pulls counts in hours: to ask again in seconds would only use up more of it. */
    private static final Duration RATE_LIMIT = Duration.ofMinutes(10);

    /** What the registry or the daemon will say the next time too. */
    private static final Pattern FINAL = Pattern.compile(
            "denied|unauthorized|authentication required|no basic auth|not found|manifest unknown|no matching manifest"
                    + "|invalid reference|repository name|no space left|does not exist|unsupported",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern TOO_MANY =
            Pattern.compile("toomanyrequests|too many requests", Pattern.CASE_INSENSITIVE);

    private final DaemonConnection daemon;
    private final Subject subject;
    private final String reference;
    private final Optional<String> credentials;
    private final Consumer<PullProgress> listener;
    private final Duration silence;

    /**
     * Prepares a pull.
     *
     * @param credentials for the registry, as the daemon takes them in a header
     * @param silence how long the daemon may say nothing before the attempt counts as failed
     */
    ImagePull(
            DaemonConnection daemon,
            Subject subject,
            String reference,
            Optional<String> credentials,
            Duration silence,
            Consumer<PullProgress> listener) {
        this.daemon = daemon;
        this.subject = subject;
        this.reference = reference;
        this.credentials = credentials;
        this.silence = silence;
        this.listener = listener;
    }

    void run() throws InterruptedException {
        Duration deadline = daemon.settings().containers().pullDeadline();
        long end = System.nanoTime() + deadline.toNanos();
        Duration pause = FIRST_PAUSE;
        for (int attempt = 1; ; attempt++) {
            try {
                attempt(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
                return;
            } catch (DockerFailureException e) {
                boolean again = e.failure() instanceof ImagePullFailed failed
                        && failed.retryAfter()
                                .filter(wait -> wait.compareTo(RATE_LIMIT) < 0)
                                .isPresent();
                if (!again || attempt == ATTEMPTS || System.nanoTime() + pause.toNanos() >= end) {
                    throw e;
                }
                LOG.info("{}; trying again", e.failure().message());
            }
            double jitter = 1 + ThreadLocalRandom.current().nextDouble(-JITTER, JITTER);
            TimeUnit.NANOSECONDS.sleep((long) (pause.toNanos() * jitter));
            pause = pause.multipliedBy(2);
        }
    }

    private void attempt(Duration deadline) throws InterruptedException {
        PullLog log = new PullLog(reference, listener);
        Call call = Call.post("pull of " + reference, path(), null, deadline)
                .on(reference)
                .by(subject);
        Request.Builder request = Request.builder();
        credentials.ifPresent(value -> request.putHeader("X-Registry-Auth", value));
        try (DaemonStreams streams = daemon.openStreams()) {
            await(streams.open(call, request, body -> read(body, log)), log, deadline);
        } catch (DockerFailureException e) {
            throw told(e);
        }
    }

    /** What the listener threw is its own affair and goes on as it was; what the daemon said of the pull is the pull's failure. */
    private DockerFailureException told(DockerFailureException e) {
        if (e.getCause() instanceof ListenerException thrown) {
            if (thrown.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (thrown.getCause() instanceof Error cause) {
                throw cause;
            }
        }
        if (e.failure() instanceof DockerFailure.DaemonError error) {
            return new DockerFailureException(failed(error.detail()), e);
        }
        if (e.failure() instanceof DockerFailure.ConnectionLost lost) {
            return new DockerFailureException(failed(lost.detail()), e);
        }
        return e;
    }

    private void await(Stream<Boolean> stream, PullLog log, Duration deadline) throws InterruptedException {
        long end = System.nanoTime() + deadline.toNanos();
        while (!stream.result().isDone()) {
            long now = System.nanoTime();
            if (now >= end) {
                throw new DockerFailureException(new DockerFailure.Timeout("pull of " + reference, deadline));
            }
            if (now - log.lastMessage() >= silence.toNanos()) {
                throw new DockerFailureException(failed("the daemon said nothing for " + Text.duration(silence)));
            }
            try {
                stream.result().get(Math.min(LOOK.toNanos(), end - now), TimeUnit.NANOSECONDS);
            } catch (TimeoutException | ExecutionException e) {
                LOG.trace("{}: not done yet, or failed", reference);
            }
        }
        stream.awaitResult("pull of " + reference, deadline);
    }

    private boolean read(InputStream body, PullLog log) throws IOException {
        boolean any = false;
        try (MappingIterator<JsonNode> messages =
                DaemonConnection.JSON.readerFor(JsonNode.class).readValues(body)) {
            while (messages.hasNextValue()) {
                JsonNode message = messages.nextValue();
                any = true;
                String error = PullLog.error(message);
                if (!error.isBlank()) {
                    throw new DockerFailureException(failed(error));
                }
                log.add(message);
            }
        }
        if (!any) {
            throw new EOFException("the pull ended without a word");
        }
        return true;
    }

    private ImagePullFailed failed(String detail) {
        if (TOO_MANY.matcher(detail).find()) {
            return new ImagePullFailed(reference, detail, Optional.of(RATE_LIMIT));
        }
        return new ImagePullFailed(
                reference, detail, FINAL.matcher(detail).find() ? Optional.empty() : Optional.of(FIRST_PAUSE));
    }

    /** Always with a tag: without one the daemon would fetch every tag there is. */
    private String path() {
        int at = reference.indexOf('@');
        int colon = reference.lastIndexOf(':');
        boolean tagged = colon > reference.lastIndexOf('/');
        String name = at > 0 ? reference.substring(0, at) : tagged ? reference.substring(0, colon) : reference;
        String tag = at > 0 ? reference.substring(at + 1) : tagged ? reference.substring(colon + 1) : "latest";
        if (at > 0 && name.lastIndexOf(':') > name.lastIndexOf('/')) {
            // With a digest its tag says nothing more.
            name = name.substring(0, name.lastIndexOf(':'));
        }
        return "/images/create?fromImage=" + DaemonStreams.encode(name) + "&tag=" + DaemonStreams.encode(tag);
    }
}
