package dev.longshore.worker.cli;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.docker.DirectoryLeases;
import dev.longshore.docker.DockerFailureException;
import dev.longshore.docker.DockerObject;
import dev.longshore.docker.ReapReport;
import dev.longshore.docker.ReapReport.Failed;
import dev.longshore.docker.ReapReport.Finding;
import dev.longshore.docker.ReapReport.Removed;
import dev.longshore.step.Durations;
import dev.longshore.step.StepException;
import dev.longshore.worker.OwnerOnly;
import dev.longshore.worker.pool.Pool;
import dev.longshore.worker.pool.PoolOwner;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code longshore docker}: what Longshore has on the Docker daemon. */
@Command(
        name = "docker",
        description = "Looks after what Longshore has on the Docker daemon.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = DockerCommand.Reap.class)
final class DockerCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command: reap");
    }

    /** {@code longshore docker reap}. */
    @Command(
            name = "reap",
            description = {
                "Removes the containers, volumes and networks of Longshore processes that are dead: this user's on this host, or"
                        + " with --redis those of the pool's workers. What a live process made is never touched."
            },
            mixinStandardHelpOptions = true,
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {
                "  0:all that was to go is gone",
                "  1:some of it is still there, or the daemon is away",
                "  2:wrong usage"
            })
    static final class Reap implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
        private CommandSpec spec;

        @Option(names = "--dry-run", description = "Remove nothing; say what would be removed, what not, and why.")
        private boolean dryRun;

        @Option(
                names = "--grace",
                paramLabel = "DURATION",
                defaultValue = "5m",
                description =
                        "How long what a dead process left is left to another to go on with (default: ${DEFAULT-VALUE}).")
        private String grace = "5m";

        @Option(names = "--json", description = "Print the result as JSON.")
        private boolean json;

        @Mixin
        private DockerOptions dockerOptions = new DockerOptions();

        @Mixin
        private RedisOptions redisOptions = new RedisOptions();

        @Mixin
        private WorkDirectory work = new WorkDirectory();

        @Override
        public Integer call() throws IOException, InterruptedException {
            Duration patience = Durations.parse(grace)
                    .orElseThrow(() -> new BadInputException("--grace must be a duration such as 5m, not " + grace));
            OwnerOnly.createDirectories(work.path());
            Optional<PoolOwner> pool = redisOptions
                    .given(work.path())
                    .map(Pool.Settings::name)
                    .map(name -> PoolOwner.of(work.path(), name));
            try (DirectoryLeases lease = pool.isPresent() ? pool.get().lease() : DirectoryLeases.take(work.path());
                    DockerOptions daemon = dockerOptions.openAudit()) {
                DockerOptions owned =
                        pool.isPresent() ? daemon.ownedBy(pool.get().id(), lease) : daemon.under(lease);
                return report(owned.client().reap(patience, dryRun));
            } catch (StepException e) {
                return failed(e.failure().message(), e.failure().fix());
            } catch (DockerFailureException e) {
                return failed(e.failure().message(), e.failure().fix());
            }
        }

        private int failed(String message, String fix) {
            PrintWriter err = spec.commandLine().getErr();
            err.println("longshore: " + message);
            err.println("fix: " + fix);
            err.flush();
            return ExitCode.FAILED;
        }

        private int report(ReapReport report) throws IOException {
            PrintWriter out = spec.commandLine().getOut();
            out.print(json ? json(report) : text(report));
            out.flush();
            return report.failures().isEmpty() ? ExitCode.SUCCEEDED : ExitCode.FAILED;
        }
    }

    static String text(ReapReport report) {
        if (report.findings().isEmpty()) {
            return "there is nothing of Longshore's on the daemon\n";
        }
        TextTable table = new TextTable("VERDICT", "KIND", "NAME", "RUN", "STEP", "WHY");
        for (Finding finding : report.findings()) {
            DockerObject object = finding.object();
            table.row(
                    verdict(report, finding),
                    object.kind().toString(),
                    object.name(),
                    object.run().orElse(""),
                    object.step().orElse(""),
                    why(finding));
        }
        return table.toString();
    }

    private static String why(Finding finding) {
        return finding.verdict() instanceof Failed failed
                ? failed.reason() + ", but: " + failed.failure().message()
                : finding.verdict().reason();
    }

    private static String verdict(ReapReport report, Finding finding) {
        if (finding.verdict() instanceof Removed) {
            return report.dryRun() ? "would go" : "removed";
        }
        return finding.verdict() instanceof Failed ? "failed" : "kept";
    }

    static String json(ReapReport report) throws IOException {
        JsonMapper mapper =
                JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        ObjectNode json = mapper.createObjectNode().put("dryRun", report.dryRun());
        ArrayNode list = json.putArray("objects");
        for (Finding finding : report.findings()) {
            DockerObject object = finding.object();
            ObjectNode one = list.addObject()
                    .put("verdict", verdict(report, finding))
                    .put("kind", object.kind().toString())
                    .put("name", object.name())
                    .put("created", object.created().toString())
                    .put("running", object.running())
                    .put("reason", finding.verdict().reason());
            object.run().ifPresent(run -> one.put("run", run));
            object.step().ifPresent(step -> one.put("step", step));
            object.lease().ifPresent(lease -> one.put("lease", lease));
            if (finding.verdict() instanceof Failed failed) {
                one.put("code", failed.failure().code())
                        .put("failure", failed.failure().message())
                        .put("fix", failed.failure().fix());
            }
        }
        return mapper.writeValueAsString(json) + "\n";
    }
}
