package dev.longshore.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * One call of the program, as a process of its own with nothing on standard input and a work directory of the test's. It
 * starts from the class path of this test, which is the build under test.
 */
final class Longshore {
    private static final Duration DEADLINE = Duration.ofMinutes(4);
    private static final JsonMapper JSON = new JsonMapper();

    private final Path directory;
    private final List<String> prefix = new ArrayList<>();
    private final List<String> arguments;
    private final Map<String, String> environment = new HashMap<>();
    private final List<String> unset = new ArrayList<>();
    private String java = ProcessHandle.current().info().command().orElse("java");
    private String classPath = Program.classPath();

    /** @param directory where the outputs of the process are kept, and its work directory unless one is named */
    Longshore(Path directory, Object... arguments) {
        this.directory = directory;
        this.arguments = new ArrayList<>();
        for (Object argument : arguments) {
            this.arguments.add(argument.toString());
        }
        environment.put("LONGSHORE_WORK", directory.resolve("work").toString());
    }

    Longshore with(String variable, Object value) {
        environment.put(variable, value.toString());
        return this;
    }

    /** Without this variable of the test's own environment. */
    Longshore without(String variable) {
        unset.add(variable);
        return this;
    }

    /** Started by this command, such as {@code setpriv --reuid 65534}. */
    Longshore under(String... command) {
        prefix.addAll(List.of(command));
        return this;
    }

    Longshore on(Path javaHome) {
        java = javaHome.resolve("bin/java").toString();
        return this;
    }

    Longshore classPath(String path) {
        classPath = path;
        return this;
    }

    /** What the process printed, and how it ended. */
    record Ended(int exit, String out, String err) {
        JsonNode json() {
            try {
                return JSON.readTree(out);
            } catch (IOException e) {
                throw new AssertionError("not one JSON object:\n" + out + err, e);
            }
        }

        Ended exits(int code) {
            assertThat(exit)
                    .as("exit; standard output:%n%s%nstandard error:%n%s", out, err)
                    .isEqualTo(code);
            return this;
        }

        /** The one line on standard error. */
        String line() {
            assertThat(err.lines().toList()).as("standard error").hasSize(1);
            return err.strip();
        }
    }

    Ended run() throws IOException, InterruptedException {
        return start().await();
    }

    Running start() throws IOException {
        Files.createDirectories(directory);
        Path out = Files.createTempFile(directory, "stdout", ".txt");
        Path err = Files.createTempFile(directory, "stderr", ".txt");
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(java, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx512m"));
        command.addAll(accessOptions(Path.of(java)));
        command.addAll(List.of("-cp", classPath));
        command.add("dev.longshore.worker.Main");
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().putAll(environment);
        // A JVM that was told options by its environment says so on standard error.
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        unset.forEach(builder.environment()::remove);
        return new Running(builder.start(), out, err);
    }

    /** What scripts/jvm.bash gives newer JVMs, so that they take native code and Unsafe without a warning. */
    private static List<String> accessOptions(Path java) throws IOException {
        Path release = Objects.requireNonNull(java.toRealPath().getParent()).resolveSibling("release");
        String version = Files.readAllLines(release).stream()
                .filter(line -> line.startsWith("JAVA_VERSION="))
                .map(line -> line.substring("JAVA_VERSION=".length()).replace("\"", ""))
                .findFirst()
                .orElseThrow();
        int feature = Runtime.Version.parse(version).feature();
        List<String> options = new ArrayList<>();
        if (feature >= 22) {
            options.add("--enable-native-access=ALL-UNNAMED");
        }
        if (feature >= 23) {
            options.add("--sun-misc-unsafe-memory-access=allow");
        }
        return options;
    }

    /** A call that is under way. */
    static final class Running {
        private final Process process;
        private final Path out;
        private final Path err;

        private Running(Process process, Path out, Path err) {
            this.process = process;
            this.out = out;
            this.err = err;
        }

        /** Sends a signal, by the name that kill(1) knows it by. */
        void signal(String name) throws IOException, InterruptedException {
            Command.run("kill", "-" + name, Long.toString(process.pid()));
        }

        boolean isAlive() {
            return process.isAlive();
        }

        /** Ends it if it has not ended. */
        void kill() throws InterruptedException {
            process.destroyForcibly().waitFor();
        }

        String out() throws IOException {
            return Files.readString(out);
        }

        String err() throws IOException {
            return Files.readString(err);
        }

        /** Waits until its standard error so far is as wanted. */
        void awaitErr(Predicate<String> wanted) throws IOException, InterruptedException {
            Waiting.until(
                    () -> {
                        if (!process.isAlive() && !wanted.test(err())) {
                            throw new AssertionError("ended with " + process.exitValue() + " first:\n" + err());
                        }
                        return wanted.test(err());
                    },
                    "the progress that was waited for");
        }

        Ended await() throws IOException, InterruptedException {
            if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new AssertionError(
                        "still running after " + DEADLINE + "\n" + Files.readString(out) + Files.readString(err));
            }
            return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
        }
    }
}
