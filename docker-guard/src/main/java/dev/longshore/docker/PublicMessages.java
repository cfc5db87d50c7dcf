package dev.longshore.docker;

import java.time.Duration;
import java.util.Map;

/**
 * What outsiders, such as the users of an HTTP API, are told of a failure. Only the code and the wait go into it: a failure's other
 * parts hold paths of the host, addresses, and words of the daemon that may quote anything.
 */
final class PublicMessages {
    private static final Map<String, String> BY_CODE = Map.ofEntries(
            Map.entry("DOCKER_PERMISSION_DENIED", "this service is not permitted to use Docker"),
            Map.entry("DOCKER_UNAVAILABLE", "Docker is not available"),
            Map.entry("DOCKER_TIMEOUT", "Docker did not answer in time"),
            Map.entry("DOCKER_API_VERSION", "this service and Docker have no API version in common"),
            Map.entry("DOCKER_IMAGE_MISSING", "the image is not available"),
            Map.entry("DOCKER_IMAGE_PULL_FAILED", "the image could not be fetched"),
            Map.entry("DOCKER_BUILD_FAILED", "the image could not be built"),
            Map.entry("DOCKER_NOT_FOUND", "there is no such object"),
            Map.entry("DOCKER_CONFLICT", "what exists stands in the way"),
            Map.entry("DOCKER_POLICY_DENIED", "the request is not allowed"),
            Map.entry("DOCKER_QUOTA_EXCEEDED", "the quota is used up"),
            Map.entry("DOCKER_RATE_LIMITED", "too many calls"),
            Map.entry("DOCKER_IN_BACKOFF", "Docker failed before and is being waited for"),
            Map.entry("DOCKER_ENDPOINT_UNUSABLE", "this service is not set up for Docker"),
            Map.entry("DOCKER_DAEMON_ERROR", "Docker refused the request"),
            Map.entry("DOCKER_CONTAINER_LEFT", "a container could not be removed yet"),
            Map.entry("DOCKER_AUDIT_UNAVAILABLE", "this service cannot keep its records at the moment"),
            Map.entry("DOCKER_UNKNOWN", "Docker failed unexpectedly"));

    private PublicMessages() {}

    static String of(DockerFailure failure) {
        String words = BY_CODE.get(failure.code());
        if (words == null) {
            throw new IllegalStateException("no words for outsiders for " + failure.code());
        }
        return words
                + failure.retryAfter()
                        .map(wait -> "; try again in " + seconds(wait))
                        .orElse("");
    }

    /** Rounded up: who comes back to the second should not come too early. */
    private static String seconds(Duration wait) {
        return Math.max(1, wait.plusMillis(999).toSeconds()) + " s";
    }
}
