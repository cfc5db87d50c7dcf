package dev.longshore.redis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** What the {@link Deed}s of all processes left: how often each was done. */
final class Traces {
    private final Map<Integer, Integer> times = new HashMap<>();

    static Traces of(Path directory) throws IOException {
        Traces traces = new Traces();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                for (String line : Files.readAllLines(file)) {
                    traces.times.merge(Integer.valueOf(line), 1, Integer::sum);
                }
            }
        }
        return traces;
    }

    int of(int number) {
        return times.getOrDefault(number, 0);
    }

    /** How many different deeds were done. */
    int different() {
        return times.size();
    }

    int all() {
        return times.values().stream().mapToInt(Integer::intValue).sum();
    }
}
