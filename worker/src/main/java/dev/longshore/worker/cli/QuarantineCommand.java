package dev.longshore.worker.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.redis.Quarantine;
import dev.longshore.run.RunId;
import dev.longshore.step.Durations;
import dev.longshore.step.Sizes;
import dev.longshore.text.ForeignText;
import dev.longshore.worker.pool.Pool;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code longshore queue quarantine}: jobs that were found in Redis and are not run, since they may be somebody else's. */
@Command(
        name = "quarantine",
        description =
                "Lists, shows and discards jobs that are not run: without the right seal, or of a kind that Longshore"
                        + " has not.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {QuarantineCommand.Entries.class, QuarantineCommand.Show.class, QuarantineCommand.Discard.class})
final class QuarantineCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command: list, show or discard");
    }

    private static ObjectNode describe(ObjectNode json, Quarantine.Entry entry) {
        return json.put("name", entry.name())
                .put("reason", entry.reason())
                .put("since", entry.since().toString())
                .put("bytes", entry.size());
    }

    /** {@code longshore queue quarantine list}. */
    @Command(name = "list", description = "Lists what is in the quarantine.", mixinStandardHelpOptions = true)
    static final class Entries extends QueueCommand.OnPool {
        @Option(
                names = {"-n", "--limit"},
                paramLabel = "N",
                description = "How many at most (default: ${DEFAULT-VALUE}).")
        private int limit = 100;

        @Option(names = "--offset", paramLabel = "N", description = "Leave out the first N.")
        private long offset;

        @Option(names = "--json", description = "Print one JSON array.")
        private boolean json;

        @Override
        void on(Pool pool) {
            if (limit < 1 || offset < 0) {
                throw new BadInputException("--limit must be at least 1, and --offset not negative");
            }
            Quarantine.Page page = pool.quarantine().list(offset, limit);
            if (json) {
                ArrayNode array = new JsonMapper().createArrayNode();
                page.entries().forEach(entry -> describe(array.addObject(), entry));
                print(array.toPrettyString() + "\n");
                return;
            }
            print(table(page.entries()));
            long after = page.all() - offset - page.entries().size();
            if (after > 0) {
                print(after + " more: --offset " + (offset + page.entries().size()) + "\n");
            }
        }

        private static String table(List<Quarantine.Entry> entries) {
            Instant now = Instant.now();
            TextTable table = new TextTable("name", "since", "size", "reason");
            for (Quarantine.Entry entry : entries) {
                table.row(
                        entry.name(),
                        Durations.format(Duration.between(entry.since(), now)),
                        Sizes.format(entry.size()),
                        entry.reason());
            }
            return table.toString();
        }
    }

    /** These commands take one of them. */
    abstract static class OnEntry extends QueueCommand.OnPool {
        @Parameters(paramLabel = "NAME", description = "What quarantine list calls it.")
        private String name = "";

        @Override
        final void on(Pool pool) {
            Quarantine.Entry entry;
            try {
                entry = pool.quarantine()
                        .find(name)
                        .orElseThrow(() -> new BadInputException("there is no " + ForeignText.uncut(name)
                                + " in the quarantine; longshore queue quarantine list has all"));
            } catch (IllegalArgumentException e) {
                throw new BadInputException(ForeignText.uncut(name)
                        + " is no name in the quarantine; longshore queue quarantine list has them");
            }
            on(pool, entry);
        }

        abstract void on(Pool pool, Quarantine.Entry entry);
    }

    /** {@code longshore queue quarantine show}. */
    @Command(name = "show", description = "Shows one of them, as text.", mixinStandardHelpOptions = true)
    static final class Show extends OnEntry {
        @Option(names = "--json", description = "Print one JSON object.")
        private boolean json;

        @Override
        void on(Pool pool, Quarantine.Entry entry) {
            String text = pool.quarantine().text(entry.name()).orElse("");
            if (json) {
                ObjectNode object = describe(new JsonMapper().createObjectNode(), entry);
                print(object.put("text", text).toPrettyString() + "\n");
            } else {
                print(ForeignText.uncut(entry.reason()) + "\n" + ForeignText.uncut(text) + "\n");
            }
        }
    }

    /** {@code longshore queue quarantine discard}. */
    @Command(name = "discard", description = "Removes one of them for good.", mixinStandardHelpOptions = true)
    static final class Discard extends OnEntry {
        @Option(names = "--json", description = "Print what was removed as one JSON object.")
        private boolean json;

        @Override
        void on(Pool pool, Quarantine.Entry entry) {
            // Before what tells a worker that a run waits for it is gone.
            List<RunId> ended = pool.quarantinedJobs().look();
            pool.quarantine().discard(entry.name());
            if (json) {
                ObjectNode object = describe(new JsonMapper().createObjectNode(), entry);
                ArrayNode array = object.putArray("failedRuns");
                ended.forEach(run -> array.add(run.value()));
                print(object.toPrettyString() + "\n");
            } else {
                ended.forEach(run -> print("run " + run + " has failed: it waited for a job in quarantine\n"));
            }
        }
    }
}
