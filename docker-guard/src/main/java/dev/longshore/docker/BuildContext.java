package dev.longshore.docker;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * Writes a build's files as a tar: in order of name, with fixed times and owners, so that the same files give the same bytes and
 * the daemon's build cache holds.
 */
final class BuildContext {
    private static final int MODE = 0100644;

    private BuildContext() {}

    /** Returns a temporary file that only this user can read; the caller deletes it. */
    static Path write(Map<String, ImageBuild.Content> files) throws IOException {
        Path tar = Files.createTempFile("longshore-build-", ".tar");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(tar));
                TarArchiveOutputStream archive = new TarArchiveOutputStream(out, "UTF-8")) {
            archive.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            archive.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            archive.setAddPaxHeadersForNonAsciiNames(true);
            for (Map.Entry<String, ImageBuild.Content> file : new TreeMap<>(files).entrySet()) {
                add(archive, file.getKey(), file.getValue());
            }
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(tar);
            throw e;
        }
        return tar;
    }

    private static void add(TarArchiveOutputStream archive, String name, ImageBuild.Content content)
            throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setMode(MODE);
        entry.setModTime(0L);
        if (content instanceof ImageBuild.Content.Bytes held) {
            entry.setSize(held.bytes().length);
            archive.putArchiveEntry(entry);
            archive.write(held.bytes());
        } else {
            Path path = ((ImageBuild.Content.File) content).path();
            if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                throw new IOException(path + " is not a regular file");
            }
            entry.setSize(Files.size(path));
            archive.putArchiveEntry(entry);
            Files.copy(path, archive);
        }
        archive.closeArchiveEntry();
    }
}
