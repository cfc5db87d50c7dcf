package dev.longshore.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.docker.DockerFailure;
import dev.longshore.pipeline.Pipeline;
import dev.longshore.run.DockerMode;
import dev.longshore.run.RunId;
import dev.longshore.run.RunSpec;
import dev.longshore.source.Source;
import dev.longshore.step.DockerAccess;
import dev.longshore.step.StepException;
import dev.longshore.step.StepFailure;
import dev.longshore.worker.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What dead runs leave, without their containers: those are in tests-integration, with a real daemon. */
class AbandonedRunsTest {
    private static final DockerAccess AWAY = () -> {
        throw new StepException(new StepFailure.Docker(new DockerFailure.SocketAbsent(List.of("/run/docker.sock"))));
    };

    @TempDir
    Path temporary;

    private Path work() {
        return temporary.resolve("work");
    }

    private RunSpec newRun() {
        Instant now = Instant.now();
        return new RunSpec(
                RunId.next(now),
                new Source.Directory(temporary, Optional.empty()),
                new Pipeline("none", List.of()),
                DockerMode.AUTO,
                temporary.resolve("out"),
                now);
    }

    private RunDirectory deadRun() throws IOException {
        RunSpec spec = newRun();
        RunDirectory directory = RunDirectory.of(work(), spec.id());
        // Its process let go of the locks by dying; that the files stay is what being killed looks like.
        RunLock.take(work(), spec).close();
        Files.createDirectories(directory.part("filesystem"));
        return directory;
    }

    private void remove(DockerMode mode) {
        new AbandonedRuns(work(), AWAY, mode).remove();
    }

    @Test
    void aDeadRunsDirectoryIsRemoved() throws IOException {
        RunDirectory dead = deadRun();

        remove(DockerMode.AUTO);

        assertThat(dead.root()).doesNotExist();
    }

    @Test
    void aLivingRunsDirectoryStays() throws IOException {
        RunSpec living = newRun();
        try (RunLock lock = RunLock.take(work(), living)) {
            remove(DockerMode.AUTO);

            assertThat(RunDirectory.of(work(), living.id()).root()).exists();
        }
    }

    @Test
    void aDeadRunThatMayHaveContainersStaysUntilTheDaemonIsBack() throws IOException {
        RunDirectory dead = deadRun();
        dead.markDocker();

        remove(DockerMode.AUTO);
        remove(DockerMode.OFF);

        assertThat(dead.root()).exists();
    }

    @Test
    void aDirectoryWithoutALockIsRemovedOnceItIsOld() throws IOException {
        RunDirectory dead = deadRun();
        Files.delete(dead.lockFile());

        remove(DockerMode.AUTO);
        assertThat(dead.root()).exists();

        Files.setLastModifiedTime(dead.root(), FileTime.from(Instant.now().minus(Duration.ofHours(2))));
        remove(DockerMode.AUTO);
        assertThat(dead.root()).doesNotExist();
    }

    @Test
    void aFailedRunWhoseContainerMayBeLeftKeepsItsMarksOnly() throws IOException {
        RunDirectory ended = deadRun();
        ended.markDocker();
        AbandonedRuns abandoned = new AbandonedRuns(work(), AWAY, DockerMode.AUTO);

        abandoned.discard(ended, false);
        assertThat(ended.usedDocker()).isTrue();
        assertThat(ended.part("filesystem")).doesNotExist();

        abandoned.discard(ended, true);
        assertThat(ended.root()).doesNotExist();
    }

    @Test
    void oneRunAtATimeMayPublishToADirectory() throws IOException {
        RunSpec second = newRun();
        try (RunLock first = RunLock.take(work(), newRun())) {
            assertThatThrownBy(() -> RunLock.take(work(), second))
                    .isInstanceOf(BadInputException.class)
                    .hasMessage("another run is about to publish to " + temporary.resolve("out"));
            assertThat(RunDirectory.of(work(), second.id()).root()).doesNotExist();
        }
        RunLock.take(work(), second).close();
    }
}
