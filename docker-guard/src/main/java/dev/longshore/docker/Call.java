package dev.longshore.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.dockerjava.transport.DockerHttpClient.Request.Method;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One control call.
 *
 * @param operation what it does, in words for messages
 * @param path without the version
 * @param deadline until the whole answer is here
 * @param patience how long an interrupted caller still waits for the answer; zero gives up at once. A call that makes or removes
 *     something must not be given up halfway: whether it was done would not be known.
 */
record Call(
        String operation,
        Method method,
        String path,
        @Nullable JsonNode body,
        Duration deadline,
        Duration patience) {

    static Call get(String operation, String path, Duration deadline) {
        return new Call(operation, Method.GET, path, null, deadline, Duration.ZERO);
    }

    static Call post(String operation, String path, @Nullable JsonNode body, Duration deadline) {
        return new Call(operation, Method.POST, path, body, deadline, Duration.ZERO);
    }

    static Call delete(String operation, String path, Duration deadline) {
        return new Call(operation, Method.DELETE, path, null, deadline, Duration.ZERO);
    }

    /** The same call, that an interrupted caller waits for. */
    Call patient(Duration wait) {
        return new Call(operation, method, path, body, deadline, wait);
    }
}
