package dev.longshore.benchmarks.docker;

/** A way to the daemon. */
interface Client extends AutoCloseable {
    String name();

    void ping() throws Exception;

    void inspectImage() throws Exception;

    /** Creates a container, attaches to it, starts it, waits for its end, reads its exit code and removes it. */
    void runContainer() throws Exception;

    @Override
    void close() throws Exception;
}
