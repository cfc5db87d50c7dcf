package dev.longshore.pipeline;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Takes some steps of a pipeline, with the order among them that it had with the others. */
final class StepSelection {
    private final Pipeline pipeline;
    private final Set<String> names;
    private final List<PipelineProblem> problems = new ArrayList<>();

    StepSelection(Pipeline pipeline, Set<String> names) {
        this.pipeline = pipeline;
        this.names = names;
    }

    Pipeline selected() {
        for (String name : names) {
            if (!pipeline.stepNames().contains(name)) {
                problems.add(PipelineProblem.nowhere("no step " + name + " in pipeline " + pipeline.name()
                        + "; its steps are " + String.join(", ", pipeline.stepNames())));
            }
        }
        List<StepSpec> kept = new ArrayList<>();
        for (StepSpec step : pipeline.steps()) {
            if (names.contains(step.name())) {
                kept.add(step.withAfter(keptBefore(step, step)));
            }
        }
        if (kept.isEmpty() && problems.isEmpty()) {
            problems.add(PipelineProblem.nowhere("no steps are left"));
        }
        if (!problems.isEmpty()) {
            throw new InvalidPipelineException("steps", problems);
        }
        return new Pipeline(pipeline.name(), kept);
    }

    /** The steps that stay and that {@code step} comes after, straight or through {@code via}, which goes. */
    private Set<String> keptBefore(StepSpec step, StepSpec via) {
        Set<String> before = new LinkedHashSet<>();
        for (String name : via.after()) {
            StepSpec earlier = pipeline.step(name);
            if (names.contains(name)) {
                before.add(name);
            } else if (earlier.docker() == DockerNeed.OPTIONAL) {
                before.addAll(keptBefore(step, earlier));
            } else {
                problems.add(PipelineProblem.nowhere(
                        "step " + step.name() + " comes after " + name + ": name that one too, or leave both out"));
            }
        }
        return before;
    }
}
