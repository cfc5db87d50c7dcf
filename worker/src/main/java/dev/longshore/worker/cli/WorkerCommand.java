package dev.longshore.worker.cli;

import dev.longshore.dashboard.DashboardStartException;
import dev.longshore.pipeline.PipelineLoader;
import dev.longshore.pipeline.StepTypes;
import dev.longshore.redis.QueueSelection;
import dev.longshore.step.Durations;
import dev.longshore.worker.HealthFile;
import dev.longshore.worker.pool.Pool;
import dev.longshore.worker.pool.PoolWorker;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code longshore worker}: works on a pool's runs until it is told to stop. */
@Command(
        name = "worker",
        description =
                "Works on the runs of a pool until it is told to stop, with SIGTERM or Ctrl-C: then it takes no more"
                        + " jobs, and what does not end within the grace time goes back into its queue. A second signal ends the"
                        + " grace time.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "  0:stopped as it was told to",
            "  1:cannot work, or not any more",
            "  2:wrong usage or bad input"
        })
final class WorkerCommand implements Callable<Integer> {
    @Option(
            names = {"-c", "--concurrency"},
            paramLabel = "N",
            description = "How many jobs run at once (default: ${DEFAULT-VALUE}).")
    private int concurrency = 2;

    @Option(
            names = "--queues",
            paramLabel = "A,B=3",
            split = ",",
            description =
                    "Take jobs from these queues only: each step has one of its name; others are preflight and publish."
                            + " The first goes before the next, unless any has a weight: then each is asked first as often as its"
                            + " weight says. All queues if not given.")
    private List<String> queues = List.of();

    @Option(
            names = "--grace",
            paramLabel = "DURATION",
            description = "How long running steps may go on once this worker is to stop (default: ${DEFAULT-VALUE}).")
    private String grace = "30s";

    @Option(
            names = "--new-work-directory",
            description =
                    "Take this work directory for the pool's, although it had another: that one is gone for good.")
    private boolean newWorkDirectory;

    @Option(
            names = {"-q", "--quiet"},
            description = "Say nothing but what is wrong.")
    private boolean quiet;

    @Mixin
    private WorkOptions workOptions = new WorkOptions();

    @Mixin
    private WorkerDashboardOptions dashboard = new WorkerDashboardOptions();

    @Mixin
    private RedisOptions redisOptions = new RedisOptions();

    @Mixin
    private DockerOptions dockerOptions = new DockerOptions();

    @Mixin
    private WorkDirectory work = new WorkDirectory();

    @Override
    public Integer call() throws IOException, InterruptedException, DashboardStartException {
        if (concurrency < 1) {
            throw new BadInputException("--concurrency must be at least 1");
        }
        Duration patience = Durations.parse(grace)
                .orElseThrow(() -> new BadInputException("--grace must be a duration such as 30s, not " + grace));
        Pool.Settings pool = redisOptions.required(work.path());
        dockerOptions.readPolicy(
                work.path(),
                Stream.of(pool.sealKeyFile().stream(), redisOptions.secretFiles(), dashboard.secretFiles())
                        .flatMap(files -> files)
                        .toArray(Path[]::new));
        StepTypes types = StepTypes.onClassPath();
        PoolWorker.Settings settings = new PoolWorker.Settings(
                pool,
                DockerOptions.machine() + ":" + ProcessHandle.current().pid(),
                concurrency,
                selection(),
                workOptions.threads(),
                patience,
                dashboard.settings(),
                newWorkDirectory,
                HealthFile.named(System.getenv()));
        PoolWorker.Stop stop = new PoolWorker.Stop();
        if (!Signals.handle(stop::tell)) {
            Runtime.getRuntime().addShutdownHook(new Thread(stop::tell));
        }
        try (DockerOptions daemon = dockerOptions.openAudit()) {
            PoolWorker.Preparation images =
                    () -> workOptions.buildImages(daemon, new PipelineLoader(types).standard(), types, quiet);
            boolean ended =
                    new PoolWorker(settings, types, daemon::ownedBy, images).run(stop, new Announcements(settings));
            return ended ? ExitCode.SUCCEEDED : ExitCode.FAILED;
        }
    }

    private QueueSelection selection() {
        if (queues.isEmpty()) {
            return QueueSelection.all();
        }
        try {
            return queues.stream().noneMatch(queue -> queue.contains("="))
                    ? QueueSelection.inOrder(queues)
                    : QueueSelection.byWeight(weights());
        } catch (IllegalArgumentException e) {
            throw new BadInputException("--queues: " + e.getMessage());
        }
    }

    private Map<String, Integer> weights() {
        Map<String, Integer> weights = new LinkedHashMap<>();
        for (String queue : queues) {
            String[] parts = queue.split("=", 2);
            try {
                weights.put(parts[0], parts.length == 1 ? 1 : Integer.parseInt(parts[1]));
            } catch (NumberFormatException e) {
                throw new BadInputException("--queues: the weight of " + parts[0] + " is no whole number: " + parts[1]);
            }
        }
        return weights;
    }

    /** What is said on standard error. */
    private final class Announcements implements PoolWorker.Listener {
        private final PoolWorker.Settings settings;

        private Announcements(PoolWorker.Settings settings) {
            this.settings = settings;
        }

        @Override
        public void started() {
            say("worker of pool " + settings.pool().name() + " at "
                    + settings.pool().redis() + " takes jobs from " + settings.queues() + ", " + settings.workers()
                    + " at once");
        }

        @Override
        public void serves(URI dashboard) {
            say("the dashboard is at " + dashboard);
        }

        @Override
        public void draining(int jobs) {
            say("stopping: " + jobs + (jobs == 1 ? " job has " : " jobs have ") + Durations.format(settings.grace())
                    + " to end, then " + (jobs == 1 ? "it goes" : "they go") + " to another worker");
        }

        private void say(String text) {
            if (!quiet) {
                PrintStream err = System.err;
                err.println("longshore: " + text);
            }
        }
    }
}
