package dev.longshore.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.dockerjava.transport.DockerHttpClient.Request.Method;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One control call.
 *
 * @param operation what it does, in words for messages
 * @param path without the version
 * @param deadline until the whole answer is here
 * @param patience how long an interrupted caller still waits for the answer; zero gives up at once. A call that makes or removes
 *     something must not be given up halfway: whether it was done would not be known.
 * @param target the container or image it is about, if any
 * @param subject on whose behalf it is made; empty for the guard's own questions
 */
record Call(
        String operation,
        Method method,
        String path,
        @Nullable JsonNode body,
        Duration deadline,
        Duration patience,
        Optional<String> target,
        Optional<Subject> subject) {

    private static final Pattern ENDING = Pattern.compile("/containers/[^/]+/(?:stop|kill|wait|attach)(?:\\?.*)?");

    private static Call of(String operation, Method method, String path, @Nullable JsonNode body, Duration deadline) {
        return new Call(operation, method, path, body, deadline, Duration.ZERO, Optional.empty(), Optional.empty());
    }

    static Call get(String operation, String path, Duration deadline) {
        return of(operation, Method.GET, path, null, deadline);
    }

    static Call post(String operation, String path, @Nullable JsonNode body, Duration deadline) {
        return of(operation, Method.POST, path, body, deadline);
    }

    static Call put(String operation, String path, Duration deadline) {
        return of(operation, Method.PUT, path, null, deadline);
    }

    static Call delete(String operation, String path, Duration deadline) {
        return of(operation, Method.DELETE, path, null, deadline);
    }

    /** The operation without what it is about: one of few. */
    String kind() {
        int end = operation.indexOf(" of ");
        String word = end < 0 ? operation : operation.substring(0, end);
        return path.startsWith("/images/") ? "image-" + word : word;
    }

    /** Whether it brings something about: looking, ending and removing do not. */
    boolean changes() {
        return (method == Method.POST || method == Method.PUT)
                && !ENDING.matcher(path).matches();
    }

    /** The container that it is about, if any. */
    Optional<String> container() {
        return path.startsWith("/containers/") ? target : Optional.empty();
    }

    /** The same call, that an interrupted caller waits for. */
    Call patient(Duration wait) {
        return new Call(operation, method, path, body, deadline, wait, target, subject);
    }

    /** The same call, about this container or image. */
    Call on(String name) {
        return new Call(operation, method, path, body, deadline, patience, Optional.of(name), subject);
    }

    /** The same call, on behalf of somebody. */
    Call by(Subject caller) {
        return new Call(operation, method, path, body, deadline, patience, target, Optional.of(caller));
    }
}
