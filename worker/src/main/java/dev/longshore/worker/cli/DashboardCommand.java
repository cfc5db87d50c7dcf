package dev.longshore.worker.cli;

import dev.longshore.dashboard.DashboardServer;
import dev.longshore.dashboard.DashboardSettings;
import dev.longshore.dashboard.DashboardStartException;
import dev.longshore.worker.HealthFile;
import dev.longshore.worker.pool.Pool;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.utils.mapper.jackson.JacksonJsonMapper;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code longshore dashboard}: serves the dashboard of a pool until it is told to stop. */
@Command(
        name = "dashboard",
        description =
                "Serves the dashboard of a pool until it is told to stop, with SIGTERM or Ctrl-C: its jobs, with their"
                        + " progress and logs, and its workers. Prints its address once it answers.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "  0:stopped as it was told to",
            "  1:cannot listen, or cannot use Redis",
            "  2:wrong usage or bad input"
        })
final class DashboardCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
    private CommandSpec spec;

    @Mixin
    private DashboardOptions dashboard = new DashboardOptions();

    @Mixin
    private RedisOptions redis = new RedisOptions();

    @Mixin
    private WorkDirectory work = new WorkDirectory();

    @Override
    public Integer call() throws IOException, InterruptedException, DashboardStartException {
        DashboardSettings settings = dashboard.settings();
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        try (Pool pool = redis.open(work)) {
            pool.storage().setJobMapper(new JobMapper(new JacksonJsonMapper()));
            try (DashboardServer server = DashboardServer.start(settings, pool.storage());
                    HealthFile health = HealthFile.start(HealthFile.named(System.getenv()), pool::requireRedis)) {
                if (!Signals.handle(stop::countDown)) {
                    Runtime.getRuntime().addShutdownHook(new Thread(() -> endWith(stop, stopped)));
                }
                PrintWriter out = spec.commandLine().getOut();
                out.println(server.uri());
                out.flush();
                stop.await();
            }
        } finally {
            stopped.countDown();
        }
        return ExitCode.SUCCEEDED;
    }

    /** Where Java ends by itself at a signal, it waits for its hooks. */
    private static void endWith(CountDownLatch stop, CountDownLatch stopped) {
        stop.countDown();
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
