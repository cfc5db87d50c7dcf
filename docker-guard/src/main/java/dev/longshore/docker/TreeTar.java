package dev.longshore.docker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a directory as a tar, as a container would see it through a bind: files, directories and links with their owners and
 * modes, and with their names byte for byte. Links are kept as they are and never followed; pipes, sockets and devices are left
 * out, since they would be nothing but a name elsewhere.
 */
final class TreeTar extends SimpleFileVisitor<Path> {
    private static final Logger LOG = LoggerFactory.getLogger(TreeTar.class);
    private static final char REPLACEMENT = '\uFFFD';
    private static final int PERMISSIONS = 07777;
    private static final int BUFFER = 1 << 16;

    private final Path root;
    private final TarArchiveOutputStream tar;

    private TreeTar(Path root, TarArchiveOutputStream tar) {
        this.root = root;
        this.tar = tar;
    }

    /** Writes the whole tree below a directory, the directory itself as {@code ./}, and ends the archive. */
    static void write(Path directory, OutputStream out) throws IOException {
        // One character for each byte, and GNU's way to write long names, keep the bytes as they are.
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out, ISO_8859_1.name())) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_STAR);
            Files.walkFileTree(directory, new TreeTar(directory, tar));
        }
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
        String name = directory.equals(root) ? "./" : name(directory) + "/";
        put(entry(directory, name, TarConstants.LF_DIR));
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        if (attributes.isSymbolicLink()) {
            TarArchiveEntry link = entry(file, name(file), TarConstants.LF_SYMLINK);
            link.setLinkName(bytes(Files.readSymbolicLink(file)));
            put(link);
        } else if (attributes.isRegularFile()) {
            copy(file);
        } else {
            LOG.debug("{} is left out: it is no file, directory or link", file);
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
        if (failure instanceof NoSuchFileException) {
            return FileVisitResult.CONTINUE; // removed since it was listed
        }
        throw failure;
    }

    private void copy(Path file) throws IOException {
        try (SeekableByteChannel channel =
                Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            TarArchiveEntry entry = entry(file, name(file), TarConstants.LF_NORMAL);
            long size = channel.size();
            entry.setSize(size);
            tar.putArchiveEntry(entry);
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
            for (long left = size; left > 0; ) {
                buffer.clear().limit((int) Math.min(BUFFER, left));
                int read = channel.read(buffer);
                if (read < 0) {
                    throw new EOFException(file + " got shorter while it was copied");
                }
                tar.write(buffer.array(), 0, read);
                left -= read;
            }
            tar.closeArchiveEntry();
        }
    }

    private void put(TarArchiveEntry entry) throws IOException {
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
    }

    private static TarArchiveEntry entry(Path path, String name, byte type) throws IOException {
        Map<String, Object> unix =
                Files.readAttributes(path, "unix:mode,uid,gid,lastModifiedTime", LinkOption.NOFOLLOW_LINKS);
        TarArchiveEntry entry = new TarArchiveEntry(name, type, true);
        entry.setMode(number(unix, "mode") & PERMISSIONS);
        entry.setUserId(Integer.toUnsignedLong(number(unix, "uid")));
        entry.setGroupId(Integer.toUnsignedLong(number(unix, "gid")));
        entry.setUserName("");
        entry.setGroupName("");
        if (unix.get("lastModifiedTime") instanceof FileTime time) {
            entry.setModTime(time);
        }
        return entry;
    }

    private static int number(Map<String, Object> attributes, String name) throws IOException {
        if (attributes.get(name) instanceof Integer value) {
            return value;
        }
        throw new IOException("no attribute " + name);
    }

    /** The name below the root, a character for each byte. */
    private String name(Path path) {
        String whole = bytes(path);
        String prefix = bytes(root);
        return whole.substring(prefix.endsWith("/") ? prefix.length() : prefix.length() + 1);
    }

    /** A path as its bytes. Text that the locale cannot say is lost in a path's own words, but not in its URI. */
    private static String bytes(Path path) {
        String text = path.toString();
        if (text.chars().allMatch(c -> c < 0x80)) {
            return text;
        }
        if (text.indexOf(REPLACEMENT) < 0 && "UTF-8".equals(System.getProperty("sun.jnu.encoding"))) {
            return new String(text.getBytes(UTF_8), ISO_8859_1);
        }
        if (!path.isAbsolute()) {
            // A URI is always absolute; a link's own words are then as good as it gets.
            return new String(text.getBytes(UTF_8), ISO_8859_1);
        }
        String uri = path.toUri().getRawPath();
        byte[] raw = new byte[uri.length()];
        int length = 0;
        for (int i = 0; i < uri.length(); i++) {
            if (uri.charAt(i) == '%') {
                raw[length++] = (byte) Integer.parseInt(uri, i + 1, i + 3, 16);
                i += 2;
            } else {
                raw[length++] = (byte) uri.charAt(i);
            }
        }
        // The URI of what is a directory right now ends with a slash.
        int end = length > 1 && raw[length - 1] == '/' ? length - 1 : length;
        return new String(Arrays.copyOf(raw, end), ISO_8859_1);
    }

    /** The archive as a stream to be read, while another thread writes it; a failure there is one here too. */
    static TarPipe stream(Path directory) {
        return new TarPipe(out -> write(directory, out));
    }
}
