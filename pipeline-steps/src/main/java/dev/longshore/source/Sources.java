package dev.longshore.source;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Understands what a user names as a source. */
public final class Sources {
    private Sources() {}

    /**
     * The source that {@code text} names: a directory if there is one of that name, else the address of a git repository.
     *
     * @param ref the commit, branch or tag to take; of a directory, it is cloned from the repository there
     * @param name what to call the repository
     * @throws InvalidSourceException it is neither, or cannot be read
     */
    public static Source parse(String text, Optional<String> ref, Optional<String> name) throws InvalidSourceException {
        if (text.isBlank()) {
            throw new InvalidSourceException("the source is empty; name a directory or the URL of a git repository");
        }
        Optional<Path> path = existing(text);
        if (path.isEmpty()) {
            if (GitUrl.looksLikeOne(text)) {
                return new Source.Git(text, ref, name);
            }
            throw new InvalidSourceException(
                    "there is no directory " + text + ", and it is no URL of a git repository");
        }
        if (!Files.isDirectory(path.get())) {
            throw new InvalidSourceException(text + " is a file; name the directory that it is in");
        }
        if (!Files.isReadable(path.get()) || !Files.isExecutable(path.get())) {
            throw new InvalidSourceException(text + " cannot be read: this process lacks the permission");
        }
        if (ref.isPresent()) {
            return new Source.Git(path.get().toUri().toString(), ref, name);
        }
        return new Source.Directory(path.get(), name);
    }

    private static Optional<Path> existing(String text) {
        try {
            Path path = Path.of(text).toAbsolutePath().normalize();
            return Files.exists(path) ? Optional.of(path) : Optional.empty();
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }
}
