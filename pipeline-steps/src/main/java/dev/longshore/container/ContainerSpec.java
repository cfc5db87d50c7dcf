package dev.longshore.container;

import java.util.List;
import java.util.Map;

/**
 * A container that a step runs.
 *
 * @param image its reference
 * @param missingFix what the operator does where the image is not on the daemon
 * @param entrypoint replaces the image's, unless empty
 * @param command replaces the image's, unless empty
 * @param environment added to the image's
 * @param given what {@code step.json} holds as {@code options}: values are texts, numbers, true or false, lists of texts
 * @param bounds what every container step takes
 */
public record ContainerSpec(
        String image,
        String missingFix,
        List<String> entrypoint,
        List<String> command,
        Map<String, String> environment,
        Map<String, Object> given,
        ContainerOptions bounds) {
    public ContainerSpec {
        entrypoint = List.copyOf(entrypoint);
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        given = Map.copyOf(given);
    }
}
