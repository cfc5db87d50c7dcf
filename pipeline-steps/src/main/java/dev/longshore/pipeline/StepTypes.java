package dev.longshore.pipeline;

import dev.longshore.step.Step;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The kinds of step that this program has, by type. */
public final class StepTypes {
    private final Map<String, Step> byType;

    /** Throws IllegalStateException if two steps have one type: which of them would run would be chance. */
    public StepTypes(Iterable<Step> steps) {
        Map<String, Step> found = new TreeMap<>();
        for (Step step : steps) {
            Step other = found.put(step.type(), step);
            if (other != null) {
                throw new IllegalStateException("both " + step.getClass().getName() + " and "
                        + other.getClass().getName() + " are steps of type " + step.type());
            }
        }
        this.byType = Collections.unmodifiableMap(found);
    }

    /** All steps on the class path that name themselves in {@code META-INF/services}. */
    public static StepTypes onClassPath() {
        return new StepTypes(ServiceLoader.load(Step.class));
    }

    public Optional<Step> find(String type) {
        return Optional.ofNullable(byType.get(type));
    }

    /** The step that a checked pipeline names. */
    public Step of(StepSpec spec) {
        return find(spec.type()).orElseThrow(() -> new IllegalStateException("no step of type " + spec.type()));
    }

    public List<String> types() {
        return List.copyOf(byType.keySet());
    }
}
