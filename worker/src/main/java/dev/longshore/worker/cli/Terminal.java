package dev.longshore.worker.cli;

import java.io.IOException;
import java.nio.file.Path;

/** What is at the other end of this process's standard streams. Java's own {@code Console} knows only of all at once. */
final class Terminal {
    static final int STDERR = 2;

    private Terminal() {}

    /** Whether a file descriptor is a terminal, as far as /proc tells; false where there is no /proc. */
    static boolean isTerminal(int descriptor) {
        try {
            String target = Path.of("/proc/self/fd/" + descriptor).toRealPath().toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException e) {
            return false;
        }
    }

    /** Columns of the terminal, from the environment; 80 where it does not say. */
    static int columns() {
        try {
            return Integer.parseInt(System.getenv().getOrDefault("COLUMNS", "80"));
        } catch (NumberFormatException e) {
            return 80;
        }
    }
}
