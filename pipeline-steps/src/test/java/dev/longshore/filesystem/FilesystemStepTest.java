package dev.longshore.filesystem;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.longshore.graph.Label;
import dev.longshore.graph.Node;
import dev.longshore.step.Progress;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The step on a directory that is no git work tree. */
class FilesystemStepTest {
    @TempDir
    Path temp;

    Path source;

    @BeforeEach
    void makeSource() throws IOException {
        source = Files.createDirectory(temp.resolve("source"));
    }

    private StepRun run() throws Exception {
        return StepRun.on(source, temp.resolve("scratch"));
    }

    private StepRun run(Map<String, Object> options) throws Exception {
        return StepRun.on(source, temp.resolve("scratch"), options);
    }

    private Path write(String path, byte[] content) throws IOException {
        Path file = source.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.write(file, content);
    }

    private Path write(String path, String content) throws IOException {
        return write(path, content.getBytes(UTF_8));
    }

    private static void shell(String script) throws Exception {
        Process process = new ProcessBuilder("sh", "-ec", script).inheritIO().start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void isFoundByItsType() {
        assertThat(ServiceLoader.load(dev.longshore.step.Step.class))
                .anyMatch(step -> step.type().equals("filesystem"));
    }

    @Test
    void aFileHasItsProperties() throws Exception {
        byte[] content = "#!/usr/bin/env -S python3 -u\nprint()\n".getBytes(UTF_8);
        write("bin/tool", content);
        write("bin/data.bin", new byte[] {1, 0, 2});
        StepRun run = run();
        String sha256 =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        Node tool = run.node(Label.FILE, "bin/tool");
        assertThat(tool.properties())
                .isEqualTo(Map.of(
                        "path",
                        "bin/tool",
                        "name",
                        "tool",
                        "language",
                        "python",
                        "size",
                        (long) content.length,
                        "sha256",
                        sha256,
                        "binary",
                        false));
        assertThat(run.node(Label.FILE, "bin/data.bin").properties())
                .containsEntry("binary", true)
                .containsEntry("extension", "bin")
                .doesNotContainKey("language");
        assertThat(run.containerOf(tool)).isEqualTo("bin");
        assertThat(run.containerOf(run.node(Label.DIRECTORY, "bin"))).isEmpty();
        assertThat(run.counts())
                .containsEntry("files", 2L)
                .containsEntry("directories", 1L)
                .containsEntry("binary", 1L)
                .containsEntry("bytes", content.length + 3L);
        assertThat(run.repository().properties()).isEqualTo(Map.of("name", "source"));
    }

    @Test
    void aNulIsSeenWhereverItIsAndNothingElseIsTakenForOne() throws Exception {
        byte[] neighbours = {(byte) 0x80, 1, (byte) 0xFF, 0x7F, (byte) 0x81, 1, 1, (byte) 0x80, 1, 2, (byte) 0x80, 1};
        write("none", neighbours);
        for (int at = 0; at < neighbours.length; at++) {
            byte[] content = neighbours.clone();
            content[at] = 0;
            write("nul-" + at, content);
        }
        StepRun run = run();
        for (String path : run.leaves()) {
            assertThat(run.node(Label.FILE, path).properties())
                    .as(path)
                    .containsEntry("binary", path.startsWith("nul-"));
        }
    }

    @Test
    void contentOfEverySizeAroundTheBuffersIsHashedAsItIs() throws Exception {
        int buffer = 256 << 10;
        for (int size :
                new int[] {0, 1, 7_999, 8_000, 8_001, buffer - 1, buffer, buffer + 1, 3 * buffer, 3 * buffer + 5}) {
            byte[] content = new byte[size];
            Arrays.fill(content, (byte) 'x');
            if (size > 8_000) {
                content[8_000] = 0; // one too late for git to see
            }
            write("f" + size, content);
        }
        write("edge", "x".repeat(7_999) + "\0");
        StepRun run = run();
        for (String path : run.leaves()) {
            byte[] content = Files.readAllBytes(source.resolve(path));
            assertThat(run.node(Label.FILE, path).properties())
                    .as(path)
                    .containsEntry("size", (long) content.length)
                    .containsEntry("binary", path.equals("edge"))
                    .containsEntry(
                            "sha256",
                            HexFormat.of()
                                    .formatHex(
                                            MessageDigest.getInstance("SHA-256").digest(content)));
        }
    }

    @Test
    void aLargeFileIsHashedAndMarked() throws Exception {
        write("large", "x".repeat(101));
        write("small", "x".repeat(100));
        StepRun run = run(Map.of("maxContentBytes", 100));
        assertThat(run.node(Label.FILE, "large").properties())
                .containsEntry("oversized", true)
                .containsKey("sha256");
        assertThat(run.node(Label.FILE, "small").properties()).doesNotContainKey("oversized");
        assertThat(run.counts()).containsEntry("oversized", 1L);
    }

    @Test
    void linksAreRecordedAndNeverFollowed() throws Exception {
        Path outside = Files.createDirectory(temp.resolve("outside"));
        Files.writeString(outside.resolve("secret"), "s");
        Files.createSymbolicLink(source.resolve("out"), outside);
        Files.createSymbolicLink(source.resolve("loop"), Path.of("."));
        Files.createSymbolicLink(source.resolve("broken"), Path.of("no/such"));
        StepRun run = run();
        assertThat(run.leaves()).containsExactlyInAnyOrder("out", "loop", "broken");
        assertThat(run.node(Label.SYMLINK, "broken").text("target")).isEqualTo("no/such");
        assertThat(run.counts()).containsEntry("symlinks", 3L).containsEntry("files", 0L);
    }

    @Test
    void aDirectoryWithoutFilesIsNotInTheGraph() throws Exception {
        Files.createDirectories(source.resolve("empty/deeper"));
        write("full/deeper/file", "1");
        assertThat(run().paths(Label.DIRECTORY)).containsExactly("full", "full/deeper");
    }

    @Test
    void whatIsNeitherFileNorDirectoryIsSkippedAndCounted() throws Exception {
        shell("mkfifo '" + source.resolve("pipe") + "'");
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(source.resolve("socket")));
            StepRun run = run();
            assertThat(run.leaves()).isEmpty();
            assertThat(run.counts()).containsEntry("skipped.socket", 1L).containsEntry("skipped.fifo", 1L);
        }
    }

    @Test
    void namesThatAreNotUtf8KeepTheirBytes() throws Exception {
        shell("cd '" + source
                + "' && printf 1 > \"$(printf 'a\\377b')\" && printf 2 > 'a%FFb' && mkdir \"$(printf 'd\\351')\""
                + " && printf 3 > \"$(printf 'd\\351/plain')\" && ln -s \"$(printf 't\\200')\" link && printf 4 > 'd%E9'"
                + " && printf 5 > \"$(printf 'caf\\303\\251')\"");
        StepRun run = run();
        List<Node> twins = run.nodes().stream()
                .filter(node -> "a%FFb".equals(node.property("path")))
                .toList();
        assertThat(twins).hasSize(2).extracting(Node::id).doesNotHaveDuplicates();
        assertThat(twins)
                .filteredOn(node -> node.property("nameBytes") != null)
                .singleElement()
                .satisfies(node -> assertThat(decoded(node, "nameBytes")).isEqualTo("a\u00ffb"));
        Node plain = run.node(Label.FILE, "d%E9/plain");
        assertThat(decoded(plain, "pathBytes")).isEqualTo("d\u00e9/plain");
        assertThat(plain.properties()).doesNotContainKey("nameBytes");
        assertThat(decoded(run.node(Label.DIRECTORY, "d%E9"), "nameBytes")).isEqualTo("d\u00e9");
        assertThat(run.node(Label.FILE, "caf\u00e9").properties())
                .as("UTF-8 whatever the locale")
                .doesNotContainKey("nameBytes");
        assertThat(run.node(Label.SYMLINK, "link").text("target")).isEqualTo("t%80");
        assertThat(decoded(run.node(Label.SYMLINK, "link"), "targetBytes")).isEqualTo("t\u0080");
    }

    private static String decoded(Node node, String property) {
        return new String(Base64.getDecoder().decode(node.text(property)), ISO_8859_1);
    }

    @Test
    void pathsLongerThanTheSystemTakesAreWalked() throws Exception {
        String name = "n".repeat(200);
        // Relative, one by one: no path as a whole could be named.
        String script = "$n = shift; chdir shift; for (1..60) { mkdir $n or die; chdir $n or die }"
                + " sub put { open F, '>', shift; print F 'deep'; close F }"
                + " put('file'); for (qw(a b c)) { mkdir $_; put(\"$_/x\") } symlink 't', 'link'";
        Process perl = new ProcessBuilder("perl", "-e", script, name, source.toString())
                .inheritIO()
                .start();
        assertThat(perl.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(perl.exitValue()).isZero();
        try {
            StepRun run = run();
            String directory = (name + "/").repeat(60);
            assertThat(directory.length()).isGreaterThan(12_000);
            assertThat(run.leaves())
                    .containsExactlyInAnyOrder(
                            directory + "file",
                            directory + "a/x",
                            directory + "b/x",
                            directory + "c/x",
                            directory + "link");
            assertThat(run.node(Label.FILE, directory + "file").properties()).containsEntry("size", 4L);
            assertThat(run.paths(Label.DIRECTORY)).hasSize(63);
            assertThat(run.node(Label.SYMLINK, directory + "link").properties())
                    .as("the platform cannot read a link there: reported, no failure")
                    .containsEntry("unreadable", true);
            assertThat(run.counts()).containsEntry("unreadable.symlinks", 1L);
        } finally {
            shell("rm -rf '" + source + "'"); // Java's own removal ends at the longest path
        }
    }

    @Test
    void moreDirectoriesThanAreKeptOpen() throws Exception {
        for (int i = 0; i < 600; i++) {
            write("d" + i + "/e/f" + i, "x");
        }
        // A tree whose every level has several: those that wait are found again from the root.
        String deep = "";
        for (int i = 0; i < 300; i++) {
            write(deep + "a/x", "x");
            write(deep + "b/x", "x");
            deep += "c/";
        }
        write(deep + "end", "x");
        StepRun run = run();
        assertThat(run.counts()).containsEntry("files", 600L + 600 + 1);
        assertThat(run.counts()).doesNotContainKey("unreadable.directories");
    }

    @Test
    void whatCannotBeReadIsReportedAndTheRunGoesOn() throws Exception {
        Path file = write("locked", "1");
        write("closed/inside", "2");
        write("open", "3");
        Files.setPosixFilePermissions(file, java.util.Set.of());
        Files.setPosixFilePermissions(source.resolve("closed"), java.util.Set.of());
        try {
            assumeTrue(!Files.isReadable(file), "root reads everything; the test needs another user");
            StepRun run = run();
            assertThat(run.leaves()).containsExactlyInAnyOrder("locked", "open");
            assertThat(run.node(Label.FILE, "locked").properties())
                    .containsEntry("unreadable", true)
                    .doesNotContainKey("sha256");
            assertThat(run.node(Label.DIRECTORY, "closed").properties()).containsEntry("unreadable", true);
            assertThat(run.counts()).containsEntry("unreadable.files", 1L).containsEntry("unreadable.directories", 1L);
        } finally {
            Files.setPosixFilePermissions(
                    source.resolve("closed"), java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void ignoreFilesAndBuiltInIgnoresHoldWithoutGit() throws Exception {
        write(".gitignore", "*.log\n");
        write("a.log", "1");
        write("node_modules/m/index.js", "2");
        write("sub/__pycache__/x.pyc", "3");
        write(".git/HEAD", "ref: refs/heads/x, but no repository");
        write("kept", "4");
        assertThat(run().leaves()).containsExactlyInAnyOrder(".gitignore", "kept");
        assertThat(run(Map.of("builtinIgnores", false, "gitIgnores", false)).leaves())
                .containsExactlyInAnyOrder(
                        ".gitignore", "a.log", "node_modules/m/index.js", "sub/__pycache__/x.pyc", "kept");
        assertThat(run(Map.of("ignore", List.of("!node_modules/", "kept"))).leaves())
                .containsExactlyInAnyOrder(".gitignore", "node_modules/m/index.js");
    }

    @Test
    void theSameBytesWhateverTheThreads() throws Exception {
        for (int i = 0; i < 400; i++) {
            write("d" + i % 7 + "/e" + i % 13 + "/f" + i + ".py", "x".repeat(i * 31));
        }
        for (int i = 0; i < 5_000; i++) {
            write("wide/f" + i, "");
        }
        var workspace = StepRun.workspace(source);
        StepRun one = StepRun.on(workspace, temp.resolve("scratch"), Map.of(), 1);
        assertThat(one.counts()).containsEntry("files", 5_400L);
        for (int threads : new int[] {2, 3, 8}) {
            StepRun more = StepRun.on(workspace, temp.resolve("scratch"), Map.of(), threads);
            assertThat(more.summary()).isEqualTo(one.summary());
            assertThat(more.counts()).isEqualTo(one.counts());
        }
    }

    @Test
    void progressEndsWhereItsTotalIs() throws Exception {
        for (int i = 0; i < 300; i++) {
            write("d" + i % 5 + "/f" + i, "");
        }
        AtomicLong total = new AtomicLong();
        AtomicLong done = new AtomicLong();
        Progress progress = new Progress() {
            @Override
            public void total(long units) {
                total.accumulateAndGet(units, Math::max);
            }

            @Override
            public void advance(long units) {
                done.addAndGet(units);
            }

            @Override
            public void message(String text) {}
        };
        StepRun.on(StepRun.workspace(source), temp.resolve("scratch"), Map.of(), 2, progress);
        assertThat(total).hasValue(305);
        assertThat(done).hasValue(305);
    }

    @Test
    void anInterruptEndsItInTheMiddleOfAFile() throws Exception {
        // Sparse: takes minutes to hash and no room.
        try (var file = new java.io.RandomAccessFile(source.resolve("huge").toFile(), "rw")) {
            file.setLength(1L << 40);
        }
        CountDownLatch reading = new CountDownLatch(1);
        Progress progress = new Progress() {
            @Override
            public void total(long units) {}

            @Override
            public void advance(long units) {
                reading.countDown();
            }

            @Override
            public void message(String text) {}
        };
        var workspace = StepRun.workspace(source);
        AtomicReference<Throwable> end = new AtomicReference<>();
        Thread runner = new Thread(() -> {
            try {
                StepRun.on(workspace, temp.resolve("scratch"), Map.of(), 2, progress);
            } catch (Throwable e) {
                end.set(e);
            }
        });
        runner.start();
        assertThat(reading.await(30, TimeUnit.SECONDS)).isTrue();
        runner.interrupt();
        runner.join(20_000);
        assertThat(runner.isAlive()).isFalse();
        assertThat(end.get()).isInstanceOf(InterruptedException.class);
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("filesystem-"));
    }

    @Test
    void filesThatComeAndGoMeanwhileDoNotFailTheRun() throws Exception {
        for (int i = 0; i < 200; i++) {
            write("d" + i % 10 + "/stays" + i, "x".repeat(1000));
        }
        Path outside = Files.createDirectory(temp.resolve("outside"));
        Files.writeString(outside.resolve("secret"), "s");
        AtomicBoolean stop = new AtomicBoolean();
        Thread churn = new Thread(() -> {
            try {
                for (int i = 0; !stop.get(); i++) {
                    Path file = source.resolve("d" + i % 10 + "/comes");
                    Files.writeString(file, "y".repeat(i % 50_000));
                    Path swapped = source.resolve("swapped");
                    Files.createDirectories(swapped);
                    Files.delete(swapped);
                    Files.createSymbolicLink(swapped, outside);
                    Files.delete(swapped);
                    Files.delete(file);
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        churn.start();
        try {
            for (int round = 0; round < 40; round++) {
                StepRun run = run();
                assertThat(run.leaves())
                        .filteredOn(path -> path.contains("stays"))
                        .hasSize(200);
                assertThat(run.leaves()).noneMatch(path -> path.contains("secret"));
            }
        } finally {
            stop.set(true);
            churn.join();
        }
    }

    @Test
    void aSourceThatIsGoneFails() throws Exception {
        var workspace = StepRun.workspace(source);
        Files.delete(source);
        assertThatThrownBy(() -> StepRun.on(workspace, temp.resolve("scratch"), Map.of(), 2))
                .isInstanceOf(IOException.class);
    }
}
