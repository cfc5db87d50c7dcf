package dev.longshore.worker.jobs;

import dev.longshore.run.RunEvent;
import dev.longshore.run.RunId;
import dev.longshore.run.RunStore;
import java.util.function.Consumer;

/** Tells how far a step is in the events of its run, where those look who are not on this machine. */
record JobProgress(RunStore runs, RunId run, String step) implements Consumer<ProgressBoard.Position> {
    @Override
    public void accept(ProgressBoard.Position now) {
        runs.progress(run, new RunEvent.StepProgressed(step, now.done(), now.total(), now.message()));
    }
}
