package dev.longshore.docker;

import dev.longshore.docker.policy.Decision;
import dev.longshore.docker.policy.ImageRule;
import dev.longshore.docker.policy.Place;
import dev.longshore.docker.policy.Profile;
import dev.longshore.docker.policy.Rule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether a policy allows an image: by its name, and then by what the daemon has under that name. What an image says of itself
 * (its volumes, its working directory) is as foreign as what is in it.
 */
final class ImageCheck {
    private static final String SUBJECT = "image";
    private static final int MOST_VOLUMES = 32;

    private final Profile profile;
    private final String reference;
    private final ImageName name;

    ImageCheck(Profile profile, String reference) {
        this.profile = profile;
        this.reference = reference;
        this.name = ImageName.parse(reference);
    }

    /** By its name alone. */
    Decision byName() {
        Place place = profile.where();
        if (name.repository().isEmpty()) {
            return byId(name.digest().orElseThrow());
        }
        String repository = name.repository().get();
        Optional<ImageRule> found = rule(repository);
        if (found.isEmpty()) {
            return Decision.deny(Rule.IMAGE_REPOSITORY, SUBJECT, "nothing allows the repository " + repository, place);
        }
        ImageRule rule = found.get();
        String pattern = repository + " matches " + rule.repository();
        if (!rule.allowed()) {
            return Decision.deny(Rule.IMAGE_REPOSITORY, SUBJECT, pattern + ", which is denied", rule.where());
        }
        if (name.digest().isPresent()) {
            return Decision.allow(Rule.IMAGE_DIGEST, SUBJECT, pattern + ", by digest", rule.where());
        }
        String tag = name.tag().orElseThrow();
        if (rule.recorded(tag).isPresent()) {
            return Decision.allow(
                    Rule.IMAGE_RESOLUTION, SUBJECT, pattern + ", and " + tag + " is recorded", rule.where());
        }
        return rule.pinned()
                ? Decision.deny(
                        Rule.IMAGE_DIGEST,
                        SUBJECT,
                        pattern + " and must be named by digest (" + repository + "@sha256:…), or its tag " + tag
                                + " be recorded",
                        rule.where())
                : Decision.allow(Rule.IMAGE_REPOSITORY, SUBJECT, pattern, rule.where());
    }

    /** An id pins what it names, and names no repository: only who may run any image, or whose image is recorded, is sure of it. */
    private Decision byId(String id) {
        for (ImageRule rule : profile.images()) {
            if (rule.allowed() && rule.recorded().containsValue(id)) {
                return Decision.allow(Rule.IMAGE_RESOLUTION, SUBJECT, "the id is recorded", rule.where());
            }
            if (rule.repository().matchesAll()) {
                return rule.allowed()
                        ? Decision.allow(Rule.IMAGE_REPOSITORY, SUBJECT, "every repository is allowed", rule.where())
                        : Decision.deny(Rule.IMAGE_REPOSITORY, SUBJECT, "every repository is denied", rule.where());
            }
        }
        return Decision.deny(
                Rule.IMAGE_REPOSITORY, SUBJECT, "an id names no repository, and it is not recorded", profile.where());
    }

    private Optional<ImageRule> rule(String repository) {
        return profile.images().stream()
                .filter(rule -> rule.repository().matches(repository))
                .findFirst();
    }

    /** What there is to say of the image that the daemon has under that name; nothing if all is well. */
    List<Decision> byContent(ImageInfo image, List<Mount> mounts, Optional<String> workingDirectory) {
        List<Decision> denied = new ArrayList<>();
        identity(image).ifPresent(denied::add);
        image.volumes().stream()
                .sorted()
                .map(volume -> volume(volume, mounts))
                .flatMap(Optional::stream)
                .forEach(denied::add);
        if (image.volumes().size() > MOST_VOLUMES) {
            denied.add(
                    Decision.never(Rule.IMAGE_VOLUME, SUBJECT, "it declares more than " + MOST_VOLUMES + " volumes"));
        }
        if (workingDirectory.isEmpty() && !image.workingDirectory().isBlank()) {
            ContainerPaths.directoryProblem(image.workingDirectory())
                    .ifPresent(problem -> denied.add(Decision.never(
                            Rule.IMAGE_DIRECTORY,
                            SUBJECT,
                            "its working directory " + Text.quote(image.workingDirectory()) + " " + problem)));
        }
        return denied;
    }

