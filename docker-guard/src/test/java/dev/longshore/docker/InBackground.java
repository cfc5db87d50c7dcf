package dev.longshore.docker;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** A call on a thread of its own, so that it can be interrupted, and hurt from outside while it is under way. */
final class InBackground<T> {
    final Thread thread;
    private final CompletableFuture<T> result = new CompletableFuture<>();

    InBackground(Callable<T> call) {
        thread = new Thread(() -> {
            try {
                result.complete(call.call());
            } catch (Throwable e) {
                result.completeExceptionally(e); // whatever it is, the test that waits must see it
            }
        });
        thread.start();
    }

    T await(Duration deadline) throws Exception {
        return result.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
    }

    Throwable awaitFailure(Duration deadline) throws Exception {
        try {
            throw new AssertionError("it did not fail, but returned " + await(deadline));
        } catch (ExecutionException e) {
            return Objects.requireNonNull(e.getCause());
        }
    }
}
