package dev.longshore.worker.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.longshore.run.Run;
import dev.longshore.run.RunId;
import dev.longshore.run.RunQuery;
import dev.longshore.run.RunState;
import dev.longshore.run.RunStore;
import dev.longshore.run.StepRun;
import dev.longshore.run.StepState;
import dev.longshore.source.Repository;
import dev.longshore.step.Durations;
import dev.longshore.worker.pool.Pool;
import dev.longshore.worker.runs.UnreadableRunException;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code longshore runs}: looks at a pool's runs and steers them, from any machine that reaches its Redis. */
@Command(
        name = "runs",
        description = "Lists, shows, watches, cancels and discards the runs of a pool.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            RunsCommand.ListRuns.class,
            RunsCommand.Show.class,
            RunsCommand.Watch.class,
            RunsCommand.Cancel.class,
            RunsCommand.Discard.class
        })
final class RunsCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command: list, show, watch, cancel or discard");
    }

    /** What these commands share. */
    abstract static class OnPool implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
        private CommandSpec spec;

        @Mixin
        private RedisOptions redisOptions = new RedisOptions();

        @Mixin
        private WorkDirectory work = new WorkDirectory();

        @Override
        public final Integer call() throws IOException, InterruptedException {
            try (Pool pool = redisOptions.open(work)) {
                return on(pool);
            }
        }

        abstract int on(Pool pool) throws InterruptedException;

        final void print(Object text) {
            PrintWriter out = spec.commandLine().getOut();
            out.print(text);
            out.flush();
        }
    }

    /** These commands take a run. */
    abstract static class OnRun extends OnPool {
        @Parameters(paramLabel = "RUN", description = "The run's name, as enqueue and runs list print it.")
        private String name = "";

        @Override
        final int on(Pool pool) throws InterruptedException {
            RunId id;
            try {
                id = new RunId(name);
            } catch (IllegalArgumentException e) {
                throw new BadInputException(name + " is no run's name; longshore runs list has them");
            }
            return on(pool, id);
        }

        final Run find(Pool pool, RunId id) {
            return pool.runs().find(id).orElseThrow(() -> none(id));
        }

        static BadInputException none(RunId id) {
            return new BadInputException("there is no run " + id + " in this pool; longshore runs list has them");
        }

        abstract int on(Pool pool, RunId id) throws InterruptedException;
    }

    /** {@code longshore runs list}. */
    @Command(name = "list", description = "Lists runs, the newest first.", mixinStandardHelpOptions = true)
    static final class ListRuns extends OnPool {
        @Option(
                names = "--state",
                paramLabel = "STATE",
                split = ",",
                description = "Only runs in these states: ${COMPLETION-CANDIDATES}.")
        private List<RunState> states = List.of();

        @Option(
                names = {"-n", "--limit"},
                paramLabel = "N",
                description = "How many at most, up to 1000 (default: ${DEFAULT-VALUE}).")
        private int limit = 20;

        @Option(names = "--before", paramLabel = "RUN", description = "Only runs older than this one.")
        private @Nullable String before;

        @Option(names = "--json", description = "Print one JSON array.")
        private boolean json;

        @Override
        int on(Pool pool) {
            Set<RunState> wanted = EnumSet.noneOf(RunState.class);
            wanted.addAll(states);
            List<Run> found;
            try {
                found = pool.runs()
                        .list(new RunQuery(wanted, Optional.ofNullable(before).map(RunId::new), limit));
            } catch (IllegalArgumentException e) {
                throw new BadInputException(String.valueOf(e.getMessage()));
            }
            print(json ? json(found) : table(found));
            return ExitCode.SUCCEEDED;
        }

        private static String json(List<Run> found) {
            ArrayNode array = new JsonMapper().createArrayNode();
            Instant now = Instant.now();
            found.forEach(run -> array.add(new RunReport(run, now).tree()));
            return array.toPrettyString() + "\n";
        }

        private static String table(List<Run> found) {
            Instant now = Instant.now();
            TextTable table = new TextTable("run", "state", "age", "took", "source", "step");
            for (Run run : found) {
                table.row(
                        run.id().value(),
                        run.state().name().toLowerCase(Locale.ROOT),
                        Durations.format(Duration.between(run.spec().created(), now)),
                        run.ended()
                                .map(end -> Durations.format(
                                        Duration.between(run.spec().created(), end)))
                                .orElse(""),
                        source(run),
                        run.steps().stream()
                                .filter(step -> step.state() == StepState.RUNNING)
                                .map(StepRun::name)
                                .collect(Collectors.joining(", ")));
            }
            return table.toString();
        }

        private static String source(Run run) {
            String commit = run.repository()
                    .flatMap(Repository::commit)
                    .map(id -> " at " + id.substring(0, 12))
                    .orElse("");
            return run.spec().source().display() + commit;
        }
    }

    /** {@code longshore runs show}. */
    @Command(name = "show", description = "Shows how far a run is, or how it ended.", mixinStandardHelpOptions = true)
    static final class Show extends OnRun {
        @Option(names = "--json", description = "Print the run as one JSON object.")
        private boolean json;

        @Override
        int on(Pool pool, RunId id) {
            RunReport report = new RunReport(find(pool, id), Instant.now());
            print(json ? report.json() : report.table());
            return ExitCode.SUCCEEDED;
        }
    }

    /** {@code longshore runs watch}. */
    @Command(
            name = "watch",
            description =
                    "Shows a run's progress until it is over, and exits as the run does. Ctrl-C ends the watching, not"
                            + " the run.",
            mixinStandardHelpOptions = true)
    static final class Watch extends OnRun {
        private static final Duration LOOK = Duration.ofSeconds(5);

        @Option(
                names = "--json",
                description =
                        "Print what happened and happens as JSON, one event a line, from the first that is kept on.")
        private boolean json;

        @Option(
                names = "--after",
                paramLabel = "N",
                description = "With --json: only events after the one of this sequence number.")
        private long after;

        @Option(
                names = {"-q", "--quiet"},
                description = "Show no progress.")
        private boolean quiet;

        @Override
        int on(Pool pool, RunId id) throws InterruptedException {
            find(pool, id);
            if (json) {
                return events(pool, id);
            }
            Run ended = new RunWatch(pool, id).await(quiet ? ProgressStyle.NONE : ProgressStyle.detect(), System.err);
            print(new RunReport(ended, Instant.now()).table());
            return ExitCode.of(ended.state());
        }

        private int events(Pool pool, RunId id) throws InterruptedException {
            ShortageNotice shortage = new ShortageNotice(pool, System.err);
            return ExitCode.of(new EventWatch(pool.runs(), id, this::print, shortage::look, LOOK).await(after));
        }
    }

    /** {@code longshore runs cancel}. */
    @Command(
            name = "cancel",
            description = "Ends a run, wherever it is worked on; what runs is interrupted and cleaned up there.",
            mixinStandardHelpOptions = true)
    static final class Cancel extends OnRun {
        @Option(names = "--json", description = "Print the run as one JSON object.")
        private boolean json;

        @Override
        int on(Pool pool, RunId id) {
            RunStore runs = pool.runs();
            boolean over = find(pool, id).state().isFinal();
            Run run = runs.update(id, before -> before.cancelledUnlessOver(Instant.now()));
            if (json) {
                print(new RunReport(run, Instant.now()).json());
            } else {
                String state = run.state().name().toLowerCase(Locale.ROOT);
                print(over ? "run " + id + " was over already: " + state + "\n" : "run " + id + " " + state + "\n");
            }
            return ExitCode.SUCCEEDED;
        }
    }

    /** {@code longshore runs discard}. */
    @Command(
            name = "discard",
            description =
                    "Removes what the pool knows of a run that is over, or that cannot be read: somebody else may have"
                            + " written it, and others may wait for its end.",
            mixinStandardHelpOptions = true)
    static final class Discard extends OnRun {
        @Option(names = "--json", description = "Print what was removed as one JSON object.")
        private boolean json;

        @Override
        int on(Pool pool, RunId id) {
            boolean readable = true;
            try {
                pool.runs().find(id).filter(run -> !run.state().isFinal()).ifPresent(run -> {
                    throw new BadInputException("run " + id + " is not over; longshore runs cancel " + id + " ends it");
                });
            } catch (UnreadableRunException e) {
                readable = false;
            }
            if (!pool.runs().discard(id)) {
                throw none(id);
            }
            if (json) {
                print(new JsonMapper()
                                .createObjectNode()
                                .put("run", id.value())
                                .put("readable", readable)
                                .toPrettyString()
                        + "\n");
            } else {
                print("run " + id + " is removed" + (readable ? "" : ", unread") + "\n");
            }
            return ExitCode.SUCCEEDED;
        }
    }
}
