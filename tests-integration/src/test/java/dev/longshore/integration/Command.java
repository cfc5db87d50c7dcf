package dev.longshore.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs other programs: git, find, Python. */
final class Command {
    private static final long DEADLINE_MINUTES = 5;

    private Command() {}

    /** How a program ended, with all that it printed. */
    record Result(int exit, String output) {}

    /** What it printed on standard output and standard error; it must exit 0. */
    static String run(String... command) throws IOException, InterruptedException {
        return in(Path.of("."), command);
    }

    static String in(Path directory, String... command) throws IOException, InterruptedException {
        Result result = result(directory, List.of(command));
        assertThat(result.exit())
                .as("%s%n%s", String.join(" ", command), result.output())
                .isZero();
        return result.output();
    }

    static Result result(Path directory, List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .start();
        CompletableFuture<String> output = CompletableFuture.supplyAsync(() -> {
            try {
                return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        if (!process.waitFor(DEADLINE_MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly().waitFor();
            throw new AssertionError("not done after " + DEADLINE_MINUTES + " min: " + command);
        }
        return new Result(process.exitValue(), output.join());
    }
}
