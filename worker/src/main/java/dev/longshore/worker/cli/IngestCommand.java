package dev.longshore.worker.cli;

import dev.longshore.filesystem.FilesystemStep;
import dev.longshore.graph.GraphDirectory;
import dev.longshore.pipeline.InvalidPipelineException;
import dev.longshore.pipeline.Pipeline;
import dev.longshore.pipeline.PipelineLoader;
import dev.longshore.pipeline.StepSpec;
import dev.longshore.pipeline.StepTypes;
import dev.longshore.run.DockerMode;
import dev.longshore.run.Run;
import dev.longshore.run.RunId;
import dev.longshore.run.RunSpec;
import dev.longshore.source.GitUrl;
import dev.longshore.source.InvalidSourceException;
import dev.longshore.source.Source;
import dev.longshore.source.Sources;
import dev.longshore.step.DockerAccess;
import dev.longshore.step.StepFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code longshore ingest}: one run on this machine, from its source to its graph. */
@Command(
        name = "ingest",
        description = "Ingests a source into a graph: nodes.jsonl, edges.jsonl and manifest.json.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "  0:succeeded",
            "  1:failed",
            "  2:wrong usage or bad input",
            "  3:degraded: an optional Docker step was skipped",
            "130:interrupted"
        })
final class IngestCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
    private CommandSpec spec;

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

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "How many threads a step may use; the number of processors if not given.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--no-image-build",
            description = "Do not build the analyser image where the daemon lacks it; treat it as a missing Docker.")
    private boolean noImageBuild;

    @Option(names = "--json", description = "Print the result as one JSON object.")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "Show no progress.")
    private boolean quiet;

    @Mixin
    private DockerOptions dockerOptions = new DockerOptions();

    @Mixin
    private WorkDirectory work = new WorkDirectory();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (threads < 1) {
            throw new BadInputException("--threads must be at least 1");
        }
        StepTypes types = StepTypes.onClassPath();
        RunSpec run = new RunSpec(
                RunId.next(Instant.now()), source(), pipeline(types), docker, outDirectory(), Instant.now());
        Optional<String> refusal = new GraphDirectory(run.out()).refusal(Optional.empty());
        if (refusal.isPresent()) {
            throw new BadInputException(refusal.get());
        }
        try (DockerOptions daemon = dockerOptions) {
            LocalRun local = new LocalRun(run, types, daemon, work.path(), threads);
            // Closed when the report is out: a process that was told to end waits for that too.
            try (Interrupts interrupts = new Interrupts(local::cancel)) {
                ProgressStyle style = quiet ? ProgressStyle.NONE : ProgressStyle.detect();
                return report(local.run(() -> prepare(run, types, daemon), style, System.err));
            }
        }
    }

    private void prepare(RunSpec run, StepTypes types, DockerAccess daemon) throws InterruptedException {
        if (docker != DockerMode.OFF && !noImageBuild) {
            new FirstUse(daemon, System.err, quiet).buildImage(run.pipeline(), types);
        }
    }

    private int report(Run ended) {
        Optional<String> badInput = badInput(ended);
        if (badInput.isPresent() && !json) {
            throw new BadInputException(badInput.get());
        }
        RunReport report = new RunReport(ended, Instant.now());
        PrintWriter out = spec.commandLine().getOut();
        out.print(json ? report.json() : report.table());
        out.flush();
        return badInput.isPresent() ? ExitCode.BAD_INPUT : ExitCode.of(ended.state());
    }

    /** What only the run's first job can tell of the input: a URL without a repository, a graph of another one. */
    private static Optional<String> badInput(Run ended) {
        return ended.failure()
                .filter(failure -> failure instanceof StepFailure.SourceUnavailable
                        || failure instanceof StepFailure.OutputRefused)
                .map(StepFailure::message);
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
