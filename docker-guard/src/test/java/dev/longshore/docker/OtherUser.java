package dev.longshore.docker;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Runs programs of the tests as user 65534, whom a socket's mode stops; it does not stop root, who runs the tests. */
final class OtherUser {
    private static final String NOBODY = "65534";

    private final String classPath;

    /** @param directory of the test's own, for a copy of the class path: the jars may lie in root's home, which others cannot read */
    OtherUser(Path directory) throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path copies = Files.createDirectory(directory.resolve("classes"));
        String own = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path", ""));
        List<String> entries = new ArrayList<>();
        int number = 0;
        for (String entry : own.split(File.pathSeparator, -1)) {
            Path source = Path.of(entry);
            Path copy = copies.resolve(number++ + "-" + source.getFileName());
            if (Files.isDirectory(source)) {
                copyTree(source, copy);
                entries.add(copy.toString());
            } else if (Files.isRegularFile(source)) {
                Files.copy(source, copy);
                entries.add(copy.toString());
            }
        }
        classPath = String.join(File.pathSeparator, entries);
    }

    private static void copyTree(Path source, Path target) throws IOException {
        try (Stream<Path> files = Files.walk(source)) {
            for (Path file : files.toList()) {
                Files.copy(file, target.resolve(source.relativize(file)));
            }
        }
    }

    /**
     * A program of the tests, by its {@code main}.
     *
     * @param groups besides the user's own
     */
    ProcessBuilder program(Class<?> program, int[] groups, String... arguments) {
        List<String> command = new ArrayList<>(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY));
        command.add(
                groups.length == 0
                        ? "--clear-groups"
                        : IntStream.of(groups)
                                .mapToObj(Integer::toString)
                                .collect(Collectors.joining(",", "--groups=", "")));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                classPath,
                program.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }
}
