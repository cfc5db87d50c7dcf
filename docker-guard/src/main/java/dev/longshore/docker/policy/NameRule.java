package dev.longshore.docker.policy;

import java.util.List;
import java.util.Optional;

/** Names that a policy allows, or denies. */
public record NameRule(Glob names, Place where) {
    /** The first of these that a name matches. */
    public static Optional<NameRule> find(List<NameRule> rules, String name) {
        return rules.stream().filter(rule -> rule.names.matches(name)).findFirst();
    }
}
