package dev.longshore.docker;

import org.jspecify.annotations.Nullable;

/** The one exception of this module: {@link #failure} says what happened, whether to try again, and what the operator can do. */
public final class DockerFailureException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    // Not part of the serial form: exceptions of this module are not sent anywhere.
    @SuppressWarnings("serial")
    private final DockerFailure failure;

    public DockerFailureException(DockerFailure failure) {
        this(failure, null);
    }

    public DockerFailureException(DockerFailure failure, @Nullable Throwable cause) {
        super(failure.message(), cause);
        this.failure = failure;
    }

    public DockerFailure failure() {
        return failure;
    }
}
