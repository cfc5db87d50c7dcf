package dev.longshore.docker;

/**
 * Is told when the connection to a daemon changes its state: in order, one at a time, on a thread of the guard's. What it throws is
 * logged.
 */
@FunctionalInterface
public interface ConnectionListener {
    void changed(ConnectionState before, ConnectionStatus now);

    /** Ends the telling. */
    @FunctionalInterface
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
