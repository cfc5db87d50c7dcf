package dev.longshore.filesystem;

import dev.longshore.step.StepCounts;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what the walk met, and tells the log of what went wrong: the first few paths of each kind. Thread-safe. */
final class Findings {
    private static final Logger LOG = LoggerFactory.getLogger(Findings.class);
    private static final long LOGGED_OF_A_KIND = 20;

    private final ConcurrentMap<String, LongAdder> counts = new ConcurrentHashMap<>();

    void count(String kind) {
        count(kind, 1);
    }

    void count(String kind, long amount) {
        counts.computeIfAbsent(kind, key -> new LongAdder()).add(amount);
    }

    /** Counts something that the user should hear of. */
    void report(String kind, String path, String reason) {
        LongAdder count = counts.computeIfAbsent(kind, key -> new LongAdder());
        count.increment();
        long so = count.sum();
        if (so <= LOGGED_OF_A_KIND) {
            LOG.warn("{}: {} ({})", kind, path, reason);
        } else if (so == LOGGED_OF_A_KIND + 1) {
            LOG.warn("{}: and more, which are counted only", kind);
        }
    }

    StepCounts toCounts() {
        StepCounts result = new StepCounts();
        for (String always : new String[] {"files", "directories", "symlinks", "bytes"}) {
            result.add(always, 0);
        }
        counts.forEach((kind, count) -> result.add(kind, count.sum()));
        return result;
    }
}
