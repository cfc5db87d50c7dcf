package dev.longshore.graph;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The values that a property may have, and the order that they are written in. */
final class PropertyValues {
    private PropertyValues() {}

    /** An unmodifiable copy, sorted by name. Throws IllegalArgumentException for a value the format does not know. */
    static Map<String, Object> checked(Map<String, Object> properties) {
        if (properties.isEmpty()) {
            return Map.of();
        }
        TreeMap<String, Object> sorted = new TreeMap<>();
        properties.forEach((name, value) -> sorted.put(name, value(name, value)));
        return Collections.unmodifiableMap(sorted);
    }

    private static Object value(String name, Object value) {
        if (value instanceof String || value instanceof Boolean || value instanceof Integer || value instanceof Long) {
            return value;
        }
        if (value instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
            return List.copyOf(list);
        }
        throw new IllegalArgumentException("property " + name + " has a value of type "
                + value.getClass().getName() + "; it may be text, a whole number, true/false or a list of texts");
    }
}
