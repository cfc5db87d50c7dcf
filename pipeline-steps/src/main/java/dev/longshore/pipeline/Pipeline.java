package dev.longshore.pipeline;

import java.util.List;
import java.util.Set;

/**
 * Named steps in an order that every {@code after} agrees with. Made by {@link PipelineLoader}, which checks it.
 *
 * @param name letters, digits, {@code -}, {@code _} and {@code .}
 * @param steps at least one; no two of one name; each after all that it names
 */
public record Pipeline(String name, List<StepSpec> steps) {
    public Pipeline {
        steps = List.copyOf(steps);
    }

    public StepSpec step(String name) {
        return steps.stream()
                .filter(step -> step.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no step " + name + " in pipeline " + this.name));
    }

    public List<String> stepNames() {
        return steps.stream().map(StepSpec::name).toList();
    }

    /**
     * This pipeline with only the steps of these names.
     *
     * @throws InvalidPipelineException a name is no step's, or a step that stays comes after one that goes; a step whose
     *     Docker is optional may go, as it may on a machine without Docker
     */
    public Pipeline only(Set<String> names) {
        return new StepSelection(this, names).selected();
    }

    /**
     * This pipeline with another value for an option of every step of a type; unchanged if it has none such.
     *
     * @param value in the Java type of the option's kind
     */
    public Pipeline withOption(String type, String option, Object value) {
        return new Pipeline(
                name,
                steps.stream()
                        .map(step -> step.type().equals(type) ? step.withOption(option, value) : step)
                        .toList());
    }
}
