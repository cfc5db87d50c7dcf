package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What travels to a daemon that lacks our files, and what comes back from a container nobody trusts. */
class TarsTest {
    private static final int LINK = TarConstants.LF_SYMLINK;
    private static final int HARD_LINK = TarConstants.LF_LINK;

    @TempDir
    Path directory;

    private Mount.OutputDirectory output(long maxBytes, long maxFiles) throws IOException {
        Path out = Files.createDirectories(directory.resolve("out"));
        return new Mount.OutputDirectory(out, "/out", maxBytes, maxFiles);
    }

    /** An archive as the daemon makes them: of {@code out/} and what is below. */
    private static final class Archive {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private boolean finished;
        private final TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8");

        Archive() {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        }

        Archive file(String name, String content) throws IOException {
            TarArchiveEntry entry = new TarArchiveEntry(name, true);
            byte[] data = content.getBytes(StandardCharsets.UTF_8);
            entry.setSize(data.length);
            tar.putArchiveEntry(entry);
            tar.write(data);
            tar.closeArchiveEntry();
            return this;
        }

        Archive directory(String name) throws IOException {
            return special(name + "/", TarConstants.LF_DIR, "");
        }

        Archive special(String name, int type, String link) throws IOException {
            TarArchiveEntry entry = new TarArchiveEntry(name, (byte) type, true);
            entry.setLinkName(link);
            tar.putArchiveEntry(entry);
            tar.closeArchiveEntry();
            return this;
        }

        ByteArrayInputStream stream() throws IOException {
            if (!finished) {
                tar.finish();
                finished = true;
            }
            return new ByteArrayInputStream(bytes.toByteArray());
        }
    }

