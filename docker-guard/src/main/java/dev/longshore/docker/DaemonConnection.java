package dev.longshore.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;

/**
 * Calls to one daemon: each is let in by what all guards know of the daemon, made within its deadline, repeated where that is safe,
 * and what came of it is told.
 */
final class DaemonConnection implements AutoCloseable {
    static final ObjectMapper JSON = new ObjectMapper();

    private static final int CALLS_AT_ONCE = 16;
    private static final Pattern WRONG_VERSION = Pattern.compile(
            "client version \\S+ is too (?:new|old)|client is newer than server", Pattern.CASE_INSENSITIVE);

    private final DockerSettings settings;
    private final DockerEndpoint endpoint;
    private final CallObserver observer;
    private final DaemonMonitor monitor;
    private final Transport transport;
    private final TimedCalls calls;
    private final Repetition repetition;
    private final Set<DaemonStreams> streams = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closed = new AtomicBoolean();

    DaemonConnection(DockerSettings settings, DockerEndpoint endpoint, CallObserver observer) {
        this.settings = settings;
        this.endpoint = endpoint;
        this.observer = observer;
        this.monitor = DaemonMonitor.acquire(endpoint, settings);
        this.transport = monitor.transport();
        this.calls = new TimedCalls(transport, CALLS_AT_ONCE, settings.callTimeout(), Daemons.threads("docker-call"));
        this.repetition = new Repetition(settings.connection().retry(), System::nanoTime, monitor.machine()::pause);
    }

    /**
     * A complete answer.
     *
     * @param retryAfter how long the daemon asks to be left alone; zero if it does not
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Answer(int status, byte[] bytes, Duration retryAfter) {
        boolean ok() {
            return (status >= 200 && status <= 299) || status == 304;
        }

        /** A proxy's or an overloaded daemon's, over soon. */
        boolean passing() {
            return status >= 502 && status <= 504;
        }

