package dev.longshore.worker.cli;

import dev.longshore.filesystem.FilesystemStep;
import dev.longshore.pipeline.InvalidPipelineException;
import dev.longshore.pipeline.Pipeline;
import dev.longshore.pipeline.PipelineLoader;
import dev.longshore.pipeline.StepSpec;
import dev.longshore.pipeline.StepTypes;
import dev.longshore.run.DockerMode;
import dev.longshore.run.RunId;
import dev.longshore.run.RunSpec;
import dev.longshore.source.GitUrl;
import dev.longshore.source.InvalidSourceException;
import dev.longshore.source.Source;
import dev.longshore.source.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a run is to do, for every command that starts one. */
final class RunOptions {
    @Parameters(paramLabel = "SOURCE", description = "A directory, or the URL of a git repository.")
    private String source = "";

    @Option(
            names = {"-o", "--out"},
            paramLabel = "DIR",
            description = "Where to publish the graph; longshore-out/NAME if not given.")
    private @Nullable Path out;

    @Option(names = "--pipeline", paramLabel = "FILE", description = "A pipeline in YAML instead of the default one.")
    private @Nullable Path pipelineFile;

    @Option(names = "--steps", paramLabel = "A,B", split = ",", description = "Only these steps of the pipeline.")
    private List<String> steps = List.of();

    @Option(names = "--ref", description = "The branch, tag or full commit id to ingest.")
    private @Nullable String ref;

    @Option(names = "--name", description = "What to call the repository instead of what its origin or directory says.")
    private @Nullable String name;

    @Option(
            names = "--ignore",
            paramLabel = "PATTERN",
            description = "Leave out what this .gitignore pattern matches; may be given more than once.")
    private List<String> ignore = List.of();

    @Option(
            names = "--docker",
            paramLabel = "MODE",
            description = "auto: skip optional Docker steps where there is no Docker (default); required: fail then;"
                    + " off: leave Docker steps out.")
    private DockerMode docker = DockerMode.AUTO;

    DockerMode docker() {
        return docker;
    }

    /** A new run; throws BadInputException where it cannot be as it is asked for. */
    RunSpec spec(StepTypes types) {
        Instant now = Instant.now();
        return new RunSpec(RunId.next(now), source(), pipeline(types), docker, outDirectory(), now);
    }

    private Source source() {
        try {
            return Sources.parse(source, Optional.ofNullable(ref), Optional.ofNullable(name));
        } catch (InvalidSourceException e) {
            throw new BadInputException(String.valueOf(e.getMessage()));
        }
    }

    private Pipeline pipeline(StepTypes types) {
        PipelineLoader loader = new PipelineLoader(types);
        try {
            Pipeline all = pipelineFile == null ? loader.standard() : load(loader, pipelineFile);
            Pipeline chosen = steps.isEmpty() ? all : all.only(new LinkedHashSet<>(steps));
            return withIgnore(chosen);
        } catch (InvalidPipelineException e) {
            throw new BadInputException(String.valueOf(e.getMessage()));
        }
    }

    /** The patterns of the command line come after those of the pipeline. */
    private Pipeline withIgnore(Pipeline chosen) {
        if (ignore.isEmpty()) {
            return chosen;
        }
        StepSpec filesystem = chosen.steps().stream()
                .filter(step -> step.type().equals(FilesystemStep.TYPE))
                .findFirst()
                .orElseThrow(() ->
                        new BadInputException("--ignore is for the filesystem step, which this pipeline has not"));
        List<String> patterns = new ArrayList<>(filesystem.options().texts(FilesystemStep.IGNORE_OPTION));
        patterns.addAll(ignore);
        return chosen.withOption(FilesystemStep.TYPE, FilesystemStep.IGNORE_OPTION, patterns);
    }

    private static Pipeline load(PipelineLoader loader, Path file) {
        if (!Files.isRegularFile(file)) {
            throw new BadInputException("there is no pipeline file " + file);
        }
        try {
            return loader.load(file);
        } catch (IOException e) {
            throw new BadInputException("cannot read the pipeline " + file + ": " + e.getMessage());
        }
    }

    private Path outDirectory() {
        Path chosen = out == null ? Path.of("longshore-out", defaultName()) : out;
        return chosen.toAbsolutePath().normalize();
    }

    /** The source's name, as a directory can have it. */
    private String defaultName() {
        String text = name;
        if (text == null) {
            Path path = GitUrl.looksLikeOne(source) && !Files.exists(Path.of(source))
                    ? Path.of(GitUrl.name(source))
                    : Path.of(source).toAbsolutePath().normalize();
            text = path.getFileName() == null ? "root" : path.getFileName().toString();
        }
        String safe = text.replaceAll("[^A-Za-z0-9._-]", "-").replaceFirst("^[.-]+", "");
        return safe.isEmpty() ? "graph" : safe;
    }
}
