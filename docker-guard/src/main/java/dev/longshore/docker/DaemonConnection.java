package dev.longshore.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.transport.DockerHttpClient.Request;
import com.github.dockerjava.transport.DockerHttpClient.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Calls to one daemon, each with a real deadline.
 *
 * <p>The transport ignores its own timeouts on a Unix socket, so a call runs on a thread of its own and is interrupted when its time
 * is up: that closes its connection. Every control call opens a new connection: on a Unix socket that costs microseconds, and a
 * pooled one that went stale while the daemon restarted would make a POST fail with "Broken pipe".
 */
final class DaemonConnection implements AutoCloseable {
    static final ObjectMapper JSON = new ObjectMapper();

    private static final int CALLS_AT_ONCE = 16;
    private static final int LARGEST_ANSWER = 16 << 20;
    private static final Pattern WRONG_VERSION = Pattern.compile(
            "client version \\S+ is too (?:new|old)|client is newer than server", Pattern.CASE_INSENSITIVE);

    private final DockerSettings settings;
    private final DockerEndpoint endpoint;
    private final CallObserver observer;
    private final TransportFailures failures;
    private final Transport transport;
    private final DockerHttpClient client;
    private final Semaphore permits = new Semaphore(CALLS_AT_ONCE);
    private final ThreadPoolExecutor threads;
    private final Set<DaemonStreams> streams = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable ApiVersion> pinned = new AtomicReference<>();
    private volatile boolean closed;

