package dev.longshore.docker;

import dev.longshore.docker.policy.Decision;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Is told of every call to the daemon, once: a control call when its answer is here, one whose answer lasts when the daemon has
 * accepted it. Called on the thread that made the call or on the stream's; what it throws fails that call.
 */
interface CallObserver {
    CallObserver NONE = (call, result) -> {};

    /**
     * Is told before each call, on the thread that makes it.
     *
     * @throws DockerFailureException the call must not be made
     */
    default void calling(Call call) {}

    /** Is told of a request that the policy lets in, before anything is made for it. */
    default void allowed(Subject subject, String image, List<Decision> decisions) {}

    void called(Call call, Result result);

    /**
     * What came of a call.
     *
     * @param status the daemon's, if it answered
     * @param failure why there is none, or the daemon's refusal of a call whose answer lasts; of a control call whether a status
     *     is a failure is for the caller to say. With neither status nor failure the caller was interrupted and did not wait
     */
    record Result(OptionalInt status, Optional<DockerFailure> failure, Duration duration) {
        static Result answered(int status, long begin) {
            return new Result(OptionalInt.of(status), Optional.empty(), since(begin));
        }

        static Result failed(DockerFailure failure, long begin) {
            OptionalInt status = failure instanceof DockerFailure.DaemonError error
                    ? OptionalInt.of(error.status())
                    : OptionalInt.empty();
            return new Result(status, Optional.of(failure), since(begin));
        }

        static Result abandoned(long begin) {
            return new Result(OptionalInt.empty(), Optional.empty(), since(begin));
        }

        private static Duration since(long begin) {
            return Duration.ofNanos(System.nanoTime() - begin);
        }
    }
}
