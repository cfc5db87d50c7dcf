package dev.longshore.pipeline;

/**
 * What is wrong with a pipeline.
 *
 * @param line where, from 1; 0 where no line can be named
 */
public record PipelineProblem(int line, String message) {
    static PipelineProblem nowhere(String message) {
        return new PipelineProblem(0, message);
    }
}
