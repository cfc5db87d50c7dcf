package dev.longshore.docker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("docker")
@Tag("engines")
class ImageBuildDockerTest {
    private static final String TAG =
            "longshore-test-build:" + ProcessHandle.current().pid();
    /** Seconds that no other container sleeps for. */
    private static final long SLEEP = 1_000_000 + ProcessHandle.current().pid();
    /** How often, 20 ms apart, no step of a build may be there before there is none for good. */
    private static final int LOOKS_OF_QUIET = 25;

    private static TestDaemon daemon;

    private final List<String> log = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void connect() throws InterruptedException {
        daemon = new TestDaemon("build-test-" + ProcessHandle.current().pid());
    }

    @AfterAll
    static void close() {
        daemon.close();
    }

    @AfterEach
    void removeImage() throws InterruptedException {
        try {
            daemon.guard.image(TAG);
        } catch (DockerFailureException e) {
            assertThat(e.failure()).isInstanceOf(DockerFailure.ImageMissing.class);
            return;
        }
        daemon.call(Call.delete("remove image", "/images/" + TAG + "?force=true", Duration.ofSeconds(20)));
    }

    private static ImageBuild.Builder dockerfile(String... lines) {
        String text = "FROM " + TestDaemon.IMAGE + "\n" + String.join("\n", lines) + "\n";
        return ImageBuild.builder(TAG).file("Dockerfile", text.getBytes(UTF_8));
    }

    @Test
    void imageHasTheFilesArgumentsAndLabels(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("from disk"), "disk");
        String longName = "deep/" + "d".repeat(120) + "/ünï";
        ImageBuild build = dockerfile(
                        "ARG WHO",
                        "COPY . /context/",
                        "RUN echo hello $WHO; sed -n 's/^ *\\([^ ]*\\):.*/net \\1/p' /proc/net/dev",
                        "USER 1000")
                .file("a/b.txt", "bytes".getBytes(UTF_8))
                .file("c.txt", file)
                .file(longName, "long".getBytes(UTF_8))
                .argument("WHO", "w&rld ☃")
                .label("key", "value = \"quoted\"")
                .build();

        daemon.guard.buildImage(build, log::add);

        assertThat(log)
                .contains("hello w&rld ☃", "net lo")
                .doesNotContain("net eth0")
                .noneMatch(l -> l.contains("\n"));
        ImageInfo image = daemon.guard.image(TAG);
        assertThat(image.labels()).containsEntry("key", "value = \"quoted\"");
        // Podman's names are whole.
        assertThat(image.tags()).anyMatch(tag -> tag.equals(TAG) || tag.equals("docker.io/library/" + TAG));
        RecordingListener listener = new RecordingListener();
        daemon.guard.run(
                ContainerRequest.builder(TAG, "r", "s")
                        .command("sh", "-c", "cat /context/a/b.txt /context/c.txt '/context/" + longName + "'; id -u")
                        .build(),
                listener);
        assertThat(listener.stdout).containsExactly("bytesdisklong65534");
    }

    @Test
    void failingStepIsTypedWithItsLastLines() {
        ImageBuild build =
                dockerfile("RUN echo one && echo the reason >&2 && exit 7").build();

        assertThatThrownBy(() -> daemon.guard.buildImage(build, log::add))
                .isInstanceOfSatisfying(
                        DockerFailureException.class,
                        e -> assertThat(e.failure()).isInstanceOfSatisfying(DockerFailure.BuildFailed.class, failed -> {
                            assertThat(failed.detail()).contains("7");
                            assertThat(failed.lastLines()).contains("one", "the reason");
                        }));
    }

    @Test
    void dockerfileThatCannotBeReadIsTyped() {
        ImageBuild wrong = ImageBuild.builder(TAG)
                .file("Dockerfile", "FROM longshore.invalid/none:1".getBytes(UTF_8))
                .build();
        ImageBuild syntax = dockerfile("NOSUCH instruction").build();

        for (ImageBuild build : List.of(wrong, syntax)) {
            assertThatThrownBy(() -> daemon.guard.buildImage(build, log::add))
                    .isInstanceOf(DockerFailureException.class);
        }
    }

    @Test
    void contextFileThatIsMissingIsSaid(@TempDir Path directory) {
        ImageBuild build = dockerfile().file("x", directory.resolve("none")).build();

        assertThatThrownBy(() -> daemon.guard.buildImage(build, log::add)).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void deadlineAndInterruptEndTheBuildOnTheDaemonToo() throws Exception {
        assertThatThrownBy(() -> daemon.guard.buildImage(
                        dockerfile("RUN echo up; sleep " + SLEEP)
                                .deadline(Duration.ofSeconds(2))
                                .build(),
                        log::add))
                .isInstanceOfSatisfying(
                        DockerFailureException.class,
                        e -> assertThat(e.failure()).isInstanceOf(DockerFailure.Timeout.class));
        CountDownLatch up = new CountDownLatch(1);
        InBackground<String> building = new InBackground<>(() -> {
            daemon.guard.buildImage(dockerfile("RUN echo up2; sleep " + SLEEP).build(), line -> {
                if (line.equals("up2")) {
                    up.countDown();
                }
            });
            return "the whole image";
        });
        assertThat(up.await(20, TimeUnit.SECONDS)).isTrue();
        building.thread.interrupt();

        assertThat(building.awaitFailure(Duration.ofSeconds(10))).isInstanceOf(InterruptedException.class);
        awaitNoBuildSteps();
    }

    /** A step that was being started when its build was given up may still come up before it is killed. */
    private static void awaitNoBuildSteps() throws IOException, InterruptedException {
        int[] quiet = {0};
        boolean none = Waiting.until(Duration.ofSeconds(20), () -> {
            quiet[0] = noBuildSteps() ? quiet[0] + 1 : 0;
            return quiet[0] == LOOKS_OF_QUIET;
        });
        assertThat(none).as("within 20 s no step of the builds runs any more").isTrue();
    }

    private static boolean noBuildSteps() throws InterruptedException {
        for (var container : daemon.call(Call.get("list", "/containers/json", Duration.ofSeconds(10)))) {
            if (container.path("Command").asText().contains("sleep " + SLEEP)) {
                return false;
            }
        }
        return true;
    }

    @Test
    void logThatThrowsEndsIt() {
        IllegalStateException enough = new IllegalStateException("enough");

        assertThatThrownBy(
                        () -> daemon.guard.buildImage(dockerfile("RUN echo x").build(), line -> {
                            throw enough;
                        }))
                .isSameAs(enough);
    }
}
