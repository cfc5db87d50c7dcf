package dev.longshore.run;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** Runs of one process, for one machine without a server. Gone when the process ends. */
public final class InMemoryRunStore implements RunStore {
    private final Map<RunId, Run> runs = new HashMap<>();
    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();

    private record Watcher(RunId id, RunListener listener) {}

    @Override
    public synchronized boolean create(Run run) {
        return runs.putIfAbsent(run.id(), run) == null;
    }

    @Override
    public synchronized Optional<Run> find(RunId id) {
        return Optional.ofNullable(runs.get(id));
    }

    @Override
    public synchronized Run update(RunId id, UnaryOperator<Run> transition) {
        Run changed = transition.apply(get(id));
        runs.put(id, changed);
        // Told under the lock: listeners see the changes in their order.
        for (Watcher watcher : watchers) {
            if (watcher.id().equals(id)) {
                watcher.listener().changed(changed);
            }
        }
        return changed;
    }

    @Override
    public Subscription subscribe(RunId id, RunListener listener) {
        Watcher watcher = new Watcher(id, listener);
        watchers.add(watcher);
        return () -> watchers.remove(watcher);
    }
}
