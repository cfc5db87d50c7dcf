package dev.longshore.step;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a step counted, by name: {@code files}, {@code skipped.socket}, {@code links.broken}. Shown in the summary and
 * written to the manifest, so a count may not depend on time or on the number of threads. Thread-safe.
 */
public final class StepCounts {
    private final ConcurrentSkipListMap<String, LongAdder> counts = new ConcurrentSkipListMap<>();

    public void add(String name) {
        add(name, 1);
    }

    public void add(String name, long amount) {
        counts.computeIfAbsent(name, key -> new LongAdder()).add(amount);
    }

    /** The counts so far, sorted by name; zero counts included where they were added. */
    public SortedMap<String, Long> asMap() {
        TreeMap<String, Long> copy = new TreeMap<>();
        counts.forEach((name, count) -> copy.put(name, count.sum()));
        return Collections.unmodifiableSortedMap(copy);
    }
}
