package dev.longshore.worker;

import dev.longshore.run.RunId;
import dev.longshore.source.Trees;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a run keeps what it makes until its graph is published: the clone of a git source, the parts of finished steps,
 * and scratch space.
 *
 * @param root one run's own; readable by nobody else, since it holds the text of sources
 */
public record RunDirectory(Path root) {
    public static RunDirectory of(Path work, RunId id) {
        return new RunDirectory(work.resolve(id.value()));
    }

    public void create() throws IOException {
        OwnerOnly.createDirectories(root);
    }

    /** Locked by the process that works on the run, for as long as it lives. */
    public Path lockFile() {
        return root.resolve("lock");
    }

    /** Notes that the run may have containers: they must be looked for, should its process die. */
    public void markDocker() throws IOException {
        create();
        Path mark = dockerMark();
        if (!Files.exists(mark)) {
            Files.createFile(mark);
        }
    }

    public boolean usedDocker() {
        return Files.exists(dockerMark());
    }

    private Path dockerMark() {
        return root.resolve("docker");
    }

    public Path clones() throws IOException {
        return made(root.resolve("source"));
    }

    /** The part of a finished step; there only once the step is done, and then whole. */
    public Path part(String step) {
        return root.resolve("parts").resolve(step);
    }

    /** An empty directory for one attempt at a step. */
    public Path scratch(String step, int attempt) throws IOException {
        Path scratch = root.resolve("scratch").resolve(step + "-" + attempt);
        Trees.deleteIfExists(scratch);
        return made(scratch);
    }

    private Path made(Path directory) throws IOException {
        create();
        return Files.createDirectories(directory);
    }

    /** All but what tells a later run that there are containers to remove. */
    public void deleteAllButMark() throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
            for (Path entry : entries) {
                if (!entry.equals(dockerMark()) && !entry.equals(lockFile())) {
                    Trees.deleteIfExists(entry);
                }
            }
        }
    }

    public void delete() throws IOException {
        Trees.deleteIfExists(root);
    }
}
