package dev.longshore.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The program under test where any user can read it: the class path of a test may lie in a home directory that is closed
 * to others. Only root can take on another user, so the tests that use this need root.
 */
final class Program {
    private static final String NOBODY = "65534";

    private final Path temp;
    private final Path jars;

    private Program(Path temp, Path jars) {
        this.temp = temp;
        this.jars = jars;
    }

    /** @param temp the test's directory: other users may enter it and make entries in it from here on */
    static Program readableByAll(Path temp) throws IOException, InterruptedException {
        assertThat(Command.run("id", "-u").strip())
                .as("this test takes on another user, which only root can: run ./verify as root")
                .isEqualTo("0");
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path jars = Files.createDirectory(temp.resolve("jars"));
        for (String entry : classPath().split(":", -1)) {
            Path path = Path.of(entry);
            if (Files.isDirectory(path) && !entry.isEmpty()) {
                Command.run("cp", "-r", path + "/.", jars.toString());
            } else if (Files.isRegularFile(path)) {
                Files.copy(path, jars.resolve(path.getFileName()));
            }
        }
        Command.run("chmod", "-R", "a+rX", jars.toString());
        return new Program(temp, jars);
    }

    /** Without the tests of any module: their logging, for one, would be the program's. */
    static String classPath() {
        String whole = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path", ""));
        return Stream.of(whole.split(":", -1))
                .filter(entry -> !entry.contains("/target/test-classes") && !entry.endsWith("-tests.jar"))
                .collect(Collectors.joining(":"));
    }

    /** The call, made by a user who owns nothing and is in no group. */
    Longshore asNobody(Longshore call) throws IOException {
        Path work = Files.createDirectories(temp.resolve("nobodys-work"));
        Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxrwxrwx"));
        return call.classPath(jars + ":" + jars + "/*")
                .with("LONGSHORE_WORK", work.resolve("runs"))
                .under("setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups");
    }
}
