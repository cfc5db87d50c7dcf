package dev.longshore.run;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** Runs of one process, for one machine without a server. Gone when the process ends. */
public final class InMemoryRunStore implements RunStore {
    private final TreeMap<String, Kept> runs = new TreeMap<>();
    private final Map<String, RunId> atWork = new HashMap<>();
    private final Map<DueRun, Instant> due = new LinkedHashMap<>();
    private final Map<RunId, RunId> waiting = new LinkedHashMap<>();
    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
    private final Clock clock;

    public InMemoryRunStore() {
        this(Clock.systemUTC());
    }

    InMemoryRunStore(Clock clock) {
        this.clock = clock;
    }

    /** A run with its events. */
    private static final class Kept {
        private Run run;
        private int parked;
        private long sequence;
        private final Deque<RunEvent.Entry> events = new ArrayDeque<>();

        private Kept(Run run) {
            this.run = run;
        }
    }

    private record Watcher(Optional<RunId> run, RunListener changes, EventListener events) {
        boolean watches(RunId id) {
            return run.isEmpty() || run.get().equals(id);
        }
    }

    @Override
    public synchronized boolean create(Run run) {
        if (runs.containsKey(run.id().value())) {
            return false;
        }
        Kept kept = new Kept(run);
        runs.put(run.id().value(), kept);
        due.put(new DueRun(run.id(), DueRun.Occasion.NEW), clock.instant().plus(FIRST_LEASE));
        tell(kept, RunEvent.of(run));
        return true;
    }

    @Override
    public synchronized Run submit(Run run) {
        Optional<Run> same = runs.values().stream()
                .map(kept -> kept.run)
                .filter(other ->
                        other.state() == RunState.QUEUED && other.spec().asksForTheSame(run.spec()))
                .findFirst();
        if (same.isPresent()) {
            return same.get();
        }
        create(run);
        return get(run.id());
    }

    @Override
    public synchronized Optional<Run> find(RunId id) {
        return Optional.ofNullable(runs.get(id.value())).map(kept -> kept.run);
    }

    @Override
    public synchronized List<Run> list(RunQuery query) {
        var older = query.before()
                .map(last -> runs.headMap(last.value(), false))
                .orElse(runs)
                .descendingMap();
        return older.values().stream()
                .map(kept -> kept.run)
                .filter(run -> query.states().isEmpty() || query.states().contains(run.state()))
                .limit(query.limit())
                .toList();
    }

    @Override
    public synchronized Run update(RunId id, UnaryOperator<Run> transition) {
        Run before = get(id);
        Run after = transition.apply(before);
        if (!after.equals(before)) {
            replace(kept(id), after);
        }
        return after;
    }

    private Kept kept(RunId id) {
        Kept kept = runs.get(id.value());
        if (kept == null) {
            throw new IllegalArgumentException("no run " + id);
        }
        return kept;
    }

    private void replace(Kept kept, Run after) {
        Run before = kept.run;
        RunId id = after.id();
        kept.run = after;
        if (before.state() != after.state()) {
            if (after.state().isFinal()) {
                forgetDue(id);
                waiting.remove(id);
                release(id);
            } else if (after.state() == RunState.PARKED) {
                kept.parked++;
                due.put(new DueRun(id, DueRun.Occasion.parked(kept.parked)), clock.instant());
            }
        }
        tell(kept, RunEvent.between(before, after));
        // Told under the lock: listeners see the changes in their order.
        for (Watcher watcher : watchers) {
            if (watcher.watches(id)) {
                watcher.changes().changed(after);
            }
        }
    }

    private void forgetDue(RunId id) {
        due.keySet().removeIf(run -> run.run().equals(id));
    }

    /** The repository is free: whoever waited for this run is due. */
    private void release(RunId ended) {
        atWork.values().removeIf(ended::equals);
        waiting.entrySet().removeIf(entry -> {
            boolean itsTurn = entry.getValue().equals(ended);
            if (itsTurn) {
                due.put(new DueRun(entry.getKey(), DueRun.Occasion.after(ended)), clock.instant());
            }
            return itsTurn;
        });
    }

    @Override
    public synchronized Run start(RunId id, String repository) {
        Kept kept = kept(id);
        if (kept.run.state() == RunState.PARKED) {
            forgetDue(id);
            replace(kept, kept.run.resumed());
        } else if (kept.run.state() == RunState.QUEUED) {
            forgetDue(id);
            RunId other = atWork.putIfAbsent(repository, id);
            if (other == null) {
                replace(kept, kept.run.started());
            } else {
                waiting.put(id, other);
                tell(kept, List.of(new RunEvent.Waits(other)));
            }
        }
        return kept.run;
    }

    @Override
    public synchronized List<DueRun> due(Instant now, Duration lease, int limit) {
        List<DueRun> taken = due.entrySet().stream()
                .filter(entry -> !entry.getValue().isAfter(now))
                .sorted(Map.Entry.comparingByValue())
                .limit(limit)
                .map(Map.Entry::getKey)
                .toList();
        taken.forEach(run -> due.put(run, now.plus(lease)));
        return taken;
    }

    @Override
    public synchronized void progress(RunId id, RunEvent.StepProgressed progress) {
        Kept kept = runs.get(id.value());
        if (kept != null && !kept.run.state().isFinal()) {
            tell(kept, List.of(progress));
        }
    }

    private void tell(Kept kept, List<RunEvent> events) {
        for (RunEvent event : events) {
            kept.sequence++;
            RunEvent.Entry entry = new RunEvent.Entry(kept.sequence, clock.instant(), event);
            kept.events.add(entry);
            if (kept.events.size() > EVENTS_KEPT) {
                kept.events.remove();
            }
            for (Watcher watcher : watchers) {
                if (watcher.watches(kept.run.id())) {
                    watcher.events().happened(entry);
                }
            }
        }
    }

    @Override
    public synchronized List<RunEvent.Entry> events(RunId id, long after, int limit) {
        Kept kept = runs.get(id.value());
        return kept == null
                ? List.of()
                : kept.events.stream()
                        .filter(entry -> entry.sequence() > after)
                        .limit(limit)
                        .toList();
    }

    @Override
    public synchronized Subscription follow(RunId id, long after, EventListener listener) {
        events(id, after, Integer.MAX_VALUE).forEach(listener::happened);
        return watch(new Watcher(Optional.of(id), run -> {}, listener));
    }

    @Override
    public Subscription subscribe(RunId id, RunListener listener) {
        return watch(new Watcher(Optional.of(id), listener, entry -> {}));
    }

    @Override
    public Subscription subscribeAll(RunListener listener) {
        return watch(new Watcher(Optional.empty(), listener, entry -> {}));
    }

    private Subscription watch(Watcher watcher) {
        watchers.add(watcher);
        return () -> watchers.remove(watcher);
    }

    @Override
    public synchronized int removeEnded(int keep, Instant before) {
        List<Run> ended = new ArrayList<>(runs.values().stream()
                .map(kept -> kept.run)
                .filter(run -> run.state().isFinal())
                .sorted(Comparator.comparing((Run run) -> run.ended().orElse(Instant.EPOCH)))
                .toList());
        int tooMany = Math.max(0, ended.size() - keep);
        int removed = 0;
        for (Run run : ended) {
            if (removed < tooMany || run.ended().orElse(Instant.EPOCH).isBefore(before)) {
                runs.remove(run.id().value());
                removed++;
            }
        }
        return removed;
    }

    @Override
    public synchronized boolean discard(RunId id) {
        forgetDue(id);
        waiting.remove(id);
        release(id);
        return runs.remove(id.value()) != null;
    }
}
