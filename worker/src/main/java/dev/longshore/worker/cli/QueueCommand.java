package dev.longshore.worker.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.redis.JobQueues;
import dev.longshore.step.Durations;
import dev.longshore.worker.pool.Pool;
import dev.longshore.worker.pool.SealKeys;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code longshore queue}: looks at a pool's queues and steers them. */
@Command(
        name = "queue",
        description =
                "Shows the queues of a pool, pauses, resumes and limits them, and looks after its quarantine. Each step"
                        + " has a queue of its name; others are preflight and publish.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            QueueCommand.Stats.class,
            QueueCommand.Pause.class,
            QueueCommand.Resume.class,
            QueueCommand.Limit.class,
            QuarantineCommand.class,
            QueueCommand.NewSealKeys.class
        })
final class QueueCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "name a command: stats, pause, resume, limit, quarantine or new-seal-keys");
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
        public final Integer call() throws IOException {
            try (Pool pool = redisOptions.open(work)) {
                on(pool);
                return ExitCode.SUCCEEDED;
            }
        }

        abstract void on(Pool pool);

        final void warn(String text) {
            PrintWriter err = spec.commandLine().getErr();
            err.println("longshore: " + text);
            err.flush();
        }

        final void print(String text) {
            PrintWriter out = spec.commandLine().getOut();
            out.print(text);
            out.flush();
        }
    }

    private static String json(List<JobQueues.Queue> queues) {
        ArrayNode array = new JsonMapper().createArrayNode();
        for (JobQueues.Queue queue : queues) {
            ObjectNode json = array.addObject();
            json.put("queue", queue.name());
            json.put("waiting", queue.waiting());
            json.put("running", queue.running());
            queue.oldest().ifPresent(since -> json.put("oldest", since.toString()));
            json.put("paused", queue.paused());
            queue.maximum().ifPresent(most -> json.put("max", most));
            queue.rate().ifPresent(rate -> json.put("rate", text(rate)));
        }
        return array.toPrettyString() + "\n";
    }

    private static String text(JobQueues.Rate rate) {
        // As --rate takes it: PT1M30S, without what the ISO puts before it.
        return rate.jobs() + "/" + rate.per().toString().substring(2).toLowerCase(Locale.ROOT);
    }

    /** {@code longshore queue stats}. */
    @Command(name = "stats", description = "Shows what waits and runs in each queue.", mixinStandardHelpOptions = true)
    static final class Stats extends OnPool {
        @Option(names = "--json", description = "Print one JSON array.")
        private boolean json;

        @Override
        void on(Pool pool) {
            List<JobQueues.Queue> queues = pool.queues().list();
            if (json) {
                print(json(queues));
                return;
            }
            Instant now = Instant.now();
            TextTable table = new TextTable("queue", "waiting", "running", "oldest", "max", "rate", "paused");
            for (JobQueues.Queue queue : queues) {
                table.row(
                        queue.name(),
                        Long.toString(queue.waiting()),
                        Long.toString(queue.running()),
                        queue.oldest()
                                .map(since -> Durations.format(Duration.between(since, now)))
                                .orElse(""),
                        queue.maximum().isPresent()
                                ? Integer.toString(queue.maximum().getAsInt())
                                : "",
                        queue.rate().map(QueueCommand::text).orElse(""),
                        queue.paused() ? "paused" : "");
            }
            print(table.toString());
            long suspects = pool.quarantine().list(0, 1).all();
            if (suspects > 0) {
                print("quarantined: " + suspects + ", see longshore queue quarantine list\n");
            }
        }
    }

    /** These commands take a queue, and show how it is then. */
    abstract static class OnQueue extends OnPool {
        @Parameters(paramLabel = "QUEUE", description = "The queue's name.")
        private String queue = "";

        @Option(names = "--json", description = "Print the queue as it is then, in one JSON array.")
        private boolean json;

        @Override
        final void on(Pool pool) {
            boolean isNew = found(pool).isEmpty();
            try {
                on(pool.queues(), queue);
            } catch (IllegalArgumentException e) {
                throw new BadInputException(String.valueOf(e.getMessage()));
            }
            if (isNew) {
                // Meant for jobs to come, or a slip of the keys: only who typed it knows.
                warn("no job has been in a queue " + queue + " so far; this holds from the first one on");
            }
            if (json) {
                print(json(found(pool)));
            }
        }

        private List<JobQueues.Queue> found(Pool pool) {
            return pool.queues().list().stream()
                    .filter(one -> one.name().equals(queue))
                    .toList();
        }

        abstract void on(JobQueues queues, String name);
    }

    /** These commands need to know no more than the queue. */
    abstract static class Switch extends OnQueue {
        private final BiConsumer<JobQueues, String> deed;

        Switch(BiConsumer<JobQueues, String> deed) {
            this.deed = deed;
        }

        @Override
        final void on(JobQueues queues, String name) {
            deed.accept(queues, name);
        }
    }

    /** {@code longshore queue pause}. */
    @Command(
            name = "pause",
            description = "Lets no worker take jobs out of a queue; those that run go on.",
            mixinStandardHelpOptions = true)
    static final class Pause extends Switch {
        Pause() {
            super(JobQueues::pause);
        }
    }

    /** {@code longshore queue resume}. */
    @Command(
            name = "resume",
            description = "Lets workers take jobs out of a queue again.",
            mixinStandardHelpOptions = true)
    static final class Resume extends Switch {
        Resume() {
            super(JobQueues::resume);
        }
    }

    /** {@code longshore queue limit}. */
    @Command(
            name = "limit",
            description = "Limits how many jobs of a queue run at once, or start in a time, over all workers.",
            mixinStandardHelpOptions = true)
    static final class Limit extends OnQueue {
        @Option(names = "--max", paramLabel = "N", description = "How many may run at once; none for no limit.")
        private @Nullable String max;

        @Option(
                names = "--rate",
                paramLabel = "N/TIME",
                description = "How many may start in how long, for example 10/1m; none for no limit.")
        private @Nullable String rate;

        @Override
        void on(JobQueues queues, String name) {
            if (max == null && rate == null) {
                throw new BadInputException("name a limit: --max or --rate");
            }
            // Both are read before either is set.
            OptionalInt most = max == null ? OptionalInt.empty() : number(max);
            Optional<JobQueues.Rate> fastest = rate == null ? Optional.empty() : rate(rate);
            if (max != null) {
                queues.limit(name, most);
            }
            if (rate != null) {
                queues.limitRate(name, fastest);
            }
        }

        private static OptionalInt number(String text) {
            if (text.equals("none")) {
                return OptionalInt.empty();
            }
            try {
                return OptionalInt.of(Integer.parseInt(text));
            } catch (NumberFormatException e) {
                throw new BadInputException("--max must be a whole number or none, not " + text);
            }
        }

        private static Optional<JobQueues.Rate> rate(String text) {
            if (text.equals("none")) {
                return Optional.empty();
            }
            String[] parts = text.split("/", 2);
            Optional<Duration> per = parts.length == 2 ? Durations.parse(parts[1]) : Optional.empty();
            if (per.isEmpty() || !parts[0].matches("\\d{1,9}")) {
                throw new BadInputException("--rate must be such as 10/1m, or none, not " + text);
            }
            return Optional.of(new JobQueues.Rate(Integer.parseInt(parts[0]), per.get()));
        }
    }

    /** {@code longshore queue new-seal-keys}. */
    @Command(
            name = "new-seal-keys",
            description = "Writes a file with a new key to seal jobs with, for --seal-keys of every process of a pool.",
            mixinStandardHelpOptions = true)
    static final class NewSealKeys implements Callable<Integer> {
        @Parameters(paramLabel = "FILE", description = "Where to: there must be no such file.")
        private Path file = Path.of("");

        @Override
        public Integer call() throws IOException {
            Path absolute = file.toAbsolutePath();
            if (Files.exists(absolute)) {
                throw new BadInputException(file + " is there already");
            }
            SealKeys.create(absolute);
            return ExitCode.SUCCEEDED;
        }
    }
}
