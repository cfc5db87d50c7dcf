package dev.longshore.filesystem;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** The real git, to hold the step against. */
record Git(Path directory) {
    /** A new repository, with a user to commit as, and nothing of the machine's configuration. */
    static Git init(Path directory) throws IOException, InterruptedException {
        Git git = new Git(Files.createDirectories(directory));
        git.run("init", "-q", "-b", "main");
        git.run("config", "user.name", "Test");
        git.run("config", "user.email", "test@example.org");
        git.run("config", "core.excludesFile", "");
        return git;
    }

    void commitAll(String message) throws IOException, InterruptedException {
        run("add", "-A");
        run("commit", "-q", "-m", message);
    }

    /** Runs git and returns what it wrote. */
    String run(String... arguments) throws IOException, InterruptedException {
        return new String(bytes(arguments), UTF_8);
    }

    private byte[] bytes(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("git", "-C", directory.toString()));
        command.addAll(List.of(arguments));
        Path errors = Files.createTempFile("git", ".err");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
        builder.environment().putAll(Map.of("GIT_CONFIG_NOSYSTEM", "1", "GIT_CONFIG_GLOBAL", "/dev/null"));
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            byte[] out = process.getInputStream().readAllBytes();
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(command + " failed: " + Files.readString(errors));
            }
            return out;
        } finally {
            process.destroyForcibly();
            Files.delete(errors);
        }
    }

    /** The files and links that git lists and that are there, by the paths from {@link #directory} on. */
    TreeSet<String> listed() throws IOException, InterruptedException {
        TreeSet<String> paths = new TreeSet<>();
        for (String path : run("ls-files", "-z", "--cached", "--others", "--exclude-standard")
                .split("\0", -1)) {
            Path file = directory.resolve(path);
            boolean there = Files.exists(file, LinkOption.NOFOLLOW_LINKS);
            if (!path.isEmpty() && there && !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                paths.add(path);
            }
        }
        return paths;
    }

    Path write(String path, String content) throws IOException {
        Path file = directory.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }
}
