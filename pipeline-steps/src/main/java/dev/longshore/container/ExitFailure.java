package dev.longshore.container;

import dev.longshore.docker.ContainerExit;
import dev.longshore.docker.ContainerExit.Cancelled;
import dev.longshore.docker.ContainerExit.DaemonLost;
import dev.longshore.docker.ContainerExit.DeadlineExceeded;
import dev.longshore.docker.ContainerExit.Exited;
import dev.longshore.docker.ContainerExit.Inactive;
import dev.longshore.docker.ContainerExit.OutOfMemory;
import dev.longshore.docker.ContainerExit.OutputLimitExceeded;
import dev.longshore.docker.RunSummary;
import dev.longshore.step.Durations;
import dev.longshore.step.Sizes;
import dev.longshore.step.StepFailure;
import dev.longshore.step.StepFailure.ContainerFailed;
import dev.longshore.text.ForeignText;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the end of a container means for its step. */
final class ExitFailure {
    /** By sysexits.h: "temporary failure; the user is invited to retry". */
    private static final int TRY_AGAIN = 75;

    /** Above it, a signal ended the process: 128 + its number. */
    private static final int SIGNAL = 128;

    /** SIGHUP, SIGINT, SIGKILL, SIGTERM: sent by somebody. The others are a program's own fault, which it will repeat. */
    private static final Set<Integer> SENT_SIGNALS = Set.of(1, 2, 9, 15);

    /** SIGXFSZ: a file grew past the limit of the process. */
    private static final int FILE_TOO_LARGE = 25;

    private ExitFailure() {}

    /**
     * Why the step failed, or empty if the container ended well.
     *
     * @param step the step's name in the pipeline
     * @param lastOutput the last line on standard output, for an image that wrote nothing on standard error
     */
    static Optional<StepFailure> of(ContainerExit exit, String step, String image, String lastOutput) {
        // Not an instanceof chain by choice: switching over types is not in Java 17.
        if (exit instanceof Exited exited) {
            return exited.code() == 0 ? Optional.empty() : Optional.of(failed(exited, step, image, lastOutput));
        }
        if (exit instanceof OutOfMemory memory) {
            return failed(
                    image + " needed more memory than its limit of " + Sizes.format(memory.limitBytes()),
                    false,
                    "Raise limits.memory of the step " + step + " in the pipeline.");
        }
        if (exit instanceof DeadlineExceeded late) {
            // In whole seconds, up: the container got what the preparations left of the step's timeout.
            return Optional.of(new StepFailure.TimedOut(
                    Duration.ofSeconds(late.deadline().plusMillis(999).toSeconds())));
        }
        if (exit instanceof Inactive silent) {
            return failed(
                    image + " wrote no line for " + Durations.format(silent.timeout()) + " and was stopped",
                    true,
                    "If it works that long in silence, have it report its progress, or raise the option inactivity of the"
                            + " step " + step + ".");
        }
        if (exit instanceof OutputLimitExceeded full) {
            return failed(
                    image + " wrote to /out what it may not and was stopped: " + ForeignText.oneLine(full.detail()),
                    false,
                    moreOutput(step));
        }
        if (exit instanceof Cancelled) {
            return failed(image + " was cancelled", true, "");
        }
        DaemonLost lost = (DaemonLost) exit;
        // Whatever the daemon was lost by, the container had begun: it counts as an attempt.
        return Optional.of(new StepFailure.Docker(lost.failure()));
    }

    private static Optional<StepFailure> failed(String message, boolean retryable, String fix) {
        return Optional.of(new ContainerFailed(message, retryable, fix));
    }

    private static String moreOutput(String step) {
        return "If it has that much to say, raise the option maxOutputBytes of the step " + step + ".";
    }

    private static StepFailure failed(Exited exited, String step, String image, String lastOutput) {
        int code = exited.code();
        int signal = code > SIGNAL ? code - SIGNAL : 0;
        if (signal == FILE_TOO_LARGE) {
            return new ContainerFailed(image + " wrote a file larger than it may", false, moreOutput(step));
        }
        String reason = reason(exited.summary(), lastOutput);
        String how = signal > 0 ? "was ended by signal " + signal : "ended with exit code " + code;
        return new ContainerFailed(
                image + " " + how + (reason.isEmpty() ? " and gave no reason" : ": " + reason),
                code == TRY_AGAIN || SENT_SIGNALS.contains(signal),
                "");
    }

    private static String reason(RunSummary summary, String lastOutput) {
        List<String> tail = summary.stderrTail();
        for (int i = tail.size() - 1; i >= 0; i--) {
            if (!tail.get(i).isBlank()) {
                return ForeignText.oneLine(tail.get(i));
            }
        }
        return ForeignText.oneLine(lastOutput);
    }
}
