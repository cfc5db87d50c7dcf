package dev.longshore.docker.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * A secret with which lines are chained: who has write access to the log but not this key cannot write a line that verifies, and so
 * cannot change one and make up for it in those that follow.
 */
public final class AuditKey {
    static final String ALGORITHM = "HmacSHA256";

    private static final int BYTES = 32;

    private final byte[] secret;
    private final Path file;

    private AuditKey(byte[] secret, Path file) {
        this.secret = secret;
        this.file = file.toAbsolutePath().normalize();
    }

    /**
     * Reads a file that {@link #create} wrote: 64 hexadecimal digits on a line.
     *
     * @throws AuditException it cannot be read, holds something else, or others may read it too
     */
    public static AuditKey read(Path file) {
        try {
            PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
            if (view != null && readableByOthers(view.readAttributes().permissions())) {
                throw new AuditException(
                        "the audit key " + file + " can be read by others than its owner", "chmod 600 " + file);
            }
            String text = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
            if (!text.matches("[0-9a-fA-F]{64}")) {
                throw new AuditException(
                        "the audit key " + file + " is not 64 hexadecimal digits",
                        "longshore audit new-key FILE writes a file as it should be");
            }
            return new AuditKey(HexFormat.of().parseHex(text), file);
        } catch (IOException e) {
            throw new AuditException("the audit key cannot be read: " + e, "name a file that this user may read", e);
        }
    }

    private static boolean readableByOthers(Set<PosixFilePermission> permissions) {
        return permissions.contains(PosixFilePermission.OTHERS_READ)
                || permissions.contains(PosixFilePermission.GROUP_READ);
    }

    /**
     * Writes a file with a new key, for its owner alone.
     *
     * @throws java.nio.file.FileAlreadyExistsException a key is never written over: the log chained with it could not be verified
     *     any more
     */
    public static void create(Path file) throws IOException {
        byte[] secret = new byte[BYTES];
        new SecureRandom().nextBytes(secret);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, HexFormat.of().formatHex(secret) + "\n", StandardOpenOption.WRITE);
    }

    Path file() {
        return file;
    }

    SecretKey secret() {
        return new SecretKeySpec(secret, ALGORITHM);
    }

    @Override
    public String toString() {
        return "AuditKey";
    }
}
