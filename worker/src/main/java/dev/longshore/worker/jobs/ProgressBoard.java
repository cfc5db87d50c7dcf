package dev.longshore.worker.jobs;

import dev.longshore.run.RunId;
import dev.longshore.step.Progress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** How far each running step is, for whoever wants to show it. Thread-safe. */
public final class ProgressBoard {
    private final Map<Key, Counter> counters = new ConcurrentHashMap<>();

    private record Key(RunId run, String step) {}

    /**
     * How far a step is.
     *
     * @param total units in all, 0 while that is not known
     */
    public record Position(long done, long total, String message) {}

    /** The board's side of a step's new attempt. */
    Progress open(RunId run, String step) {
        Counter counter = new Counter();
        counters.put(new Key(run, step), counter);
        return counter;
    }

    /** Where the step is; nothing done if it has not started. */
    public Position position(RunId run, String step) {
        Counter counter = counters.get(new Key(run, step));
        return counter == null
                ? new Position(0, 0, "")
                : new Position(counter.done.get(), counter.total.get(), counter.message);
    }

    /** Forgets a run that is over. */
    void forget(RunId run) {
        counters.keySet().removeIf(key -> key.run().equals(run));
    }

    private static final class Counter implements Progress {
        private final AtomicLong done = new AtomicLong();
        private final AtomicLong total = new AtomicLong();
        private volatile String message = "";

        @Override
        public void total(long units) {
            total.set(units);
        }

        @Override
        public void advance(long units) {
            done.addAndGet(units);
        }

        @Override
        public void message(String text) {
            message = text;
        }
    }
}
