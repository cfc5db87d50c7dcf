package dev.longshore.pipeline;

import java.util.List;
import java.util.stream.Collectors;

/** A pipeline that cannot run, with every problem it has. */
public final class InvalidPipelineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<PipelineProblem> problems;

    InvalidPipelineException(String origin, List<PipelineProblem> problems) {
        super(problems.stream()
                .map(problem -> origin + (problem.line() > 0 ? ":" + problem.line() : "") + ": " + problem.message())
                .collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** At least one. */
    public List<PipelineProblem> problems() {
        return problems;
    }
}
