package dev.longshore.docker.policy;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** A policy file that cannot be used, with every problem it has: one a line, in the order of the file. */
public final class InvalidPolicyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<PolicyProblem> problems;

    InvalidPolicyException(String origin, List<PolicyProblem> problems) {
        this(
                problems.stream()
                        .sorted(Comparator.comparingInt(PolicyProblem::line))
                        .toList(),
                origin);
    }

    private InvalidPolicyException(List<PolicyProblem> sorted, String origin) {
        super(sorted.stream()
                .map(problem -> origin + (problem.line() > 0 ? ":" + problem.line() : "") + ": " + problem.message())
                .collect(Collectors.joining("\n")));
        problems = sorted;
    }

    /** At least one. */
    public List<PolicyProblem> problems() {
        return problems;
    }
}
