package dev.longshore.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A Java process of a test's own with this one's classes; its lines are answered, its error output goes to a file. */
final class Jvm implements AutoCloseable {
    private final Process process;
    private final OutputStream input;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    private Jvm(Process process) {
        this.process = process;
        this.input = process.getOutputStream();
        Thread reader = new Thread(this::read, "jvm-" + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    static Jvm start(Class<?> main, Path errors, String... arguments) throws IOException {
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
        return new Jvm(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
                .start());
    }

    private void read() {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            String line;
            while ((line = reader.readLine()) != null) {
                lines.add(line);
            }
        } catch (IOException e) {
            // The stream of a killed process may end like this.
            lines.add("(" + e.getMessage() + ")");
        }
    }

    /** Reads until this line. */
    void await(String expected, long seconds) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        String line;
        do {
            line = lines.poll(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (line == null) {
                throw new IllegalStateException("the process did not say '" + expected + "' in " + seconds
                        + " s, and is " + (process.isAlive() ? "alive" : "gone with " + process.exitValue()));
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
