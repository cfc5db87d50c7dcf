package dev.longshore.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A test's source, out directory and work directory, and what must not be left in them. */
final class Workplace {
    final Path temp;
    final Path source;
    final Path out;

    Workplace(Path temp) throws IOException {
        this.temp = temp;
        this.source = Files.createDirectory(temp.resolve("source"));
        this.out = temp.resolve("out");
        Files.writeString(source.resolve("a.py"), "def first():\n    pass\n");
    }

    Path work() {
        return temp.resolve("call/work");
    }

    Longshore call(Object... arguments) {
        return new Longshore(temp.resolve("call"), arguments);
    }

    /** A pipeline of filesystem and one container step, {@code probe}, that runs a shell script in the busybox image. */
    Path pipeline(String script, String more) throws IOException {
        String indented = script.strip().indent(10).stripTrailing();
        return Files.writeString(temp.resolve("pipeline.yaml"), """
                name: probing
                steps:
                  filesystem:
                  probe:
                    type: container
                    after: filesystem
                    docker: required
                    timeout: 2m
                    retry: {attempts: 1}
                %s
                    options:
                      image: %s
                      command:
                        - sh
                        - -c
                        - |
                %s
                """.formatted(
                        more.indent(4).stripTrailing(), Daemon.busybox(), indented));
    }

    /** The directories that runs have in the work directory. */
    List<String> runs() throws IOException {
        if (!Files.exists(work())) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(work())) {
            return entries.map(path -> String.valueOf(path.getFileName()))
                    .filter(name -> name.startsWith("r-"))
                    .toList();
        }
    }

    void assertNothingLeft() throws IOException {
        assertThat(runs()).as("directories of runs").isEmpty();
        try (Stream<Path> entries = Files.list(temp)) {
            assertThat(entries.map(path -> String.valueOf(path.getFileName())))
                    .as("staged and replaced graphs")
                    .noneMatch(name -> name.startsWith(".out."));
        }
    }
}
