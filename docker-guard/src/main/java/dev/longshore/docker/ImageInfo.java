package dev.longshore.docker;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An image on the daemon.
 *
 * @param id content id, {@code sha256:…}
 * @param tags names it goes by on the daemon
 * @param digests names with registry digest, empty for an image built here
 * @param labels labels of the image
 * @param sizeBytes size of all layers
 * @param volumes paths the image declares as volumes
 * @param variables names of the environment variables it sets
 * @param workingDirectory where its process would start; blank for {@code /}
 */
public record ImageInfo(
        String id,
        List<String> tags,
        List<String> digests,
        Map<String, String> labels,
        long sizeBytes,
        Set<String> volumes,
        Set<String> variables,
        String workingDirectory) {
    public ImageInfo {
        tags = List.copyOf(tags);
        digests = List.copyOf(digests);
        labels = Map.copyOf(labels);
        volumes = Set.copyOf(volumes);
        variables = Set.copyOf(variables);
    }
}