    @Test
    void outputComesBackAsItWas() throws IOException {
        String longName = "x".repeat(150) + ".jsonl";
        Archive archive = new Archive()
                .directory("out")
                .file("out/nodes.jsonl", "{}\n")
                .directory("out/deep")
                .file("out/deep/ünï", "named")
                .file("out/" + longName, "long");

        assertThat(OutputTar.extract(archive.stream(), output(1000, 10))).isEmpty();

        Path out = directory.resolve("out");
        assertThat(out.resolve("nodes.jsonl")).hasContent("{}\n");
        assertThat(out.resolve("deep/ünï")).hasContent("named");
        assertThat(out.resolve(longName)).hasContent("long");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "out/../escaped",
                "out/../../escaped",
                "out/deep/../../../escaped",
                "out/./../escaped",
                "/out/../escaped",
                "out/a/..",
            })
    void noNameLeadsOut(String name) throws IOException {
        Archive archive = new Archive().directory("out").directory("out/deep").file(name, "evil");

        assertThat(OutputTar.extract(archive.stream(), output(1000, 10))).isPresent();

        assertThat(directory.resolve("escaped")).doesNotExist();
        assertThat(directory.resolveSibling("escaped")).doesNotExist();
    }

    @Test
    void absoluteNamesStayInside() throws IOException {
        Archive archive = new Archive().file("/etc/longshore-test", "evil");

        assertThat(OutputTar.extract(archive.stream(), output(1000, 10))).isPresent();

        assertThat(Path.of("/etc/longshore-test")).doesNotExist();
    }

    @Test
    void nothingIsWrittenThroughLinksAndNoneAreMade() throws IOException {
        Path outside = Files.createDirectory(directory.resolve("outside"));
        Path victim = Files.writeString(outside.resolve("victim"), "mine");
        Mount.OutputDirectory output = output(1000, 20);
        Files.createSymbolicLink(output.host().resolve("planted"), outside);
        Files.createSymbolicLink(output.host().resolve("file"), victim);
        Archive archive = new Archive()
                .special("out/link", LINK, outside.toString())
                .special("out/hard", HARD_LINK, victim.toString())
                .special("out/pipe", TarConstants.LF_FIFO, "")
                .special("out/device", TarConstants.LF_CHR, "")
                .file("out/file", "theirs");

        assertThat(OutputTar.extract(archive.stream(), output)).isEmpty();
        assertThat(OutputTar.extract(new Archive().file("out/planted/new", "evil").stream(), output))
                .isPresent();
        assertThat(OutputTar.extract(new Archive().file("out/link/new", "evil").stream(), output))
                .isPresent();

        assertThat(victim).hasContent("mine");
        assertThat(output.host().resolve("file")).isRegularFile().hasContent("theirs");
        assertThat(outside).isDirectoryNotContaining("glob:**new");
        try (var files = Files.list(output.host())) {
            assertThat(files.map(path -> path.getFileName().toString())).containsExactlyInAnyOrder("planted", "file");
        }
    }

    @Test
    void boundsHoldWhateverTheHeadersSay() throws IOException {
        Archive large = new Archive().file("out/a", "x".repeat(600)).file("out/b", "x".repeat(600));
        Archive many = new Archive();
        for (int i = 0; i < 11; i++) {
            many.file("out/" + i, "");
        }
        Archive nested = new Archive();
        StringBuilder name = new StringBuilder("out");
        for (int i = 0; i < 70; i++) {
            nested.directory(name.append("/d").toString());
        }

        assertThat(OutputTar.extract(large.stream(), output(1000, 10)).orElse(""))
                .contains("the bound is 1000");
        assertThat(OutputTar.problem(large.stream(), output(1000, 10)).orElse(""))
                .contains("the bound is 1000");
        assertThat(OutputTar.problem(large.stream(), output(1200, 10))).isEmpty();
        assertThat(OutputTar.extract(many.stream(), output(1000, 10)).orElse(""))
                .contains("more than 10 files");
        assertThat(OutputTar.extract(nested.stream(), output(1000, 100)).orElse(""))
                .contains("nested");
    }

    @Test
    void halfAnArchiveIsNone() throws IOException {
        byte[] whole = new Archive().file("out/a", "x".repeat(5000)).stream().readAllBytes();
        ByteArrayInputStream half = new ByteArrayInputStream(whole, 0, 2000);

        assertThatThrownBy(() -> OutputTar.extract(half, output(10_000, 10))).isInstanceOf(IOException.class);
    }

    @Test
    void whatCannotBeWrittenHereIsNoLossOfTheConnection() throws IOException {
        Mount.OutputDirectory output = output(1000, 10);
        Files.createDirectories(output.host().resolve("a").resolve("kept"));
        Archive overDirectory = new Archive().file("out/a", "new");
        Mount.OutputDirectory gone = new Mount.OutputDirectory(directory.resolve("gone"), "/out", 1000, 10);

        assertUnwritten(overDirectory, output, output.host().resolve("a"));
        assertUnwritten(overDirectory, gone, gone.host());
    }

    private static void assertUnwritten(Archive archive, Mount.OutputDirectory output, Path place) {
        assertThatThrownBy(() -> OutputTar.extract(archive.stream(), output))
                .isInstanceOfSatisfying(
                        DockerFailureException.class,
                        e -> assertThat(e.failure())
                                .isInstanceOfSatisfying(
                                        DockerFailure.Unknown.class,
                                        failure -> assertThat(failure.detail())
                                                .startsWith(place + " cannot be written: ")));
    }

    private record Entry(String name, int mode, long size, Optional<String> link) {}

    private static List<Entry> list(Path tree) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(TreeTar.stream(tree, "0"), "ISO-8859-1")) {
            TarArchiveEntry entry = tar.getNextEntry();
            while (entry != null) {
                entries.add(new Entry(
                        entry.getName(),
                        entry.getMode() & 07777,
                        entry.getSize(),
                        entry.isSymbolicLink() ? Optional.of(entry.getLinkName()) : Optional.empty()));
                entry = tar.getNextEntry();
            }
        }
        return entries;
    }

    @Test
    void aTreeTravelsWithItsModesLinksAndNamesByteForByte() throws IOException {
        Path tree = Files.createDirectory(directory.resolve("tree"));
        Files.setPosixFilePermissions(tree, PosixFilePermissions.fromString("rwxr-x--x"));
        Path script = Files.writeString(tree.resolve("run"), "#!/bin/sh\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        String deep = "d".repeat(120);
        Files.createDirectory(tree.resolve(deep));
        Files.writeString(tree.resolve(deep).resolve("ünï"), "12345");
        Files.createSymbolicLink(tree.resolve("link"), Path.of("/etc/passwd"));
        // A name that is no UTF-8.
        Files.createFile(Path.of(URI.create(tree.toUri() + "raw%FF")));

        List<Entry> entries = list(tree);

        assertThat(entries)
                .contains(
                        new Entry("0/", 0751, 0, Optional.empty()),
                        new Entry("0/run", 0755, 10, Optional.empty()),
                        new Entry("0/link", 0777, 0, Optional.of("/etc/passwd")))
                .anyMatch(entry -> entry.name().equals("0/raw\u00ff"))
                .anyMatch(entry -> entry.name().equals("0/" + deep + "/\u00c3\u00bcn\u00c3\u00af") && entry.size() == 5)
                .hasSize(6);
        Files.delete(Path.of(URI.create(tree.toUri() + "raw%FF"))); // JUnit cannot
    }

    @Test
    @Timeout(20)
    void aTreeThatCannotBeReadEndsInAFailureNotInAShorterArchive() throws IOException {
        try (TarPipe pipe = new TarPipe(out -> {
            out.write(new byte[300_000]);
            throw new IOException("it went away");
        })) {
            assertThatThrownBy(() -> pipe.transferTo(OutputStream.nullOutputStream()))
                    .isInstanceOf(IOException.class);
            assertThat(pipe.failure()).hasMessage("it went away");
        }
    }
}
