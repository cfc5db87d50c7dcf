package dev.longshore.docgrapher.docstring;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Loads tree-sitter's native libraries from their jars without leaving a file behind.
 *
 * <p>Left to itself, the binding copies each library to the temporary directory and removes it when the JVM ends well: a
 * killed worker would leave three megabytes each time. Here they are copied to a directory of their own, loaded, and
 * removed at once: a loaded library needs its file no more (on Windows it does; there they go when the JVM ends).
 */
final class NativeLibraries {
    /** Names a directory where the binding looks for its libraries before it extracts them. */
    private static final String DIRECTORY_PROPERTY = "tree-sitter-lib";

    private NativeLibraries() {}

    /** Makes every class's static initialiser load its library. */
    static void load(List<LibraryUser> users) {
        if (System.getProperty(DIRECTORY_PROPERTY) != null) {
            users.forEach(user -> user.initializer().run());
            return;
        }
        try {
            Path directory = Files.createTempDirectory(
                    "longshore-tree-sitter-" + ProcessHandle.current().pid() + "-");
            try {
                Files.createDirectory(directory.resolve("lib"));
                for (LibraryUser user : users) {
                    extract(fileName(user.library()), directory);
                }
                System.setProperty(DIRECTORY_PROPERTY, directory.toString());
                users.forEach(user -> user.initializer().run());
            } finally {
                System.clearProperty(DIRECTORY_PROPERTY);
                for (LibraryUser user : users) {
                    remove(directory.resolve(fileName(user.library())));
                }
                remove(directory.resolve("lib"));
                remove(directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("tree-sitter's libraries cannot be written to the temporary directory", e);
        }
    }

    /** @param library as the binding names it: {@code tree-sitter-java} */
    record LibraryUser(String library, Runnable initializer) {}

    private static void extract(String name, Path directory) throws IOException {
        try (InputStream in = NativeLibraries.class.getClassLoader().getResourceAsStream(name)) {
            if (in == null) {
                throw new UnsatisfiedLinkError("tree-sitter has no library for this platform: " + name);
            }
            Files.copy(in, directory.resolve(name));
        }
    }

    private static void remove(Path path) {
        if (!path.toFile().delete()) {
            path.toFile().deleteOnExit();
        }
    }

    private static String fileName(String library) {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        String arch = machine.equals("amd64") ? "x86_64" : machine;
        if (os.contains("windows")) {
            return "lib/" + arch + "-windows-" + library + ".dll";
        }
        return os.contains("mac")
                ? "lib/" + arch + "-macos-" + library + ".dylib"
                : "lib/" + arch + "-linux-gnu-" + library + ".so";
    }
}
