package dev.longshore.docker;

import com.github.dockerjava.transport.DockerHttpClient.Request.Method;
import dev.longshore.docker.DaemonConnection.Answer;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How often a call is made: a question again, after growing pauses, while the daemon is away or overloaded and as long as that is in
 * time; anything else once, since whether it was done is not known.
 */
final class Repetition {
    private static final Logger LOG = LoggerFactory.getLogger(Repetition.class);

    private final int attempts;
    private final Backoff pauses;
    private final LongSupplier nanos;
    private final Waiter waiter;

    /** Waits between two attempts, perhaps less long than it is asked to. */
    interface Waiter {
        void await(Duration longest) throws InterruptedException;
    }

    /** Makes the call once. */
    interface Attempt {
        Answer make() throws InterruptedException;
    }

    Repetition(ConnectionSettings.Retry settings, LongSupplier nanos, Waiter waiter) {
        this.attempts = settings.attempts();
        this.pauses = new Backoff(settings.delay(), settings.longestDelay());
        this.nanos = nanos;
        this.waiter = waiter;
    }

    /**
     * Makes a call until it is answered, or there is no point in another attempt, or no time for one; then what the last one came to is
     * the result.
     *
     * @param end of the call, by the clock
     */
    Answer of(Call call, long end, Attempt attempt) throws InterruptedException {
        int most = call.method() == Method.GET ? attempts : 1;
        for (int made = 1; ; made++) {
            Duration pause = pauses.pause(made);
            try {
                Answer answer = attempt.make();
                pause = answer.retryAfter().compareTo(pause) > 0 ? answer.retryAfter() : pause;
                if (made >= most || !answer.passing() || isLate(pause, end)) {
                    return answer;
                }
            } catch (DockerFailureException e) {
                if (made >= most || !passing(e.failure()) || isLate(pause, end)) {
                    throw e;
                }
                LOG.debug("{} is made again in {} at the latest", call.operation(), pause, e);
            }
            waiter.await(pause);
        }
    }

    private boolean isLate(Duration pause, long end) {
        return end - nanos.getAsLong() <= pause.toNanos();
    }

    private static boolean passing(DockerFailure failure) {
        return failure instanceof DockerFailure.SocketAbsent
                || failure instanceof DockerFailure.ConnectionRefused
                || failure instanceof DockerFailure.ConnectionLost;
    }
}
