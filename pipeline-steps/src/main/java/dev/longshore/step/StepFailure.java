package dev.longshore.step;

import dev.longshore.docker.DockerFailure;
import java.time.Duration;
import java.util.Optional;

/**
 * Why a step failed: each kind says whether trying again makes sense and what the operator should do. Expected outcomes
 * all; a fault of the program itself is {@link Unexpected}.
 */
public sealed interface StepFailure {
    /** For programs, never translated: {@code STEP_TIMED_OUT}. */
    String code();

    /** One line for people. */
    String message();

    /** Whether the same step may succeed if it is tried again with nothing changed. */
    boolean retryable();

    /** What the operator should do, one or a few lines; empty if there is nothing to say. */
    default String fix() {
        return "";
    }

    /** How long it must at least be before the step is worth trying again, where that is known. */
    default Optional<Duration> retryAfter() {
        return Optional.empty();
    }

    /** The failure of a step that has been refused something by the guard or the daemon. */
    static StepFailure of(DockerFailure failure) {
        return failure instanceof DockerFailure.NotNow refusal ? new DockerNotNow(refusal) : new Docker(failure);
    }

    /** The step was still working at its deadline. */
    record TimedOut(Duration timeout) implements StepFailure {
        @Override
        public String code() {
            return "STEP_TIMED_OUT";
        }

        @Override
        public String message() {
            return "not done after its timeout of " + timeout.toSeconds() + " s";
        }

        @Override
        public boolean retryable() {
            return true;
        }

        @Override
        public String fix() {
            return "Raise the step's timeout in the pipeline.";
        }
    }

    /** Reading the source or writing the graph failed. */
    record InputOutput(String message) implements StepFailure {
        @Override
        public String code() {
            return "STEP_IO";
        }

        @Override
        public boolean retryable() {
            return true;
        }
    }

    /** The source cannot be read or cloned. */
    record SourceUnavailable(String message) implements StepFailure {
        @Override
        public String code() {
            return "SOURCE_UNAVAILABLE";
        }

        @Override
        public boolean retryable() {
            return false;
        }
    }

    /** The graph may not be published where it should. */
    record OutputRefused(String message) implements StepFailure {
        @Override
        public String code() {
            return "OUTPUT_REFUSED";
        }

        @Override
        public boolean retryable() {
            return false;
        }

        @Override
        public String fix() {
            return "Name another directory with --out, or empty this one.";
        }
    }

    /** No space is left for the graph or for temporary files. */
    record DiskFull(String message) implements StepFailure {
        @Override
        public String code() {
            return "DISK_FULL";
        }

        @Override
        public boolean retryable() {
            return false;
        }

        @Override
        public String fix() {
            return "Free some space, or name another directory with --out or --work.";
        }
    }

    /** The daemon could not do what the step needed. */
    record Docker(DockerFailure failure) implements StepFailure {
        @Override
        public String code() {
            return failure.code();
        }

        @Override
        public String message() {
            return failure.message();
        }

        @Override
        public boolean retryable() {
            return failure.retryable();
        }

        @Override
        public Optional<Duration> retryAfter() {
            return failure.retryAfter();
        }

        @Override
        public String fix() {
            return failure.fix();
        }
    }

    /**
     * The step was turned away before it could begin, and what is in its way passes by itself, such as a full quota. It waits, and uses
     * up no attempt.
     */
    record DockerNotNow(DockerFailure.NotNow refusal) implements StepFailure {
        @Override
        public String code() {
            return refusal.code();
        }

        @Override
        public String message() {
            return refusal.message();
        }

        @Override
        public boolean retryable() {
            return true;
        }

        @Override
        public Optional<Duration> retryAfter() {
            return refusal.retryAfter();
        }

        @Override
        public String fix() {
            return refusal.fix();
        }
    }

    /** It was turned away for longer than anybody should wait. */
    record WaitedTooLong(Duration waited, DockerNotNow why) implements StepFailure {
        @Override
        public String code() {
            return why.code();
        }

