package dev.longshore.worker.preflight;

import dev.longshore.docker.DockerFailure;
import java.util.Optional;

/**
 * What a check found.
 *
 * @param name what was checked, a few words
 * @param detail what was found, one line
 * @param fix what to do about a problem; empty where there is none
 */
public record Check(String name, Status status, String detail, String fix, Optional<DockerFailure> failure) {
    /** How it went. */
    public enum Status {
        OK,
        PROBLEM,
        /** Could not be checked because of an earlier problem. */
        UNKNOWN
    }

    static Check ok(String name, String detail) {
        return new Check(name, Status.OK, detail, "", Optional.empty());
    }

    static Check problem(String name, DockerFailure failure) {
        return new Check(name, Status.PROBLEM, failure.message(), failure.fix(), Optional.of(failure));
    }

    static Check problem(String name, String detail, String fix) {
        return new Check(name, Status.PROBLEM, detail, fix, Optional.empty());
    }

    static Check unknown(String name, String because) {
        return new Check(name, Status.UNKNOWN, because, "", Optional.empty());
    }
}
