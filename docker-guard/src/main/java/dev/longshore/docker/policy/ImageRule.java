package dev.longshore.docker.policy;

import java.util.Map;
import java.util.Optional;

/**
 * Images that a policy allows, or denies: the first rule whose repository matches decides.
 *
 * @param repository of the full name, {@code docker.io/library/busybox}; a pattern in the short form is completed the same way
 * @param allowed false to make an exception of what a later rule allows
 * @param pinned whether a request must say which image it means: by digest, or by a tag recorded here
 * @param recorded tag → {@code sha256:…}, an image's id or its registry digest: what the tag must be
 */
public record ImageRule(Glob repository, boolean allowed, boolean pinned, Map<String, String> recorded, Place where) {
    public ImageRule {
        recorded = Map.copyOf(recorded);
    }

    /** What a tag was recorded to be. */
    public Optional<String> recorded(String tag) {
        return Optional.ofNullable(recorded.get(tag));
    }
}
