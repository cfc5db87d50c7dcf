package dev.longshore.worker.cli;

import dev.longshore.run.RunState;

/** What the program's exit says. */
final class ExitCode {
    static final int SUCCEEDED = 0;
    static final int FAILED = 1;
    /** Wrong arguments, or input that cannot be worked with. */
    static final int BAD_INPUT = 2;
    /** An optional Docker step was skipped. */
    static final int DEGRADED = 3;
    /** 128 + SIGINT, as shells have it. */
    static final int INTERRUPTED = 130;

    private ExitCode() {}

    static int of(RunState state) {
        return switch (state) {
            case SUCCEEDED -> SUCCEEDED;
            case DEGRADED -> DEGRADED;
            case CANCELLED -> INTERRUPTED;
            case FAILED, QUEUED, RUNNING, PARKED -> FAILED;
        };
    }
}
