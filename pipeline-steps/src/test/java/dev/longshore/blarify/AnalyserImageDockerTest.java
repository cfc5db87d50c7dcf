package dev.longshore.blarify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.docker.DockerFailure;
import dev.longshore.docker.DockerFailureException;
import dev.longshore.docker.DockerSettings;
import dev.longshore.docker.GuardedDocker;
import dev.longshore.docker.ImageInfo;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("docker")
@Timeout(600)
class AnalyserImageDockerTest {
    private final AnalyserImage image = AnalyserImage.ofThisVersion();
    private GuardedDocker docker;

    @BeforeEach
    void open() {
        docker = GuardedDocker.open(DockerSettings.of("analyser-image-test"));
    }

    @AfterEach
    void close() {
        docker.close();
    }

    @Test
    void anImageThatIsThereIsNotBuiltAgain() throws Exception {
        BuiltImage.ensure(docker);
        List<String> log = new ArrayList<>();
        assertThat(image.build(docker, BuiltImage.options(false), log::add)).isEqualTo(AnalyserImage.Outcome.WAS_THERE);
        assertThat(image.build(docker, AnalyserImage.Options.STANDARD, log::add))
                .as("whoever names no base takes what is there")
                .isEqualTo(AnalyserImage.Outcome.WAS_THERE);
        assertThat(log).isEmpty();
        ImageInfo found = image.find(docker).orElseThrow();
        assertThat(found.labels())
                .containsEntry(AnalyserImage.BASE_LABEL, BuiltImage.BASE)
                .hasEntrySatisfying(
                        AnalyserImage.CONTEXT_LABEL,
                        digest -> assertThat(image.reference()).endsWith(":" + digest.substring(0, 12)));
    }

    @Test
    void aForcedBuildBuildsAndTellsHow() throws Exception {
        List<String> log = new ArrayList<>();
        assertThat(image.build(docker, BuiltImage.options(true), log::add)).isEqualTo(AnalyserImage.Outcome.BUILT);
        assertThat(log).anyMatch(line -> line.contains("FROM"));
        assertThat(image.find(docker)).isPresent();
    }

    @Test
    void aBaseThatIsNotThereFailsTheBuild() {
        assertThatThrownBy(() -> image.build(
                        docker,
                        new AnalyserImage.Options(
                                Optional.of("example.invalid/none:1"), Optional.empty(), false, Duration.ofMinutes(2)),
                        line -> {}))
                .isInstanceOfSatisfying(
                        DockerFailureException.class,
                        e -> assertThat(e.failure())
                                .isInstanceOf(DockerFailure.BuildFailed.class)
                                .satisfies(
                                        failure -> assertThat(failure.message()).contains("example.invalid")));
    }

    @Test
    void aDirectoryWithoutWheelsIsNamed(@TempDir Path empty) {
        assertThatThrownBy(() -> image.build(
                        docker,
                        new AnalyserImage.Options(Optional.empty(), Optional.of(empty), true, Duration.ofMinutes(1)),
                        line -> {}))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining(empty + ": no wheels (*.whl) in it");
    }
}
