package dev.longshore.pipeline;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Puts steps in an order that their {@code after} agrees with, as near to the file's as can be; notes circles. */
final class StepOrder {
    private final Map<String, StepReader.Read> steps;
    private final List<PipelineProblem> problems;
    private final List<StepSpec> ordered = new ArrayList<>();
    private final Set<String> done = new HashSet<>();
    private final Deque<String> path = new ArrayDeque<>();

    StepOrder(Map<String, StepReader.Read> steps, List<PipelineProblem> problems) {
        this.steps = steps;
        this.problems = problems;
    }

    List<StepSpec> ordered() {
        steps.forEach(this::visit);
        return ordered;
    }

    private void visit(String name, StepReader.Read step) {
        if (done.contains(name)) {
            return;
        }
        if (path.contains(name)) {
            List<String> circle = new ArrayList<>(path).subList(new ArrayList<>(path).indexOf(name), path.size());
            problems.add(new PipelineProblem(
                    step.afterLine(),
                    "steps go round in a circle: " + String.join(" after ", circle) + " after " + name));
            return;
        }
        path.addLast(name);
        for (String earlier : step.spec().after()) {
            StepReader.Read earlierStep = steps.get(earlier);
            if (earlierStep != null) {
                visit(earlier, earlierStep);
            } else {
                problems.add(new PipelineProblem(
                        step.afterLine(), "step " + name + ": after names " + earlier + ", which is no step"));
            }
        }
        path.removeLast();
        if (done.add(name)) {
            ordered.add(step.spec());
        }
    }
}
