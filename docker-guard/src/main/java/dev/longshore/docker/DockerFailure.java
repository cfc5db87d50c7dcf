package dev.longshore.docker;

/** To be replaced. */
public interface DockerFailure {
    String code();

    String message();

    boolean retryable();

    String fix();
}