    /** The daemon also takes the beginning of an id for a name, and any repository in front of a digest it knows. */
    private Optional<Decision> identity(ImageInfo image) {
        if (name.repository().isEmpty()) {
            if (!image.id().equals(reference)) {
                return Optional.of(otherName("the daemon has another image for it: " + image.id()));
            }
            return Stream.concat(image.tags().stream(), image.digests().stream())
                    .filter(ImageReference::isValid)
                    .map(tag -> ImageName.parse(tag).repository().orElse(""))
                    .map(this::rule)
                    .flatMap(Optional::stream)
                    .filter(rule -> !rule.allowed())
                    .findFirst()
                    .map(rule -> Decision.deny(
                            Rule.IMAGE_REPOSITORY,
                            SUBJECT,
                            "it is of " + rule.repository() + ", which is denied",
                            rule.where()));
        }
        String repository = name.repository().get();
        boolean same = name.digest().isPresent()
                ? holds(
                        image.digests(),
                        repository,
                        ImageName::digest,
                        name.digest().get())
                : holds(image.tags(), repository, ImageName::tag, name.tag().orElseThrow());
        if (!same) {
            return Optional.of(otherName("the daemon knows no image by this name, and took it for " + image.id()));
        }
        return resolution(image, repository);
    }

    private Optional<Decision> resolution(ImageInfo image, String repository) {
        Optional<ImageRule> rule = rule(repository);
        Optional<String> recorded = name.tag().flatMap(tag -> rule.flatMap(found -> found.recorded(tag)));
        if (recorded.isEmpty()
                || image.id().equals(recorded.get())
                || holds(image.digests(), repository, ImageName::digest, recorded.get())) {
            return Optional.empty();
        }
        return rule.map(found -> Decision.deny(
                Rule.IMAGE_RESOLUTION,
                SUBJECT,
                "the tag " + name.tag().orElse("") + " is recorded as " + recorded.get() + ", and is " + image.id()
                        + " now",
                found.where()));
    }

    /** Part of a name. */
    private interface Part {
        Optional<String> of(ImageName name);
    }

    /** Podman puts localhost before the names of what was built there. */
    private static boolean holds(List<String> names, String repository, Part part, String value) {
        return names.stream()
                .filter(ImageReference::isValid)
                .map(ImageName::parse)
                .anyMatch(one -> {
                    String other = one.repository().orElse("");
                    return (other.equals(repository)
                                    || ("docker.io/" + other.replaceFirst("^localhost/", "")).equals(repository)
                                    || ("docker.io/library/" + other.replaceFirst("^localhost/", ""))
                                            .equals(repository))
                            && part.of(one).equals(Optional.of(value));
                });
    }

    private Decision otherName(String reason) {
        return Decision.never(Rule.IMAGE_NAME, SUBJECT, Text.quote(reference) + ": " + reason);
    }

    private static Optional<Decision> volume(String volume, List<Mount> mounts) {
        Optional<String> problem = ContainerPaths.targetProblem(volume);
        if (problem.isEmpty()) {
            Path path = Path.of(volume).normalize();
            problem = mounts.stream()
                    .filter(mount -> path.startsWith(mount.target()) && !path.equals(Path.of(mount.target())))
                    .findFirst()
                    .map(mount -> "is below the mount " + mount.target() + ", where the daemon would make a directory");
        }
        return problem.map(reason ->
                Decision.never(Rule.IMAGE_VOLUME, SUBJECT, "its volume " + Text.quote(volume) + " " + reason));
    }
}
