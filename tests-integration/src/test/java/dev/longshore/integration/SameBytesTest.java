package dev.longshore.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Same commit, same bytes: whatever the number of threads, the Java and the call; and nothing left of any of them. */
class SameBytesTest {
    @TempDir
    Path temp;

    private GraphBytes ingest(String name, Path source, Optional<Path> javaHome, Object... more)
            throws IOException, InterruptedException {
        Path out = temp.resolve(name);
        List<Object> arguments = new ArrayList<>(List.of("ingest", source, "-o", out, "--quiet"));
        arguments.addAll(List.of(more));
        Longshore call = new Longshore(temp.resolve("call"), arguments.toArray());
        javaHome.ifPresent(call::on);
        call.run().exits(0);
        try (DirectoryStream<Path> runs = Files.newDirectoryStream(temp.resolve("call/work"), "r-*")) {
            assertThat(runs).as("directories of runs").isEmpty();
        }
        return GraphBytes.of(out);
    }

    @Test
    @Tag("docker")
    void flaskWithEveryStep() throws Exception {
        Daemon daemon = Daemon.offered();
        Set<String> volumes = Set.copyOf(daemon.volumes());
        Path source = RealSource.FLASK.path();

        GraphBytes one = ingest("one", source, Optional.empty(), "--docker", "required", "--threads", "1");
        GraphBytes four = ingest("four", source, Optional.empty(), "--docker", "required", "--threads", "4");
        GraphBytes again = ingest("four", source, Optional.empty(), "--docker", "required", "--threads", "4");

        assertThat(four).isEqualTo(one);
        assertThat(again).isEqualTo(one);
        assertThat(daemon.containersUsing(temp)).as("containers").isEmpty();
        assertThat(daemon.volumes()).as("volumes that were not there before").isSubsetOf(volumes);
    }

    /** This repository, from its own git: a clone of the commit it is at. */
    @Test
    void thisRepositoryAtItsCommit() throws Exception {
        Path root = Repository.root();
        assertThat(root.resolve(".git"))
                .as("the checkout's git: from an archive of the sources there is no commit to ingest")
                .exists();
        String commit = Command.in(root, "git", "rev-parse", "HEAD").strip();
        Object[] options = {"--docker", "off", "--ref", commit, "--name", "longshore", "--threads"};

        GraphBytes one = ingest("one", root, Optional.empty(), with(options, "1"));
        GraphBytes four = ingest("four", root, Optional.empty(), with(options, "4"));

        assertThat(four).isEqualTo(one);
        assertThat(Files.readString(temp.resolve("one/manifest.json"))).contains(commit);
    }

    private static Object[] with(Object[] options, Object last) {
        List<Object> all = new ArrayList<>(List.of(options));
        all.add(last);
        return all.toArray();
    }

    /** Skipped where there is but one Java: the two commands of CONTRIBUTING then compare them. */
    @Test
    void onAnotherJava() throws Exception {
        Optional<Path> other = anotherJava();
        org.junit.jupiter.api.Assumptions.assumeTrue(
                other.isPresent(), "no second Java in LONGSHORE_TEST_OTHER_JAVA_HOME or /usr/lib/jvm");
        for (RealSource source : List.of(RealSource.FLASK, RealSource.ZOD, RealSource.COMMONMARK)) {
            Path path = source.path();
            GraphBytes here = ingest(source + "-here", path, Optional.empty(), "--docker", "off");
            GraphBytes there = ingest(source + "-there", path, other, "--docker", "off");

            assertThat(there).as("%s on %s", source, other).isEqualTo(here);
        }
    }

    private static Optional<Path> anotherJava() throws IOException {
        String named = System.getenv().getOrDefault("LONGSHORE_TEST_OTHER_JAVA_HOME", "");
        if (!named.isBlank()) {
            return Optional.of(Path.of(named));
        }
        Path installed = Path.of("/usr/lib/jvm");
        if (!Files.isDirectory(installed)) {
            return Optional.empty();
        }
        try (DirectoryStream<Path> homes = Files.newDirectoryStream(installed)) {
            for (Path home : homes) {
                int feature = feature(home);
                if (feature >= 17 && feature != Runtime.version().feature() && Files.exists(home.resolve("bin/java"))) {
                    return Optional.of(home);
                }
            }
        }
        return Optional.empty();
    }

    /** The feature release that a JDK's release file names; 0 where it has none. */
    private static int feature(Path home) throws IOException {
        Path release = home.resolve("release");
        if (!Files.exists(release)) {
            return 0;
        }
        for (String line : Files.readAllLines(release)) {
            if (line.startsWith("JAVA_VERSION=\"")) {
                return Integer.parseInt(
                        line.substring("JAVA_VERSION=\"".length()).replaceAll("[^0-9].*", ""));
            }
        }
        return 0;
    }
}
