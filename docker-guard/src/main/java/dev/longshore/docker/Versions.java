package dev.longshore.docker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.docker.DaemonConnection.Answer;
import java.time.Duration;
import java.util.Optional;

/**
 * What the daemon said about its versions.
 *
 * @param agreed the newest that both sides speak
 * @param answer the whole answer
 */
record Versions(ApiVersion agreed, ApiVersion oldest, ApiVersion newest, JsonNode answer) {
    /** @throws DockerFailureException when the daemon did not tell them, or what {@link #of(JsonNode)} says */
    static Versions of(Answer answer) {
        DaemonConnection.require(Call.get("version", "/version", Duration.ofSeconds(1)), answer);
        return of(DaemonConnection.parse("version", answer.bytes()));
    }

    /** @throws DockerFailureException when the answer makes no sense or there is no version that both speak */
    static Versions of(JsonNode answer) {
        Optional<ApiVersion> newest = ApiVersion.parse(answer.path("ApiVersion").asText(""));
        if (newest.isEmpty()) {
            throw new DockerFailureException(new DockerFailure.Unknown("version", "the answer names no ApiVersion"));
        }
        ApiVersion oldest = ApiVersion.parse(answer.path("MinAPIVersion").asText(""))
                .orElse(ApiVersion.OLDEST.compareTo(newest.get()) < 0 ? ApiVersion.OLDEST : newest.get());
        return new Versions(ApiVersion.negotiate(oldest, newest.get()), oldest, newest.get(), answer);
    }

    static boolean isDisagreement(DockerFailure failure) {
        return failure instanceof DockerFailure.ApiTooOld
                || failure instanceof DockerFailure.ApiTooNew
                || failure instanceof DockerFailure.Unknown;
    }
}
