package dev.longshore.docker.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Where an audit log is and how it is kept. Immutable.
 *
 * @param directory of its own, made if it is not there; all processes of a host may share it, and then write one chain
 * @param fileBytes how large a file may grow before the next is begun; 32 MiB unless set
 * @param keep how many full files are kept besides the current one, the oldest go first and the log says so; 0 keeps all; 32
 *     unless set
 * @param durability when lines reach the disk; every second unless set
 * @param onFailure what happens when a line cannot be written; {@link OnFailure#REFUSE} unless set
 * @param key chains the lines with a secret; without one whoever may write the log can write it anew from any line on
 * @param process what this process is called in its lines: {@code host/pid} unless set
 */
public record AuditSettings(
        Path directory,
        long fileBytes,
        int keep,
        Durability durability,
        OnFailure onFailure,
        Optional<AuditKey> key,
        String process) {

    private static final long SMALLEST_FILE = 4 << 10;

    /** When lines reach the disk. A process that is killed loses none in either case: the system has them. */
    public enum Durability {
        /** Within a second. A power failure can take the lines of the last second; the log shows that it did. */
        EVERY_SECOND,
        /** Before the call goes on. */
        EVERY_LINE
    }

    /** What happens when a line cannot be written, because the disk is full for one. */
    public enum OnFailure {
        /**
         * What would bring something about on the daemon is refused until lines can be written again. What ends, removes or only
         * looks goes on: or else a full disk would leave containers running. The number of lines lost is written later.
         */
        REFUSE,
        /** Everything goes on; the number of lines lost is written later. */
        CONTINUE
    }

    public AuditSettings {
        directory = directory.toAbsolutePath().normalize();
        if (fileBytes < SMALLEST_FILE) {
            throw new IllegalArgumentException("fileBytes must be at least 4096: " + fileBytes);
        }
        if (keep < 0) {
            throw new IllegalArgumentException("keep must not be negative: " + keep);
        }
        process = process.isBlank() ? "unknown" : process;
    }

    /** The defaults. */
    public static AuditSettings in(Path directory) {
        return new AuditSettings(
                directory,
                32 << 20,
                32,
                Durability.EVERY_SECOND,
                OnFailure.REFUSE,
                Optional.empty(),
                host() + "/" + ProcessHandle.current().pid());
    }

    public AuditSettings withFileBytes(long bytes) {
        return new AuditSettings(directory, bytes, keep, durability, onFailure, key, process);
    }

    public AuditSettings withKeep(int files) {
        return new AuditSettings(directory, fileBytes, files, durability, onFailure, key, process);
    }

    public AuditSettings withDurability(Durability when) {
        return new AuditSettings(directory, fileBytes, keep, when, onFailure, key, process);
    }

    public AuditSettings withOnFailure(OnFailure then) {
        return new AuditSettings(directory, fileBytes, keep, durability, then, key, process);
    }

    public AuditSettings withKey(AuditKey secret) {
        return new AuditSettings(directory, fileBytes, keep, durability, onFailure, Optional.of(secret), process);
    }

    public AuditSettings withProcess(String name) {
        return new AuditSettings(directory, fileBytes, keep, durability, onFailure, key, name);
    }

    /** How often lines are brought to disk. */
    static Duration interval() {
        return Duration.ofSeconds(1);
    }

    /** The kernel's word for it: Java's own asks name servers too, for as long as they take. */
    private static String host() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            return System.getenv().getOrDefault("HOSTNAME", "localhost");
        }
    }
}
