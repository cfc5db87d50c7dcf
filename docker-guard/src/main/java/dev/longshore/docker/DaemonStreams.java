package dev.longshore.docker;

import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.transport.DockerHttpClient.Request;
import com.github.dockerjava.transport.DockerHttpClient.Response;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers that last as long as a container runs, each read on a thread of its own, over connections of their own: they never
 * wait for a pool that other streams have used up. Closing interrupts the threads and closes the connections, before the
 * answer's headers too.
 */
final class DaemonStreams implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DaemonStreams.class);
    private static final int LARGEST_ERROR = 64 << 10;
    private static final Duration THREAD_END = Duration.ofSeconds(5);

    private final DockerHttpClient client;
    private final TransportFailures failures;
    private final ApiVersion version;
    private final CallObserver observer;
    private final DaemonMonitor monitor;
    private final Consumer<DaemonStreams> onClose;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closing;

    DaemonStreams(
            DockerHttpClient client,
            TransportFailures failures,
            ApiVersion version,
            CallObserver observer,
            DaemonMonitor monitor,
            Consumer<DaemonStreams> onClose) {
        this.client = client;
        this.failures = failures;
        this.version = version;
        this.observer = observer;
        this.monitor = monitor;
        this.onClose = onClose;
    }

    /** Reads the body of an answer to its end. */
    interface Reader<T> {
        T read(InputStream body) throws IOException, InterruptedException;
    }

    /**
     * One answer under way.
     *
     * @param headers done when the daemon has accepted the call
     * @param result done when the reader has returned; failures are {@link DockerFailureException}s or what the reader threw
     */
    record Stream<T>(CompletableFuture<Boolean> headers, CompletableFuture<T> result) {
        void awaitHeaders(String operation, Duration deadline) throws InterruptedException {
            await(headers, operation, deadline);
        }

        T awaitResult(String operation, Duration deadline) throws InterruptedException {
            return await(result, operation, deadline);
        }

        /** Tells, once, how it ended: with nothing, or with what was thrown. */
        void whenEnded(Consumer<Optional<Throwable>> observer) {
            var unused = result.whenComplete((value, thrown) -> observer.accept(Optional.ofNullable(thrown)));
        }

        /** What it failed with, if it has ended and failed. */
        Optional<Throwable> failure() {
            AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
            if (result.isDone()) {
                whenEnded(thrown -> failure.set(thrown.orElse(null)));
            }
            return Optional.ofNullable(failure.get());
        }

        private static <V> V await(CompletableFuture<V> future, String operation, Duration deadline)
                throws InterruptedException {
            try {
                return future.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                throw new DockerFailureException(new DockerFailure.Timeout(operation, deadline), e);
            } catch (ExecutionException e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                if (cause instanceof DockerFailureException failure) {
                    // Thrown anew so that the trace shows the caller too.
                    throw new DockerFailureException(failure.failure(), failure);
                }
                throw new DockerFailureException(new DockerFailure.Unknown(operation, cause.toString()), cause);
            }
        }
    }

    /**
     * Starts a call; returns at once. Its deadline and patience are for who awaits the stream to keep.
     *
     * @param request gets the call's method and path; what it has besides, such as a body that is streamed, is kept
     */
    synchronized <T> Stream<T> open(Call call, Request.Builder request, Reader<T> reader) {
        observer.calling(call);
        Stream<T> stream = new Stream<>(new CompletableFuture<>(), new CompletableFuture<>());
        Request complete =
                request.method(call.method()).path("/v" + version + call.path()).build();
        Thread thread = Daemons.thread("docker-" + call.operation(), () -> run(call, complete, reader, stream));
        threads.add(thread);
        thread.start();
        return stream;
    }

    private <T> void run(Call call, Request request, Reader<T> reader, Stream<T> stream) {
        long begin = System.nanoTime();
        CallClass kind = CallClass.of(call.method(), call.path(), true);
        boolean admitted = false;
        try (LogContext context = LogContext.of(call)) {
            monitor.admit(call, kind);
            admitted = true;
            answered(call, kind, client.execute(request), begin, reader, stream);
        } catch (ListenerException e) {
            fail(stream, e);
        } catch (InterruptedException | IOException | RuntimeException e) {
            DockerFailure failure = failures.of(call.operation(), Duration.ZERO, e);
            boolean early = !stream.headers().isDone();
            if (admitted) {
                tell(kind, failure, early);
            }
            if (early) {
                observer.called(call, CallObserver.Result.failed(failure, begin));
            }
            fail(stream, new DockerFailureException(failure, e));
        } catch (Error e) {
            if (admitted && !stream.headers().isDone()) {
                monitor.machine().abandoned(kind); // else a trial call's place stays taken
            }
            fail(stream, e); // who waits for the stream must not wait for ever
            throw e;
        }
    }

    private <T> void answered(
            Call call, CallClass kind, Response answer, long begin, Reader<T> reader, Stream<T> stream)
            throws IOException, InterruptedException {
        try (Response response = answer) {
            int status = response.getStatusCode();
            monitor.reached();
            if (status < 200 || status > 299) {
                byte[] body = response.getBody().readNBytes(LARGEST_ERROR);
                String message = new DaemonConnection.Answer(status, body, Duration.ZERO).message();
                throw new DockerFailureException(new DockerFailure.DaemonError(call.operation(), status, message));
            }
            monitor.machine().succeeded(kind);
            observer.called(call, CallObserver.Result.answered(status, begin));
            stream.headers().complete(true);
            stream.result().complete(reader.read(response.getBody()));
        }
    }

    /** What a failure says about the daemon; one of our own making says nothing. */
    private void tell(CallClass kind, DockerFailure failure, boolean early) {
        boolean error = failure instanceof DockerFailure.DaemonError;
        if (closing) {
            monitor.machine().abandoned(kind);
        } else if (early) {
            if (!error) {
                monitor.attemptFailed(failure);
            }
            monitor.machine().ended(kind, failure);
        } else if (failure instanceof DockerFailure.ConnectionLost) {
            monitor.trouble();
        }
    }

    private static void fail(Stream<?> stream, Throwable cause) {
        stream.headers().completeExceptionally(cause);
        stream.result().completeExceptionally(cause);
    }

    /** What a listener threw, told apart from what the connection threw. */
    static final class ListenerException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ListenerException(Throwable thrown) {
            super(thrown);
        }
    }

    /** Ends all streams; waits, with a bound, until their threads are gone, whether or not this thread is interrupted. */
    @Override
    public synchronized void close() {
        closing = true;
        onClose.accept(this);
        threads.forEach(Thread::interrupt);
        try {
            client.close();
        } catch (IOException e) {
            LOG.debug("closing the connections to the daemon failed", e);
        }
        for (Thread thread : threads) {
            Pause.untilEnded(thread, THREAD_END);
            if (thread.isAlive()) {
                LOG.warn("{} did not end: a listener does not return", thread.getName());
            }
        }
        threads.clear();
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
