package dev.longshore.dashboard;

import java.util.List;
import java.util.stream.Collectors;

/** Settings that no dashboard can have, with everything that is wrong with them. */
public final class InvalidDashboardException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<DashboardProblem> problems;

    InvalidDashboardException(List<DashboardProblem> problems) {
        super(problems.stream().map(DashboardProblem::message).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** At least one. */
    public List<DashboardProblem> problems() {
        return problems;
    }
}
