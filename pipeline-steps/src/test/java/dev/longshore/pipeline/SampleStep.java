package dev.longshore.pipeline;

import dev.longshore.step.OptionSpec;
import dev.longshore.step.Step;
import dev.longshore.step.StepContext;
import dev.longshore.step.StepCounts;
import java.util.List;

/** A step that only has to be read about. */
record SampleStep(String type, boolean usesDocker) implements Step {
    @Override
    public List<OptionSpec> options() {
        return List.of(
                new OptionSpec("ignore", OptionSpec.Kind.TEXTS, List.of(), "patterns"),
                new OptionSpec("limit", OptionSpec.Kind.SIZE, "10MiB", "size"),
                new OptionSpec("deep", OptionSpec.Kind.FLAG, true, "flag"));
    }

    @Override
    public StepCounts run(StepContext context) {
        throw new UnsupportedOperationException("never run in these tests");
    }
}
