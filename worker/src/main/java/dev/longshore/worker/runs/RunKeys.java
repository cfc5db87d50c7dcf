package dev.longshore.worker.runs;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longshore.run.RunId;
import dev.longshore.run.RunState;
import java.util.Locale;

/**
 * The names of what a pool keeps of its runs in Redis. All have one hash tag, that of the pool's jobs: in a cluster they
 * share a slot, and a script may use any of them.
 */
final class RunKeys {
    private final String base;

    /** @param prefix the pool's name */
    RunKeys(String prefix) {
        this.base = "{" + prefix + "}:";
    }

    /** Hash: the run, its version, and what the scripts must know of it. */
    byte[] run(RunId id) {
        return key(runPrefix() + id);
    }

    String runPrefix() {
        return base + "run:";
    }

    /** Stream: the run's events. */
    byte[] events(RunId id) {
        return key(eventsPrefix() + id);
    }

    String eventsPrefix() {
        return base + "run-events:";
    }

    /** Sorted by id: all runs. */
    byte[] all() {
        return key(base + "runs");
    }

    /** Sorted by id: the runs in a state. */
    byte[] in(RunState state) {
        return key(base + "runs:" + state.name().toLowerCase(Locale.ROOT));
    }

    /** Sorted by when they ended, in ms: the runs that are over. */
    byte[] ended() {
        return key(base + "runs-ended");
    }

    /** Hash: what a queued run asks for, as a digest, to its id. */
    byte[] alike() {
        return key(base + "runs-alike");
    }

    /** Hash: repository to the run that is at work on it. */
    byte[] repositories() {
        return key(base + "runs-repositories");
    }

    /** Sorted: {@code a b} where run b waits for run a. */
    byte[] waiters() {
        return key(base + "runs-waiters");
    }

    /** Sorted by when, in ms: the runs whose next preflight must be enqueued. */
    byte[] due() {
        return key(base + "runs-due");
    }

    /** Hash: id of a due run to the occasion. */
    byte[] occasions() {
        return key(base + "runs-occasions");
    }

    /** Hash: what all processes of the pool must agree on. */
    byte[] pool() {
        return key(base + "runs-pool");
    }

    /** Channel: {@code id version run} after each change of a run, {@code id} after another event of it. */
    byte[] channel() {
        return key(base + "runs-changes");
    }

    private static byte[] key(String name) {
        return name.getBytes(UTF_8);
    }
}
