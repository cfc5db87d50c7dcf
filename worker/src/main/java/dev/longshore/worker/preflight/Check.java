package dev.longshore.worker.preflight;

import dev.longshore.docker.DockerFailure;
import dev.longshore.step.StepFailure;
import java.util.Optional;

/**
 * What a check found.
 *
 * @param name what was checked, a few words
 * @param detail what was found, one line
 * @param failure what is wrong; empty unless it is a problem
 */
public record Check(String name, Status status, String detail, Optional<StepFailure> failure) {
    /** How it went. */
    public enum Status {
        OK,
        PROBLEM,
        /** Could not be checked because of an earlier problem. */
        UNKNOWN
    }

    public static Check ok(String name, String detail) {
        return new Check(name, Status.OK, detail, Optional.empty());
    }

    public static Check problem(String name, StepFailure failure) {
        return new Check(name, Status.PROBLEM, failure.message(), Optional.of(failure));
    }

    static Check problem(String name, DockerFailure failure) {
        return problem(name, StepFailure.of(failure));
    }

    static Check problem(String name, String detail, String fix) {
        return problem(name, new StepFailure.PreflightFailed(detail, fix));
    }

    static Check unknown(String name, String because) {
        return new Check(name, Status.UNKNOWN, because, Optional.empty());
    }

    /** What to do about a problem; empty where there is none. */
    public String fix() {
        return failure.map(StepFailure::fix).orElse("");
    }

    /** The problem's name for programs. */
    public Optional<String> code() {
        return failure.map(StepFailure::code);
    }
}
