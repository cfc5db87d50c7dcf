package dev.longshore.docker;

import com.github.dockerjava.transport.DockerHttpClient.Request.Method;

/** Kinds of calls that fail and recover together. */
public enum CallClass {
    /** Questions; they are repeated. */
    READ,
    /** Figures of running containers. Apart from the questions: a daemon may be too slow to measure and still answer all else. */
    STATS,
    /** What makes or starts something. */
    CHANGE,
    /** Answers that last as long as a container runs. */
    STREAM,
    /** Builds and pulls. */
    IMAGE,
    /** The wait for the end of a container. Never refused: one that runs well is not to be lost for what other calls came to. */
    WAIT,
    /** What stops and removes. Never refused: what was made must be removable at all times. */
    CLEANUP;

    boolean neverRefused() {
        return this == CLEANUP || this == WAIT;
    }

    static CallClass of(Method method, String path, boolean lasting) {
        if (path.startsWith("/build") || path.startsWith("/images/create") || path.startsWith("/images/load")) {
            return IMAGE;
        }
        String bare = path.replaceFirst("\\?.*", "");
        if (method == Method.POST && bare.endsWith("/wait")) {
            return WAIT;
        } else if (lasting) {
            return STREAM;
        } else if (method == Method.GET) {
            return bare.endsWith("/stats") ? STATS : READ;
        }
        return method == Method.DELETE || bare.endsWith("/stop") || bare.endsWith("/kill") ? CLEANUP : CHANGE;
    }
}
