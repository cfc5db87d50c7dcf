package dev.longshore.run;

import java.util.stream.Collectors;

/** A run was asked for a transition that its state does not allow. */
public final class IllegalTransitionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    IllegalTransitionException(Run run, String verb) {
        super("cannot " + verb + " of run " + run.id() + ", which is " + run.state() + " with "
                + run.steps().stream()
                        .map(step -> step.name() + " " + step.state())
                        .collect(Collectors.joining(", ")));
    }
}
