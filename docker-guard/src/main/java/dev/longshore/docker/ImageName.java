package dev.longshore.docker;

import dev.longshore.docker.policy.ImageNames;
import java.util.Optional;

/**
 * An image reference taken apart.
 *
 * @param repository in full, {@code docker.io/library/busybox}; empty for an image by its id
 * @param tag if it names one, or {@code latest} where it names neither tag nor digest
 * @param digest {@code sha256:…}, of the registry's manifest; of an image by its id, the id
 */
record ImageName(Optional<String> repository, Optional<String> tag, Optional<String> digest) {
    /** @param reference one that {@link ImageReference} takes */
    static ImageName parse(String reference) {
        if (reference.startsWith("sha256:")) {
            return new ImageName(Optional.empty(), Optional.empty(), Optional.of(reference));
        }
        int at = reference.indexOf('@');
        String named = at < 0 ? reference : reference.substring(0, at);
        Optional<String> digest = at < 0 ? Optional.empty() : Optional.of(reference.substring(at + 1));
        int colon = named.indexOf(':', named.lastIndexOf('/') + 1);
        Optional<String> tag = colon < 0
                ? Optional.of("latest").filter(latest -> digest.isEmpty())
                : Optional.of(named.substring(colon + 1));
        return new ImageName(Optional.of(ImageNames.full(colon < 0 ? named : named.substring(0, colon))), tag, digest);
    }
}
