package dev.longshore.step;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A step's options: what the pipeline gave, and the standard value of all else.
 *
 * @param values by name, each in the Java type of its {@link OptionSpec.Kind}
 */
public record StepOptions(Map<String, Object> values) {
    public StepOptions {
        values = Collections.unmodifiableMap(new TreeMap<>(values));
    }

    /**
     * The options of a step.
     *
     * @param given by name, each of a value that its spec accepts
     */
    public static StepOptions of(List<OptionSpec> specs, Map<String, Object> given) {
        Map<String, Object> values = new TreeMap<>();
        for (OptionSpec spec : specs) {
            Object raw = given.getOrDefault(spec.name(), spec.standard());
            values.put(
                    spec.name(),
                    spec.checked(raw)
                            .orElseThrow(() -> new IllegalArgumentException(
                                    "option " + spec.name() + ": " + raw + " is no " + spec.kind())));
        }
        return new StepOptions(values);
    }

    /** These options with another value for one of them. */
    public StepOptions with(String name, Object value) {
        Map<String, Object> changed = new TreeMap<>(values);
        changed.put(name, value);
        return new StepOptions(changed);
    }

    public boolean flag(String name) {
        return (Boolean) value(name);
    }

    /** A count, or a size in bytes. */
    public long number(String name) {
        return (Long) value(name);
    }

    public Duration duration(String name) {
        return (Duration) value(name);
    }

    public String text(String name) {
        return (String) value(name);
    }

    public List<String> texts(String name) {
        return ((List<?>) value(name)).stream().map(String.class::cast).toList();
    }

    private Object value(String name) {
        Object value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the step takes no option " + name);
        }
        return value;
    }
}
