package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system in memory that can be filled and emptied, for a {@link PrivateDaemon}, which unmounts it when it is stopped. Needs root. */
final class SmallDisk {
    private static final int MEBIBYTES = 96;

    private final Path filler;

    /** Mounts it on a directory that is there. */
    SmallDisk(Path directory) throws IOException, InterruptedException {
        this.filler = directory.resolve("filler");
        assertThat(Programs.run("mount", "-t", "tmpfs", "-o", "size=" + MEBIBYTES + "m", "tmpfs", directory.toString()))
                .isZero();
    }

    /** Takes all the room there is. */
    void fill() throws IOException {
        byte[] block = new byte[1 << 12];
        try (OutputStream out = Files.newOutputStream(filler)) {
            for (int i = 0; i < MEBIBYTES << 8; i++) {
                out.write(block);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
            return;
        }
        throw new AssertionError("the disk is larger than it was made");
    }

    void empty() throws IOException {
        Files.delete(filler);
    }
}
