package dev.longshore.worker.cli;

import dev.longshore.docker.DockerFailureException;
import dev.longshore.run.DockerMode;
import dev.longshore.run.RunId;
import dev.longshore.source.Trees;
import dev.longshore.step.DockerAccess;
import dev.longshore.step.StepException;
import dev.longshore.worker.HeldFile;
import dev.longshore.worker.RunContainers;
import dev.longshore.worker.RunDirectory;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What runs left behind whose process was killed: their directories, and their containers where there is Docker. */
final class AbandonedRuns {
    private static final Logger LOG = LoggerFactory.getLogger(AbandonedRuns.class);

    private static final Duration LONG_DEAD = Duration.ofHours(1);

    private final Path work;
    private final DockerAccess docker;
    private final DockerMode mode;

    AbandonedRuns(Path work, DockerAccess docker, DockerMode mode) {
        this.work = work;
        this.docker = docker;
        this.mode = mode;
    }

    /** Removes what can be removed; the rest stays for the next run to try. */
    void remove() {
        removeOldScratch();
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(work, "r-*")) {
            for (Path path : directories) {
                removeIfDead(new RunDirectory(path));
            }
        } catch (IOException e) {
            LOG.warn("cannot look for abandoned runs in {}", work, e);
        }
    }

    /** What a doctor that was killed left: it has no containers without a deadline of a minute. */
    private void removeOldScratch() {
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(work, "doctor-*")) {
            for (Path path : directories) {
                if (isOld(path)) {
                    Trees.deleteIfExists(path);
                }
            }
        } catch (IOException e) {
            LOG.warn("cannot remove what an earlier doctor left in {}", work, e);
        }
    }

    private static boolean isOld(Path directory) throws IOException {
        return Files.getLastModifiedTime(directory)
                .toInstant()
                .isBefore(Instant.now().minus(LONG_DEAD));
    }

    private void removeIfDead(RunDirectory directory) {
        try {
            if (!Files.exists(directory.lockFile())) {
                removeIfOld(directory);
                return;
            }
            Optional<HeldFile> lock = HeldFile.takeOver(directory.lockFile());
            if (lock.isPresent()) {
                try (HeldFile held = lock.get()) {
                    removeDead(directory);
                }
            }
        } catch (IOException e) {
            LOG.warn("cannot remove the abandoned run {}", directory.root(), e);
        }
    }

    /** Without a lock file the run is just being made, or its process was killed in the instant of making or deleting it. */
    private void removeIfOld(RunDirectory directory) throws IOException {
        if (isOld(directory.root())) {
            removeDead(directory);
        }
    }

    private void removeDead(RunDirectory directory) throws IOException {
        if (!directory.usedDocker() || containersRemoved(directory)) {
            LOG.info("removing the abandoned run {}", directory.root());
            directory.delete();
        }
    }

    /**
     * Removes what a run of this process kept, now that it is over. Where the daemon went away a container of it may be
     * left: then the run's marks stay, for a later run to remove both.
     */
    void discard(RunDirectory directory, boolean succeeded) throws IOException {
        if (succeeded || !directory.usedDocker() || containersRemoved(directory)) {
            directory.delete();
        } else {
            directory.deleteAllButMarks();
        }
    }

    private boolean containersRemoved(RunDirectory directory) {
        if (mode == DockerMode.OFF) {
            return false;
        }
        try {
            RunId run = new RunId(String.valueOf(directory.root().getFileName()));
            // One whose lease cannot be judged from here stays, and the run's marks with it.
            return RunContainers.removed(docker.client(), DockerOptions.ownerOf(run));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (StepException | DockerFailureException e) {
            LOG.info("cannot remove the containers of {} yet: {}", directory.root(), e.getMessage());
            return false;
        }
    }
}
