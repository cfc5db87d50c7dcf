package dev.longshore.docker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.docker.DaemonConnection.Answer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The daemon's calls on images. */
final class Images {
    private final DaemonConnection daemon;
    private final Subject subject;

    Images(DaemonConnection daemon, Subject subject) {
        this.daemon = daemon;
        this.subject = subject;
    }

    ImageInfo inspect(String reference) throws InterruptedException {
        ImageReference.require(reference);
        Call call = Call.get(
                "inspect of image " + reference,
                "/images/" + reference + "/json",
                daemon.settings().callTimeout());
        Answer answer = daemon.call(call.on(reference).by(subject));
        if (answer.status() == 404) {
            throw new DockerFailureException(new DockerFailure.ImageMissing(reference));
        }
        DaemonConnection.require(call, answer);
        ImageInfo info = info(DaemonConnection.parse(call.operation(), answer.bytes()));
        if (info.id().isBlank()) {
            throw new DockerFailureException(new DockerFailure.Unknown(call.operation(), "the answer names no Id"));
        }
        return info;
    }

    /** What the daemon says of an image. */
    static ImageInfo info(JsonNode image) {
        JsonNode config = image.path("Config");
        Map<String, String> labels = new HashMap<>();
        config.path("Labels")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asText("")));
        Set<String> volumes = new HashSet<>();
        config.path("Volumes").fieldNames().forEachRemaining(volumes::add);
        return new ImageInfo(
                image.path("Id").asText(""),
                strings(image.path("RepoTags")),
                strings(image.path("RepoDigests")),
                labels,
                image.path("Size").asLong(),
                volumes,
                variables(config.path("Env")),
                config.path("WorkingDir").asText(""));
    }

    private static Set<String> variables(JsonNode environment) {
        Set<String> names = new HashSet<>();
        environment.forEach(variable -> names.add(variable.asText().replaceFirst("(?s)=.*", "")));
        return names;
    }

    private static List<String> strings(JsonNode array) {
        List<String> strings = new ArrayList<>();
        array.forEach(element -> strings.add(element.asText()));
        return strings;
    }
}
