package dev.longshore.worker.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.pipeline.StepTypes;
import dev.longshore.run.Run;
import dev.longshore.run.RunSpec;
import dev.longshore.worker.pool.Pool;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code longshore enqueue}: puts a run into a pool and leaves it to the workers. */
@Command(
        name = "enqueue",
        description =
                "Puts a run into a pool and prints its name. A run that asks for the same as one that has not started"
                        + " yet joins that one.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"  0:the run is in", "  1:Redis cannot be used", "  2:wrong usage or bad input"})
final class EnqueueCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
    private CommandSpec spec;

    @Option(names = "--json", description = "Print the run as one JSON object.")
    private boolean json;

    @Mixin
    private RunOptions options = new RunOptions();

    @Mixin
    private RedisOptions redisOptions = new RedisOptions();

    @Mixin
    private WorkDirectory work = new WorkDirectory();

    @Override
    public Integer call() throws IOException {
        RunSpec asked = options.spec(StepTypes.onClassPath());
        try (Pool pool = redisOptions.open(work)) {
            Run in = pool.submit(Run.queued(asked));
            boolean joined = !in.id().equals(asked.id());
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                out.println(new JsonMapper()
                        .createObjectNode()
                        .put("run", in.id().value())
                        .put("state", in.state().name())
                        .put("joined", joined)
                        .put("out", in.spec().out().toString()));
            } else {
                out.println(in.id());
            }
            out.flush();
            new ShortageNotice(pool, System.err).look(in);
            return ExitCode.SUCCEEDED;
        }
    }
}