        @Override
        public String message() {
            return "given up after a wait of " + Durations.format(waited) + ": " + why.message();
        }

        @Override
        public boolean retryable() {
            return false;
        }

        @Override
        public String fix() {
            return why.fix();
        }
    }

    /** The daemon is there, but a step could not do its work with it. */
    record PreflightFailed(String message, String fix) implements StepFailure {
        @Override
        public String code() {
            return "PREFLIGHT_FAILED";
        }

        @Override
        public boolean retryable() {
            return true;
        }
    }

    /**
     * The image that the step runs is not on the daemon.
     *
     * @param fix how to get it there
     */
    record ImageMissing(String reference, String fix) implements StepFailure {
        @Override
        public String code() {
            return "DOCKER_IMAGE_MISSING";
        }

        @Override
        public String message() {
            return "the image " + reference + " is not on the daemon";
        }

        @Override
        public boolean retryable() {
            return false;
        }
    }

    /** An option has a value that the step cannot work with. */
    record InvalidOption(String name, String problem) implements StepFailure {
        @Override
        public String code() {
            return "INVALID_OPTION";
        }

        @Override
        public String message() {
            return "option " + name + ": " + problem;
        }

        @Override
        public boolean retryable() {
            return false;
        }

        @Override
        public String fix() {
            return "Correct the option in the pipeline.";
        }
    }

    /** The container ended otherwise than well. */
    record ContainerFailed(String message, boolean retryable, String fix) implements StepFailure {
        @Override
        public String code() {
            return "CONTAINER_FAILED";
        }
    }

    /**
     * The container wrote what is not a part of a graph.
     *
     * @param where file and line, for example {@code nodes.jsonl:17}
     */
    record InvalidOutput(String where, String problem) implements StepFailure {
        @Override
        public String code() {
            return "INVALID_OUTPUT";
        }

        @Override
        public String message() {
            return where + ": " + problem;
        }

        @Override
        public boolean retryable() {
            return false;
        }

        @Override
        public String fix() {
            return "Correct the image; what it may write is in docs/writing-a-step.md.";
        }
    }

    /**
     * What an earlier step made is not where it was put: the work directory was emptied, or this worker sees another one.
     *
     * @param step which step made it
     * @param place where it should be
     */
    record PartMissing(String step, String place) implements StepFailure {
        @Override
        public String code() {
            return "PART_MISSING";
        }

        @Override
        public String message() {
            return "what step " + step + " made is not in " + place;
        }

        @Override
        public boolean retryable() {
            return false;
        }

        @Override
        public String fix() {
            return "Let all workers share one work directory, leave it alone while runs are under way, and start the run"
                    + " again.";
        }
    }

    /**
     * A job that the run needs was found changed, or written by somebody else, and is not run.
     *
     * @param work what the job was to do
     * @param entry what the quarantine calls it
     */
    record JobQuarantined(String work, String entry) implements StepFailure {
        @Override
        public String code() {
            return "JOB_QUARANTINED";
        }

        @Override
        public String message() {
            return "the job for " + work + " is in quarantine as " + entry + " and is never run";
        }

        @Override
        public boolean retryable() {
            return false;
        }

        @Override
        public String fix() {
            return "longshore queue quarantine show " + entry + " tells why, longshore queue quarantine discard "
                    + entry + " removes it.\nSee who else can write to this Redis, and put the run in again.";
        }
    }

    /** A failure as a store of runs gives it back: what it said, without what it was made of. */
    record Recorded(String code, String message, boolean retryable, String fix) implements StepFailure {
        /** The record of any failure. */
        public static Recorded of(StepFailure failure) {
            return failure instanceof Recorded recorded
                    ? recorded
                    : new Recorded(failure.code(), failure.message(), failure.retryable(), failure.fix());
        }
    }

    /** A fault of the program; the log has its stack trace. */
    record Unexpected(String message) implements StepFailure {
        @Override
        public String code() {
            return "UNEXPECTED";
        }

        @Override
        public boolean retryable() {
            return true;
        }
    }
}
