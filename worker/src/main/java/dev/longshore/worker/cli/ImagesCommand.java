package dev.longshore.worker.cli;

import dev.longshore.blarify.AnalyserImage;
import dev.longshore.docker.DockerFailure;
import dev.longshore.docker.DockerFailureException;
import dev.longshore.docker.GuardedDocker;
import dev.longshore.docker.ImageInfo;
import dev.longshore.step.Durations;
import dev.longshore.step.Sizes;
import dev.longshore.step.StepException;
import dev.longshore.step.StepFailure;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code longshore images}: the images that the analysers run in, which no registry has. */
@Command(
        name = "images",
        description = "Builds and lists the analysers' images.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {ImagesCommand.Build.class, ImagesCommand.ListImages.class})
final class ImagesCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command: build or list");
    }

    /** {@code longshore images build}. */
    @Command(
            name = "build",
            description = "Builds the analysers' images on the Docker daemon, unless they are there.",
            mixinStandardHelpOptions = true)
    static final class Build implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
        private CommandSpec spec;

        @Option(
                names = "--base",
                paramLabel = "IMAGE",
                description = "The image to build on: Debian or Ubuntu with Python 3.11 or newer.")
        private @Nullable String base;

        @Option(
                names = "--wheels",
                paramLabel = "DIR",
                description = "Take the Python packages from this directory instead of the package index.")
        private @Nullable Path wheels;

        @Option(names = "--force", description = "Build them even if they are there.")
        private boolean force;

        @Option(
                names = "--timeout",
                paramLabel = "DURATION",
                defaultValue = "30m",
                description = "How long the build may take (default: ${DEFAULT-VALUE}).")
        private String timeout = "30m";

        @Option(
                names = {"-q", "--quiet"},
                description = "Do not show the build's log.")
        private boolean quiet;

        @Mixin
        private DockerOptions dockerOptions = new DockerOptions();

        @Override
        public Integer call() throws IOException, InterruptedException {
            Duration deadline = Durations.parse(timeout)
                    .orElseThrow(
                            () -> new BadInputException("--timeout must be a duration such as 30m, not " + timeout));
            if (wheels != null && !Files.isDirectory(wheels)) {
                throw new BadInputException("there is no directory " + wheels);
            }
            AnalyserImage image = AnalyserImage.ofThisVersion();
            PrintStream err = System.err;
            return withDocker(dockerOptions, err, docker -> {
                AnalyserImage.Outcome outcome = image.build(
                        docker,
                        new AnalyserImage.Options(
                                Optional.ofNullable(base), Optional.ofNullable(wheels), force, deadline),
                        line -> {
                            if (!quiet) {
                                err.println(line);
                            }
                        });
                spec.commandLine()
                        .getOut()
                        .println(image.reference()
                                + (outcome == AnalyserImage.Outcome.BUILT ? " built" : " was there already"));
            });
        }
    }

    /** {@code longshore images list}. */
    @Command(
            name = "list",
            description = "Lists the analysers' images, and whether the daemon has them.",
            mixinStandardHelpOptions = true)
    static final class ListImages implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
        private CommandSpec spec;

        @Mixin
        private DockerOptions dockerOptions = new DockerOptions();

        @Override
        public Integer call() throws IOException, InterruptedException {
            AnalyserImage image = AnalyserImage.ofThisVersion();
            return withDocker(dockerOptions, System.err, docker -> {
                Optional<ImageInfo> found = image.find(docker);
                TextTable table = new TextTable("analyser", "image", "on the daemon");
                table.row(
                        "blarify",
                        image.reference(),
                        found.map(info -> Sizes.format(info.sizeBytes())).orElse("no: longshore images build"));
                PrintWriter out = spec.commandLine().getOut();
                out.print(table);
                // It flushes by itself at the end of a println only.
                out.flush();
            });
        }
    }

    private interface DockerWork {
        void with(GuardedDocker docker) throws IOException, InterruptedException;
    }

    private static int withDocker(DockerOptions options, PrintStream err, DockerWork work)
            throws IOException, InterruptedException {
        try (DockerOptions daemon = options) {
            work.with(daemon.client());
            return ExitCode.SUCCEEDED;
        } catch (StepException e) {
            return explain(err, e.failure());
        } catch (DockerFailureException e) {
            if (e.failure() instanceof DockerFailure.BuildFailed failed) {
                failed.lastLines().forEach(line -> err.println("  " + line));
            }
            return explain(err, new StepFailure.Docker(e.failure()));
        }
    }

    private static int explain(PrintStream err, StepFailure failure) {
        err.println("longshore: " + failure.message());
        failure.fix().lines().forEach(line -> err.println("  fix: " + line));
        return ExitCode.FAILED;
    }
}
