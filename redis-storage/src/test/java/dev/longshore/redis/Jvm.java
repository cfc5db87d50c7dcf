package dev.longshore.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A Java process of a test's own with this one's classes. Lines that it begins with {@value #ANSWER} are for the test; all it
 * writes goes to a file.
 */
final class Jvm implements AutoCloseable {
    private static final String ANSWER = "# ";

    private final Process process;
    private final Path log;
    private final OutputStream input;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    private Jvm(Process process, Path log) {
        this.process = process;
        this.log = log;
        this.input = process.getOutputStream();
        Thread reader = new Thread(this::read, "jvm-" + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    static Jvm start(Class<?> main, Path log, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // Several of them share what the machine has.
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path", "")),
                main.getName()));
        command.addAll(List.of(arguments));
        return new Jvm(
                new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start(),
                log);
    }

    private void read() {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
                PrintStream rest = new PrintStream(new FileOutputStream(log.toFile(), true), true, UTF_8)) {
            String line;
            while ((line = reader.readLine()) != null) {
                if (line.startsWith(ANSWER)) {
                    lines.add(line.substring(ANSWER.length()));
                } else {
                    rest.println(line);
                }
            }
        } catch (IOException e) {
            // The stream of a killed process may end like this.
            lines.add("(" + e.getMessage() + ")");
        }
    }

    /** Of such a process: says something to the test. */
    static void answer(String line) {
        System.out.println(ANSWER + line);
    }

    /** Reads until this line. */
    void await(String expected, long seconds) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        String line;
        do {
            line = lines.poll(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (line == null) {
                throw new IllegalStateException("the process did not say '" + expected + "' in " + seconds
                        + " s, and is " + (process.isAlive() ? "alive" : "gone with " + process.exitValue())
                        + "; see " + log);
            }
        } while (!line.equals(expected));
    }

    void say(String line) throws IOException {
        input.write((line + '\n').getBytes(UTF_8));
        input.flush();
    }

    /** Whether this line is among those that nobody has read yet. */
    boolean hasSaid(String line) {
        return lines.contains(line);
    }

    void signal(String name) throws IOException, InterruptedException {
        Signals.send(name, process);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    /** Ends it as kill -9 does. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Asks it to end, as SIGTERM does, and waits until it has. */
    void stop(long seconds) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the process did not end in " + seconds + " s");
        }
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
