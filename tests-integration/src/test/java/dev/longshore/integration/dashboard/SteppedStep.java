package dev.longshore.integration.dashboard;

import dev.longshore.step.OptionSpec;
import dev.longshore.step.Step;
import dev.longshore.step.StepContext;
import dev.longshore.step.StepCounts;
import dev.longshore.step.StepException;
import java.util.List;

/** A step that does what a test tells it. */
record SteppedStep(String type, Script script) implements Step {
    /** What it does. */
    interface Script {
        void run(StepContext context) throws StepException, InterruptedException;
    }

    @Override
    public List<OptionSpec> options() {
        return List.of();
    }

    @Override
    public StepCounts run(StepContext context) throws StepException, InterruptedException {
        script.run(context);
        return new StepCounts();
    }
}
