package dev.longshore.docker.policy;

/**
 * What is wrong with a policy file.
 *
 * @param line where, from 1; 0 where no line can be named
 */
public record PolicyProblem(int line, String message) {
    static PolicyProblem nowhere(String message) {
        return new PolicyProblem(0, message);
    }
}
