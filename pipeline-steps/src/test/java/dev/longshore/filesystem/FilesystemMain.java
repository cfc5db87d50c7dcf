package dev.longshore.filesystem;

import dev.longshore.step.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** The step as a process of its own: arguments are the source, the directory to write, the number of
 * threads, and {@code all} or {@code ignoring}: whether to leave out what .gitignore files name. */
final class FilesystemMain {
    private FilesystemMain() {}

    public static void main(String[] arguments) throws Exception {
        Path out = Path.of(arguments[1]).toAbsolutePath();
        Path scratch = Files.createTempDirectory(Files.createDirectories(out), "scratch");
        Map<String, Long> counts = new TreeMap<>();
        long start = System.nanoTime();
        var workspace = StepRun.workspace(Path.of(arguments[0]));
        long opened = System.nanoTime();
        var summary = StepRun.write(
                workspace,
                scratch,
                out,
                Map.of("gitIgnores", !arguments[3].equals("all")),
                Integer.parseInt(arguments[2]),
                Progress.NONE,
                counts);
        long end = System.nanoTime();
        System.out.println(counts + " " + summary + " open " + (opened - start) / 1_000_000 + " ms, step "
                + (end - opened) / 1_000_000 + " ms");
        Files.delete(scratch);
    }
}
