package dev.longshore.docker;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A guard with two callers, in a process of a user who gets at the socket by its group alone. It tells of each state it comes into, and
 * ends when it is asked to, saying what its callers met and whether it let go of everything.
 */
final class Outsider implements AutoCloseable {
    private static final String RELEASED = "released";

    private final Process process;
    private final BlockingQueue<Told> told = new LinkedBlockingQueue<>();
    private final InBackground<String> reader;

    /**
     * What it said of itself.
     *
     * @param code of the last failure; empty if there was none
     * @param fix of that failure
     */
    record Told(ConnectionState state, String code, String fix) {}

    Outsider(OtherUser user, PrivateDaemon daemon, int group) throws IOException {
        process = user.program(Outsider.class, new int[] {group}, "unix://" + daemon.socket)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        reader = new InBackground<>(this::read);
    }

    /** Hears it out; returns its last words. */
    private String read() throws IOException {
        String last = "";
        try (BufferedReader words = process.inputReader(StandardCharsets.UTF_8)) {
            String line;
            while ((line = words.readLine()) != null) {
                String[] parts = line.split("\t", -1);
                if (parts.length == 3) {
                    told.add(new Told(ConnectionState.valueOf(parts[0]), parts[1], parts[2]));
                }
                last = line;
            }
        }
        return last;
    }

    /** Waits until it says so, in what has not been listened to yet. */
    Told await(String what, Duration within, Predicate<Told> condition) throws InterruptedException {
        long end = System.nanoTime() + within.toNanos();
        Told last = null;
        while (last == null || !condition.test(last)) {
            @Nullable Told next = told.poll(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (next == null) {
                throw new AssertionError(what + ": not within " + within + "; the last word was " + last);
            }
            last = next;
        }
        return last;
    }

    /** Has it end in good order; returns what its callers met. */
    String end() throws Exception {
        process.getOutputStream().close();
        String last = reader.await(Duration.ofSeconds(60));
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new AssertionError("the outsider said \"" + last + "\" and does not end");
        }
        if (process.exitValue() != 0 || !last.endsWith(RELEASED)) {
            throw new AssertionError("the outsider ended with " + process.exitValue() + ", saying: " + last);
        }
        return last;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** The other process. */
    public static void main(String[] arguments) throws Exception {
        DockerSettings settings = DockerSettings.of("outsider")
                .withDockerHost(arguments[0])
                .withConnection(FaultRoundsDockerTest.CONNECTION);
        Leaks before = Leaks.now();
        String callersMet;
        try (GuardedDocker guard = GuardedDocker.open(settings);
                Callers callers = new Callers(guard)) {
            guard.listen((was, now) -> tell(now));
            int end = System.in.read(); // which comes when the test lets go of it
            int answered = callers.answered();
            if (end >= 0 || answered == 0 || callers.failures().containsKey("DOCKER_UNKNOWN")) {
                throw new AssertionError("answered " + answered + ", failures " + callers.failures());
            }
            callersMet = "answered " + answered + ", failures " + callers.failures();
        }
        Leaks.assertReleased(before);
        System.out.println(callersMet + ", " + RELEASED);
    }

    private static void tell(ConnectionStatus now) {
        String code = now.lastError().map(error -> error.failure().code()).orElse("");
        String fix = now.lastError().map(error -> error.failure().fix()).orElse("");
        System.out.println(now.state() + "\t" + code + "\t" + fix);
    }
}