    DaemonConnection(DockerSettings settings, DockerEndpoint endpoint, CallObserver observer) {
        this.settings = settings;
        this.endpoint = endpoint;
        this.observer = observer;
        this.failures = new TransportFailures(endpoint);
        this.transport = new Transport(endpoint);
        this.client = transport.forCalls(CALLS_AT_ONCE, settings.callTimeout());
        this.threads = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, 5, TimeUnit.SECONDS, new SynchronousQueue<>(), Daemons.threads("docker-call"));
    }

    /** A complete answer. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Answer(int status, byte[] bytes) {
        boolean ok() {
            return (status >= 200 && status <= 299) || status == 304;
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
        return failures;
    }

    /** Calls a versioned path; fails on any error status. */
    JsonNode json(Call call) throws InterruptedException {
        return parse(call.operation(), require(call, call(call)).bytes());
    }

    /** Calls a versioned path and gives the answer whatever its status. */
    Answer call(Call call) throws InterruptedException {
        Answer answer = exchange(call, "/v" + version() + call.path());
        if (answer.status() == 400 && WRONG_VERSION.matcher(answer.message()).find()) {
            // The daemon was changed under us and refused before doing anything: ask anew, once.
            pinned.set(null);
            answer = exchange(call, "/v" + version() + call.path());
        }
        return answer;
    }

    static Answer require(Call call, Answer answer) {
        if (!answer.ok()) {
            throw new DockerFailureException(
                    new DockerFailure.DaemonError(call.operation(), answer.status(), answer.message()));
        }
        return answer;
    }

    /** Calls a path as it stands, without a version; fails on any error status. */
    Answer unversioned(String operation, String path, Duration deadline) throws InterruptedException {
        Call call = Call.get(operation, path, deadline);
        return require(call, exchange(call, path));
    }

    /** The version agreed on with the daemon; asked for at the first call. */
    ApiVersion version() throws InterruptedException {
        ApiVersion known = pinned.get();
        return known != null ? known : negotiate(settings.callTimeout()).agreed();
    }

    /** What the daemon said about its versions. */
    record Versions(ApiVersion agreed, ApiVersion oldest, ApiVersion newest, JsonNode answer) {}

    Versions negotiate(Duration deadline) throws InterruptedException {
        String operation = "version";
        JsonNode version =
                parse(operation, unversioned(operation, "/version", deadline).bytes());
        Optional<ApiVersion> newest =
                ApiVersion.parse(version.path("ApiVersion").asText(""));
        if (newest.isEmpty()) {
            throw new DockerFailureException(new DockerFailure.Unknown(operation, "the answer names no ApiVersion"));
        }
        ApiVersion oldest = ApiVersion.parse(version.path("MinAPIVersion").asText(""))
                .orElse(ApiVersion.OLDEST.compareTo(newest.get()) < 0 ? ApiVersion.OLDEST : newest.get());
        ApiVersion agreed = ApiVersion.negotiate(oldest, newest.get());
        pinned.set(agreed);
        return new Versions(agreed, oldest, newest.get(), version);
    }

    /** Connections of their own for answers that last; close them. */
    DaemonStreams openStreams() throws InterruptedException {
        DaemonStreams opened = new DaemonStreams(
                transport.forStreams(settings.callTimeout()), failures, version(), observer, streams::remove);
        streams.add(opened);
        if (closed) {
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

    private static byte[] write(JsonNode body) {
        try {
            return JSON.writeValueAsBytes(body);
        } catch (IOException e) {
            throw new IllegalStateException("a JSON tree can always be written", e);
        }
    }

    private Answer exchange(Call call, String path) throws InterruptedException {
        observer.calling(call);
        long begin = System.nanoTime();
        try (LogContext context = LogContext.of(call)) {
            Answer answer = attempt(call, path);
            observer.called(call, CallObserver.Result.answered(answer.status(), begin));
            return answer;
        } catch (DockerFailureException e) {
            observer.called(call, CallObserver.Result.failed(e.failure(), begin));
            throw e;
        } catch (InterruptedException e) {
            observer.called(call, CallObserver.Result.abandoned(begin));
            throw e;
        }
    }

    private Answer attempt(Call call, String path) throws InterruptedException {
        long end = System.nanoTime() + call.deadline().toNanos();
        if (!permits.tryAcquire(call.deadline().toNanos(), TimeUnit.NANOSECONDS)) {
            throw timeout(call, null);
        }
        FutureTask<Answer> task = new FutureTask<>(() -> perform(call, path));
        try {
            threads.execute(() -> {
                // Around the task, not in it: one cancelled before it began gives its permit back too.
                try {
                    task.run();
                } finally {
                    permits.release();
                }
            });
        } catch (RejectedExecutionException e) {
            permits.release();
            throw new DockerFailureException(new DockerFailure.Unknown(call.operation(), "the guard is closed"), e);
        }
        try {
            return await(call, task, end);
        } finally {
            task.cancel(true);
        }
    }

    private Answer await(Call call, FutureTask<Answer> task, long deadline) throws InterruptedException {
        long end = deadline;
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    if (call.patience().isZero()) {
                        throw e;
                    }
                    interrupted = true;
                    end = Math.min(end, System.nanoTime() + call.patience().toNanos());
                }
            }
        } catch (TimeoutException e) {
            throw timeout(call, e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new DockerFailureException(failures.of(call.operation(), call.deadline(), cause), cause);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Answer perform(Call call, String path) throws IOException {
        try (LogContext context = LogContext.of(call);
                Response response = client.execute(request(call, path))) {
            byte[] bytes = response.getBody().readNBytes(LARGEST_ANSWER + 1);
            if (bytes.length > LARGEST_ANSWER) {
                throw new DockerFailureException(
                        new DockerFailure.Unknown(call.operation(), "the answer is larger than 16 MiB"));
            }
            return new Answer(response.getStatusCode(), bytes);
        }
    }

    private static Request request(Call call, String path) {
        var builder = Request.builder().method(call.method()).path(path).putHeader("Connection", "close");
        if (call.body() != null) {
            builder.putHeader("Content-Type", "application/json").bodyBytes(write(call.body()));
        }
        return builder.build();
    }

    private static DockerFailureException timeout(Call call, @Nullable Throwable cause) {
        return new DockerFailureException(new DockerFailure.Timeout(call.operation(), call.deadline()), cause);
    }

    @Override
    public void close() {
        closed = true;
        threads.shutdownNow();
        streams.forEach(DaemonStreams::close);
        try {
            client.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
