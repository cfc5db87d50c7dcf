package dev.longshore.redis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What was done to one job by all who fought for it, and whether it can have happened one after the other.
 *
 * <p>A job is a register with a version: a save from version v either makes version v+1 or finds another version than v; a
 * read finds the content of a version. As each version is made once, an order in which all operations could have happened is
 * found greedily: each as early as it can.
 */
final class SaveHistory {
    /** What an operation was and did. */
    enum Kind {
        /** Found {@code version} with {@code content}. */
        READ,
        /** Made {@code version} with {@code content}, from the version before. */
        SAVED,
        /** Did not find {@code version - 1} and saved nothing. */
        CONFLICT
    }

    /**
     * An operation between its begin and its end, in nanoseconds of the machine's monotonic clock, which all its processes
     * share.
     */
    record Operation(Kind kind, int version, String content, long begin, long end) {
        static Operation parse(String line) {
            String[] parts = line.split(" ", -1);
            return new Operation(
                    Kind.valueOf(parts[0]),
                    Integer.parseInt(parts[1]),
                    parts[2],
                    Long.parseLong(parts[3]),
                    Long.parseLong(parts[4]));
        }

        @Override
        public String toString() {
            return kind + " " + version + " " + content + " " + begin + " " + end;
        }
    }

    private SaveHistory() {}

    /** What contradicts that they happened one after the other, beginning with a job of version 1; empty if nothing does. */
    static List<String> contradictions(List<Operation> history, String first) {
        List<String> found = new ArrayList<>();
        Map<Integer, Operation> makers = new HashMap<>();
        makers.put(1, new Operation(Kind.SAVED, 1, first, Long.MIN_VALUE, Long.MIN_VALUE));
        for (Operation operation : history) {
            if (operation.kind() == Kind.SAVED) {
                Operation other = makers.put(operation.version(), operation);
                if (other != null) {
                    found.add("made twice: " + other + " and " + operation);
                }
            }
        }
        for (int version = 1; version <= makers.size(); version++) {
            if (!makers.containsKey(version)) {
                found.add("version " + version + " was made by nobody");
            }
        }
        if (found.isEmpty()) {
            checkOrder(history, makers, found);
        }
        return found;
    }

    private static void checkOrder(List<Operation> history, Map<Integer, Operation> makers, List<String> found) {
        List<Operation> byBegin = new ArrayList<>(history);
        byBegin.sort(Comparator.comparingLong(Operation::begin));
        List<Operation> byEnd = new ArrayList<>(history);
        byEnd.sort(Comparator.comparingLong(Operation::end));
        int reached = 1;
        int next = 0;
        for (Operation operation : byBegin) {
            // The version that the job had at least by now.
            while (next < byEnd.size() && byEnd.get(next).end() < operation.begin()) {
                reached = Math.max(reached, byEnd.get(next).version());
                next++;
            }
            int place = operation.version();
            switch (operation.kind()) {
                case READ -> {
                    if (reached > place) {
                        found.add("read of the past, when version " + reached + " was there: " + operation);
                    }
                }
                case SAVED -> {
                    if (reached >= place) {
                        found.add("saved over version " + reached + ": " + operation);
                    }
                }
                case CONFLICT -> place = Math.max(place, reached);
            }
            Operation maker = makers.get(place);
            if (maker == null) {
                found.add("what it met was made by nobody: " + operation);
            } else if (maker.begin() > operation.end()) {
                found.add("met version " + place + " before it was made: " + operation);
            } else if (operation.kind() == Kind.READ && !maker.content().equals(operation.content())) {
                found.add("read other content than " + maker.content() + ": " + operation);
            }
        }
    }
}
