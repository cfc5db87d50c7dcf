package dev.longshore.docker;

import com.github.dockerjava.transport.DockerHttpClient.Request.Method;

/** Kinds of calls that fail and recover together. */
public enum CallClass {
    /** Questions; they are repeated. */
    READ,
    /** What makes or starts something. */
    CHANGE,
    /** Answers that last as long as a container runs. */
    STREAM,
    /** Builds and pulls. */
    IMAGE,
    /** What stops and removes. Never refused: what was made must be removable at all times. */
    CLEANUP;

    static CallClass of(Method method, String path, boolean lasting) {
        if (path.startsWith("/build") || path.startsWith("/images/create") || path.startsWith("/images/load")) {
            return IMAGE;
        } else if (lasting) {
            return STREAM;
        } else if (method == Method.GET) {
            return READ;
        }
        String bare = path.replaceFirst("\\?.*", "");
        return method == Method.DELETE || bare.endsWith("/stop") || bare.endsWith("/kill") ? CLEANUP : CHANGE;
    }
}
