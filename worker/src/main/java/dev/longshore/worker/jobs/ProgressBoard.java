package dev.longshore.worker.jobs;

import dev.longshore.run.RunId;
import dev.longshore.step.Progress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** How far each running step is, for whoever wants to show it. Thread-safe. */
public final class ProgressBoard {
    private final Map<Key, Counter> counters = new ConcurrentHashMap<>();

    private record Key(RunId run, String step) {}

    /**
     * How far a step is.
     *
     * @param total units in all, 0 while that is not known
     */
    public record Position(long done, long total, String message) {
        private static final Position START = new Position(0, 0, "");
    }

    /**
     * The board's side of a step's new attempt.
     *
     * @param teller is told where the step is by {@link #tell}
     */
    Progress open(RunId run, String step, Consumer<Position> teller) {
        Counter counter = new Counter(teller);
        counters.put(new Key(run, step), counter);
        return counter;
    }

    /** Takes over where a step is that another process works on. */
    public void put(RunId run, String step, Position position) {
        Counter counter = new Counter(unused -> {});
        counter.done.set(position.done());
        counter.total.set(position.total());
        counter.message = position.message();
        counters.put(new Key(run, step), counter);
    }

    /** Where the step is; nothing done if it has not started. */
    public Position position(RunId run, String step) {
        Counter counter = counters.get(new Key(run, step));
        return counter == null ? Position.START : counter.position();
    }

    /** Tells of each step that has moved since it was told of last. */
    void tell() {
        counters.values().forEach(Counter::tell);
    }

    /** Forgets a step whose attempt is over. */
    void close(RunId run, String step) {
        Counter counter = counters.remove(new Key(run, step));
        if (counter != null) {
            counter.tell();
        }
    }

    /** Forgets a run that is over. */
    void forget(RunId run) {
        counters.keySet().removeIf(key -> key.run().equals(run));
    }

    private static final class Counter implements Progress {
        private final AtomicLong done = new AtomicLong();
        private final AtomicLong total = new AtomicLong();
        private final Consumer<Position> teller;
        private volatile String message = "";
        private Position told = Position.START;

        private Counter(Consumer<Position> teller) {
            this.teller = teller;
        }

        Position position() {
            return new Position(done.get(), total.get(), message);
        }

        synchronized void tell() {
            Position now = position();
            if (!now.equals(told)) {
                told = now;
                teller.accept(now);
            }
        }

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
