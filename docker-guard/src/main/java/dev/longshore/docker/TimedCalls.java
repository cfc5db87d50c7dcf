package dev.longshore.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.transport.DockerHttpClient.Request;
import com.github.dockerjava.transport.DockerHttpClient.Response;
import dev.longshore.docker.DaemonConnection.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Makes control calls, a bounded number at once, each with a real deadline.
 *
 * <p>The transport ignores its own timeouts on a Unix socket, so a call runs on a thread of its own and is interrupted when its time
 * is up: that closes its connection. Every call opens a new connection: on a Unix socket that costs microseconds, and a pooled
 * one that went stale while the daemon restarted would make a POST fail with "Broken pipe".
 */
final class TimedCalls implements AutoCloseable {
    private static final int LARGEST_ANSWER = 16 << 20;

    private final TransportFailures failures;
    private final DockerHttpClient client;
    private final Semaphore permits;
    private final ThreadPoolExecutor threads;

    TimedCalls(Transport transport, int atOnce, Duration connectTimeout, ThreadFactory makesThreads) {
        this.failures = transport.failures();
        this.client = transport.forCalls(atOnce, connectTimeout);
        this.permits = new Semaphore(atOnce);
        this.threads = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, 5, TimeUnit.SECONDS, new SynchronousQueue<>(), makesThreads);
    }

    /**
     * Makes a call once.
     *
     * @param path with the version, if it is to have one
     * @param deadline for this attempt, not longer than the call's
     */
    Answer make(Call call, String path, Duration deadline) throws InterruptedException {
        long end = System.nanoTime() + deadline.toNanos();
        if (!permits.tryAcquire(deadline.toNanos(), TimeUnit.NANOSECONDS)) {
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
        } catch (RuntimeException | Error e) {
            // Such as no thread to be had: the call was not begun, and the next ones must not wait for it.
            permits.release();
            throw e;
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
            return new Answer(response.getStatusCode(), bytes, retryAfter(response.getHeaders()));
        }
    }

    /** Seconds; zero where there is none or it is a date. */
    private static Duration retryAfter(Map<String, List<String>> headers) {
        return headers.entrySet().stream()
                .filter(header -> "Retry-After".equalsIgnoreCase(header.getKey()))
                .flatMap(header -> header.getValue().stream())
                .filter(value -> value.matches("[0-9]{1,6}"))
                .map(value -> Duration.ofSeconds(Long.parseLong(value)))
                .findFirst()
                .orElse(Duration.ZERO);
    }

    private static Request request(Call call, String path) {
        var builder = Request.builder().method(call.method()).path(path).putHeader("Connection", "close");
        JsonNode body = call.body();
        if (body != null) {
            builder.putHeader("Content-Type", "application/json").bodyBytes(write(body));
        }
        return builder.build();
    }

    private static byte[] write(JsonNode body) {
        try {
            return DaemonConnection.JSON.writeValueAsBytes(body);
        } catch (IOException e) {
            throw new IllegalStateException("a JSON tree can always be written", e);
        }
    }

    private static DockerFailureException timeout(Call call, @Nullable Throwable cause) {
        return new DockerFailureException(new DockerFailure.Timeout(call.operation(), call.deadline()), cause);
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            client.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