        /** The daemon's own words: errors come as {@code {"message": …}}. */
        String message() {
            String text = new String(bytes, StandardCharsets.UTF_8);
            try {
                String message = JSON.readTree(bytes).path("message").asText("");
                return message.isBlank() ? text : message;
            } catch (IOException e) {
                // A proxy's error page, for one: its own text is the best there is.
                return text;
            }
        }
    }

    DockerEndpoint endpoint() {
        return endpoint;
    }

    CallObserver observer() {
        return observer;
    }

    DockerSettings settings() {
        return settings;
    }

    TransportFailures failures() {
        return transport.failures();
    }

    DaemonMonitor monitor() {
        return monitor;
    }

    /** Calls a versioned path; fails on any error status. */
    JsonNode json(Call call) throws InterruptedException {
        return parse(call.operation(), require(call, call(call)).bytes());
    }

    /** Calls a versioned path and gives the answer whatever its status. */
    Answer call(Call call) throws InterruptedException {
        long begin = System.nanoTime();
        CallClass kind = CallClass.of(call.method(), call.path(), false);
        monitor.admit(call, kind);
        try {
            long end = begin + call.deadline().toNanos();
            Answer answer = repetition.of(call, end, () -> versioned(call, end));
            if (answer.status() >= 500) {
                monitor.machine().ended(kind, refusal(call, answer));
            } else {
                monitor.machine().succeeded(kind);
            }
            return answer;
        } catch (DockerFailureException e) {
            monitor.machine().ended(kind, e.failure());
            throw e;
        } catch (InterruptedException | RuntimeException | Error e) {
            monitor.machine().abandoned(kind);
            throw e;
        }
    }

    private Answer versioned(Call call, long end) throws InterruptedException {
        Answer answer = exchange(call, "/v" + version(end) + call.path(), end);
        if (answer.status() == 400 && WRONG_VERSION.matcher(answer.message()).find()) {
            // The daemon was changed under us and refused before doing anything: ask anew, once.
            monitor.machine().forgetVersion();
            answer = exchange(call, "/v" + version(end) + call.path(), end);
        }
        return answer;
    }

    static Answer require(Call call, Answer answer) {
        if (!answer.ok()) {
            throw new DockerFailureException(refusal(call, answer));
        }
        return answer;
    }

    private static DockerFailure refusal(Call call, Answer answer) {
        if (answer.status() == 429) {
            Duration wait = answer.retryAfter().isZero() ? ConnectionSettings.SOON.orElseThrow() : answer.retryAfter();
            return new DockerFailure.RateLimited(call.operation(), "the daemon's limit", wait);
        }
        return new DockerFailure.DaemonError(call.operation(), answer.status(), answer.message());
    }

    /** Calls a path as it stands, without a version, and whatever is known of the daemon; fails on any error status. */
    Answer unversioned(String operation, String path, Duration deadline) throws InterruptedException {
        Call call = Call.get(operation, path, deadline);
        return require(call, exchange(call, path, System.nanoTime() + deadline.toNanos()));
    }

    /** The version agreed on with the daemon; asked for at the first call. */
    ApiVersion version() throws InterruptedException {
        return versions().agreed();
    }

    /** What the daemon says of itself; asked again when it may have become another. */
    Versions versions() throws InterruptedException {
        return versions(System.nanoTime() + settings.callTimeout().toNanos());
    }

    private ApiVersion version(long end) throws InterruptedException {
        return versions(end).agreed();
    }

    /** Within what is left of a call, and not longer than any call. */
    private Versions versions(long end) throws InterruptedException {
        Optional<Versions> known = monitor.machine().version();
        if (known.isPresent()) {
            return known.get();
        }
        long left = Math.min(end - System.nanoTime(), settings.callTimeout().toNanos());
        return negotiate(Duration.ofNanos(Math.max(1, left)));
    }

    /**
     * Sees that the daemon knows every setting of the hardening.
     *
     * @throws DockerFailureException with {@link DockerFailure.ApiTooOld} if it may not
     */
    void requireHardening() throws InterruptedException {
        ApiVersion agreed = version();
        if (agreed.compareTo(ApiVersion.OLDEST_TO_RUN) < 0) {
            throw new DockerFailureException(
                    new DockerFailure.ApiTooOld(agreed.toString(), ApiVersion.OLDEST_TO_RUN.toString()));
        }
    }

    Versions negotiate(Duration deadline) throws InterruptedException {
        Versions versions = Versions.of(
                parse("version", unversioned("version", "/version", deadline).bytes()));
        monitor.machine().agreedOn(versions);
        return versions;
    }

    /** Connections of their own for answers that last; close them. */
    DaemonStreams openStreams() throws InterruptedException {
        DaemonStreams opened = new DaemonStreams(
                transport.forStreams(settings.callTimeout()),
                failures(),
                version(),
                observer,
                monitor,
                streams::remove);
        streams.add(opened);
        if (closed.get()) {
            opened.close();
        }
        return opened;
    }

    static JsonNode parse(String operation, byte[] bytes) {
        try {
            return JSON.readTree(bytes);
        } catch (IOException e) {
            throw new DockerFailureException(
                    new DockerFailure.Unknown(operation, "the answer is not JSON: " + e.getMessage()), e);
        }
    }

    private Answer exchange(Call call, String path, long end) throws InterruptedException {
        observer.calling(call);
        long begin = System.nanoTime();
        try (LogContext context = LogContext.of(call)) {
            Answer answer = calls.make(call, path, Duration.ofNanos(Math.max(1, end - begin)));
            if (!answer.passing()) {
                monitor.reached();
            }
            observer.called(call, CallObserver.Result.answered(answer.status(), begin));
            return answer;
        } catch (DockerFailureException e) {
            monitor.attemptFailed(e.failure());
            observer.called(call, CallObserver.Result.failed(e.failure(), begin));
            throw e;
        } catch (InterruptedException e) {
            observer.called(call, CallObserver.Result.abandoned(begin));
            throw e;
        }
    }

    @Override
    public void close() {
        if (!closed.getAndSet(true)) {
            streams.forEach(DaemonStreams::close);
            calls.close();
            monitor.close();
        }
    }
}
