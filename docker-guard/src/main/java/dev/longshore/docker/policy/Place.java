package dev.longshore.docker.policy;

/**
 * Where in a policy something is said.
 *
 * @param origin the policy's file, or what it is called
 * @param line from 1; 0 for what the file leaves to its default
 * @param key such as {@code images[0]} or {@code profiles[1].limits.memory}
 */
public record Place(String origin, int line, String key) {
    @Override
    public String toString() {
        return line > 0 ? origin + ":" + line + " (" + key + ")" : origin + " (" + key + ", not set)";
    }
}
