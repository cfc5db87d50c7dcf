package dev.longshore.redis;

import java.io.IOException;

/** Signals that Java does not know of. */
final class Signals {
    private Signals() {}

    static void send(String name, Process process) throws IOException, InterruptedException {
        int status = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (status != 0) {
            throw new IllegalStateException("kill -" + name + " ended with " + status);
        }
    }
}
