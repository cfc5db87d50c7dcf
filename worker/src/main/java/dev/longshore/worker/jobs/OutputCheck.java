package dev.longshore.worker.jobs;

import dev.longshore.graph.GraphDirectory;
import dev.longshore.step.StepException;
import dev.longshore.step.StepFailure;
import java.io.IOException;
import java.util.Optional;

/** Whether a run may publish where it should: nothing of another repository's, nor of anybody else's, is written over. */
final class OutputCheck {
    private OutputCheck() {}

    static void pass(GraphDirectory out, String identity) throws StepException, IOException {
        Optional<String> refusal = out.refusal(Optional.of(identity));
        if (refusal.isPresent()) {
            throw new StepException(new StepFailure.OutputRefused(refusal.get()));
        }
    }
}
