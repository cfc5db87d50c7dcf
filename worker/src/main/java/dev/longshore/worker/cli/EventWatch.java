package dev.longshore.worker.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.redis.RedisUnavailableException;
import dev.longshore.run.Run;
import dev.longshore.run.RunEvent;
import dev.longshore.run.RunId;
import dev.longshore.run.RunState;
import dev.longshore.run.RunStore;
import dev.longshore.worker.runs.EventJson;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives a run's events as lines of JSON, until the run is over and its last one is given. */
final class EventWatch {
    private static final Logger LOG = LoggerFactory.getLogger(EventWatch.class);

    private final RunStore runs;
    private final RunId id;
    private final Consumer<String> lines;
    private final Consumer<Run> look;
    private final Duration period;

    /**
     * @param lines is given each line, with its end
     * @param look is given the run as it is, when nothing has happened for a period
     */
    EventWatch(RunStore runs, RunId id, Consumer<String> lines, Consumer<Run> look, Duration period) {
        this.runs = runs;
        this.id = id;
        this.lines = lines;
        this.look = look;
        this.period = period;
    }

    /**
     * Returns how the run ended.
     *
     * @param after only events with a higher sequence number
     */
    RunState await(long after) throws InterruptedException {
        LinkedBlockingQueue<RunEvent.Entry> waiting = new LinkedBlockingQueue<>();
        try (RunStore.Subscription following = runs.follow(id, after, waiting::add)) {
            long last = after;
            Optional<RunState> over = look(last);
            while (over.isEmpty()) {
                RunEvent.Entry entry = waiting.poll(period.toMillis(), TimeUnit.MILLISECONDS);
                if (entry == null) {
                    over = look(last);
                    continue;
                }
                last = entry.sequence();
                ObjectNode line = new JsonMapper().createObjectNode().put("sequence", last);
                line.setAll(EventJson.write(entry.event(), entry.time()));
                lines.accept(line + "\n");
                if (entry.event() instanceof RunEvent.RunChanged changed
                        && changed.state().isFinal()) {
                    // Anybody who may write to Redis can say so: what is sealed decides.
                    over = look(last);
                }
            }
            return over.get();
        }
    }

    /** Gives how the run ended, if it has and there are no events left to be told: they come by a connection of their own. */
    private Optional<RunState> look(long last) {
        try {
            Run now = runs.get(id);
            look.accept(now);
            return Optional.of(now.state())
                    .filter(state -> state.isFinal() && runs.events(id, last, 1).isEmpty());
        } catch (RedisUnavailableException e) {
            // What follows the run waits for Redis, however long it takes, and so does this.
            LOG.debug("nobody to ask whether there are workers", e);
            return Optional.empty();
        }
    }
}
