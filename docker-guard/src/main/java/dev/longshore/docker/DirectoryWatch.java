package dev.longshore.docker;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Measures an output directory while a container writes to it. What cannot be measured (a directory we may not read, one nested
 * deeper than anybody needs) counts as past the bound: there a container could hide any amount.
 */
final class DirectoryWatch implements FileVisitor<Path> {
    private static final int DEEPEST = 64;

    private final Mount.OutputDirectory directory;
    private long bytes;
    private long files;
    private @Nullable String problem;

    private DirectoryWatch(Mount.OutputDirectory directory) {
        this.directory = directory;
    }

    /** What is wrong with the directory now, in words. */
    static Optional<String> problem(Mount.OutputDirectory directory) {
        DirectoryWatch watch = new DirectoryWatch(directory);
        try {
            Files.walkFileTree(directory.host(), Set.of(), DEEPEST, watch);
        } catch (IOException e) {
            // Only the container and we are here, and it cannot change the directory itself.
            watch.problem = "it cannot be measured: " + e;
        }
        return Optional.ofNullable(watch.problem);
    }

    @Override
    public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
        return path.equals(directory.host()) ? FileVisitResult.CONTINUE : count(0);
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        // At the greatest depth, directories are visited like files.
        if (attributes.isDirectory()) {
            return stop("directories are nested more than " + DEEPEST + " deep");
        }
        return count(attributes.size());
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) {
        // Gone between being listed and being looked at: the container removed it.
        return failure instanceof NoSuchFileException
                ? FileVisitResult.CONTINUE
                : stop("a directory in it cannot be read (" + failure.getClass().getSimpleName() + ")");
    }

    @Override
    public FileVisitResult postVisitDirectory(Path path, @Nullable IOException failure) {
        return failure == null || failure instanceof NoSuchFileException
                ? FileVisitResult.CONTINUE
                : stop("a directory in it cannot be read (" + failure.getClass().getSimpleName() + ")");
    }

    private FileVisitResult count(long size) {
        files++;
        bytes += size;
        if (bytes > directory.maxBytes()) {
            return stop("it holds at least " + bytes + " bytes; the bound is " + directory.maxBytes());
        }
        if (files > directory.maxFiles()) {
            return stop("it holds more than " + directory.maxFiles() + " files and directories");
        }
        return FileVisitResult.CONTINUE;
    }

    private FileVisitResult stop(String reason) {
        problem = reason;
        return FileVisitResult.TERMINATE;
    }
}
