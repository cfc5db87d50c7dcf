package dev.longshore.docker;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Runs small programs of the system that tests need. */
final class Programs {
    private static final int SECONDS = 60;

    private Programs() {}

    /** Answers how it ended; what it says goes where the tests' own words go. */
    static int run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(String.join(" ", command) + " does not end within " + SECONDS + " s");
        }
        return process.exitValue();
    }
}
