package dev.longshore.worker.cli;

import dev.longshore.docker.DirectoryLeases;
import dev.longshore.graph.GraphDirectory;
import dev.longshore.pipeline.StepTypes;
import dev.longshore.run.DockerMode;
import dev.longshore.run.Run;
import dev.longshore.run.RunSpec;
import dev.longshore.step.StepFailure;
import dev.longshore.worker.OwnerOnly;
import dev.longshore.worker.pool.Pool;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code longshore ingest}: one run from its source to its graph, on this machine or by a pool's workers. */
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
    /** Codes of what is wrong with the input rather than with the run. */
    private static final Set<String> BAD_INPUT = Set.of("SOURCE_UNAVAILABLE", "OUTPUT_REFUSED");

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
    private CommandSpec spec;

    @Option(names = "--json", description = "Print the result as one JSON object.")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "Show no progress.")
    private boolean quiet;

    @Mixin
    private WorkOptions workOptions = new WorkOptions();

    @Mixin
    private RunOptions options = new RunOptions();

    @Mixin
    private DockerOptions dockerOptions = new DockerOptions();

    @Mixin
    private WorkDirectory work = new WorkDirectory();

    @Mixin
    private RedisOptions redisOptions = new RedisOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Optional<Pool.Settings> pool = redisOptions.given(work.path());
        return pool.isPresent() ? inPool(pool.get()) : here();
    }

    private int inPool(Pool.Settings pool) throws IOException, InterruptedException {
        for (String option : List.of("--threads", "--no-image-build", "--docker-host", "--audit", "--policy")) {
            if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
                throw new BadInputException(option + " is the workers' to know: with --redis they do the run");
            }
        }
        PoolRun run = new PoolRun(pool, options.spec(StepTypes.onClassPath()));
        try (Interrupts interrupts = new Interrupts(run::cancel)) {
            return report(run.run(quiet ? ProgressStyle.NONE : ProgressStyle.detect(), System.err));
        }
    }

    private int here() throws IOException, InterruptedException {
        int threads = workOptions.threads();
        StepTypes types = StepTypes.onClassPath();
        RunSpec run = options.spec(types);
        Optional<String> refusal = new GraphDirectory(run.out()).refusal(Optional.empty());
        if (refusal.isPresent()) {
            throw new BadInputException(refusal.get());
        }
        dockerOptions.readPolicy(work.path());
        OwnerOnly.createDirectories(work.path());
        try (DirectoryLeases lease = DirectoryLeases.take(work.path());
                DockerOptions daemon = dockerOptions.openAudit().under(lease)) {
            LocalRun local = new LocalRun(run, types, daemon, work.path(), threads);
            // Closed when the report is out: a process that was told to end waits for that too.
            try (Interrupts interrupts = new Interrupts(local::cancel)) {
                ProgressStyle style = quiet ? ProgressStyle.NONE : ProgressStyle.detect();
                return report(local.run(() -> prepare(run, types, daemon), style, System.err));
            }
        }
    }

    private void prepare(RunSpec run, StepTypes types, DockerOptions daemon) throws InterruptedException {
        if (options.docker() != DockerMode.OFF) {
            workOptions.buildImages(daemon, run.pipeline(), types, quiet);
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
                .filter(failure -> BAD_INPUT.contains(failure.code()))
                .map(StepFailure::message);
    }
}
