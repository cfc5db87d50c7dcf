package dev.longshore.worker.cli;

import dev.longshore.docker.DockerFailureException;
import dev.longshore.docker.GuardedDocker;
import dev.longshore.run.DockerMode;
import dev.longshore.run.RunId;
import dev.longshore.run.RunState;
import dev.longshore.step.DockerAccess;
import dev.longshore.step.StepException;
import dev.longshore.worker.RunDirectory;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What runs left behind whose process was killed: their directories, and their containers where there is Docker. */
final class AbandonedRuns {
    private static final Logger LOG = LoggerFactory.getLogger(AbandonedRuns.class);

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
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(work, "r-*")) {
            for (Path path : directories) {
                removeIfDead(new RunDirectory(path));
            }
        } catch (IOException e) {
            LOG.warn("cannot look for abandoned runs in {}", work, e);
        }
    }

    private void removeIfDead(RunDirectory directory) {
        try {
            // Without a lock file the run is just being made, or was killed in that instant: its lock tells, once it is
            // there.
            if (!Files.exists(directory.lockFile())) {
                return;
            }
            Optional<FileChannel> lock = RunLock.locked(directory.lockFile());
            if (lock.isEmpty()) {
                return;
            }
            try (FileChannel held = lock.get()) {
                if (!directory.usedDocker() || containersRemoved(directory)) {
                    LOG.info("removing the abandoned run {}", directory.root());
                    directory.delete();
                }
            }
        } catch (IOException e) {
            LOG.warn("cannot remove the abandoned run {}", directory.root(), e);
        }
    }

    /**
     * Removes what a run of this process kept, now that it is over. Where the daemon went away, a container of it may be
     * left: then the run's mark stays, for a later run to remove both.
     */
    void discard(RunDirectory directory, RunState ended) throws IOException {
        if (ended == RunState.SUCCEEDED || !directory.usedDocker() || containersRemoved(directory)) {
            directory.delete();
        } else {
            directory.deleteAllButMark();
        }
    }

    private boolean containersRemoved(RunDirectory directory) {
        if (mode == DockerMode.OFF) {
            return false;
        }
        try {
            GuardedDocker client = docker.client();
            RunId run = new RunId(String.valueOf(directory.root().getFileName()));
            client.removeLeftovers(DockerOptions.ownerOf(run));
            return true;
        } catch (StepException | DockerFailureException e) {
            LOG.info("cannot remove the containers of {} yet: {}", directory.root(), e.getMessage());
            return false;
        }
    }
}
