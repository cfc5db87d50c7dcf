package dev.longshore.worker.cli;

import dev.longshore.dashboard.DashboardStartException;
import dev.longshore.docker.DockerFailureException;
import dev.longshore.docker.audit.AuditException;
import dev.longshore.redis.RedisUnavailableException;
import dev.longshore.step.StepException;
import dev.longshore.step.StepFailure;
import dev.longshore.text.ForeignText;
import dev.longshore.worker.SystemWords;
import dev.longshore.worker.pool.PoolException;
import dev.longshore.worker.runs.UnreadableRunException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.List;
import org.jobrunr.storage.StorageException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What the user is told when a command does not come to its end: lines for what they can help, else a stack trace. */
final class ErrorReport {
    private final PrintWriter err;

    ErrorReport(PrintWriter err) {
        this.err = err;
    }

    /** A command line that is none of this program's: what is wrong stays in sight only if no screen of options follows. */
    static int wrongUsage(ParameterException e) {
        CommandLine command = e.getCommandLine();
        ErrorReport report = new ErrorReport(command.getErr());
        List<String> meant = e instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
        report.lines(String.valueOf(e.getMessage()).strip() + " ("
                + (meant.isEmpty() ? "" : "did you mean " + String.join(" or ", meant) + "? ") + "see "
                + command.getCommandSpec().qualifiedName() + " --help)");
        report.err.flush();
        return ExitCode.BAD_INPUT;
    }

    /** Any end but the intended one; gives the exit code. */
    int failed(Exception e) {
        int exit = explain(e);
        err.flush();
        return exit;
    }

    private int explain(Exception e) {
        if (e instanceof BadInputException) {
            lines(String.valueOf(e.getMessage()));
            return ExitCode.BAD_INPUT;
        }
        if (e instanceof AuditException audit) {
            problem(String.valueOf(audit.getMessage()), audit.fix());
            return ExitCode.BAD_INPUT;
        }
        if (e instanceof InterruptedException) {
            return ExitCode.INTERRUPTED;
        }
        if (e instanceof UncheckedIOException io) {
            return inputOutput(SystemWords.wrapped(io));
        }
        if (e instanceof IOException io) {
            return inputOutput(io);
        }
        if (e instanceof StepException step) {
            return problem(step.failure().message(), step.failure().fix());
        }
        if (e instanceof DockerFailureException docker) {
            StepFailure failure = new StepFailure.Docker(docker.failure());
            return problem(failure.message(), failure.fix());
        }
        if (e instanceof DashboardStartException dashboard) {
            return problem(String.valueOf(dashboard.getMessage()), "choose another port, or 0 for any that is free");
        }
        if (e instanceof PoolException pool) {
            return problem(String.valueOf(pool.getMessage()), pool.fix());
        }
        if (e instanceof RedisUnavailableException) {
            return problem(String.valueOf(e.getMessage()), "");
        }
        if (e instanceof UnreadableRunException) {
            return problem(
                    String.valueOf(e.getMessage()),
                    "longshore runs discard removes it, and lets go on what waits for it");
        }
        if (e instanceof StorageException) {
            return problem(
                    String.valueOf(e.getMessage()),
                    "name the pool's own file with --seal-keys: on a worker it is seal-keys in the pool's directory, in pools"
                            + " below the work directory");
        }
        lines(
                "this is a fault of Longshore's, not yours; please open an issue in its repository with all that follows and"
                        + " with the command line");
        e.printStackTrace(err);
        return ExitCode.FAILED;
    }

    private int inputOutput(IOException e) {
        return problem(SystemWords.describe(e), SystemWords.fix(e));
    }

    private int problem(String message, String fix) {
        lines(message);
        fix.lines().forEach(line -> err.println("  fix: " + ForeignText.uncut(line)));
        return ExitCode.FAILED;
    }

    private void lines(String message) {
        message.lines().forEach(line -> err.println("longshore: " + ForeignText.uncut(line)));
    }
}
