package dev.longshore.benchmarks.queue;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Where handlers leave word for the harness, at next to no cost: a number of jobs in memory that is shared through a file,
 * and a line of nanoseconds for each job that carried the time of its enqueuing.
 */
final class Tally {
    private static final int SLOTS = 512;
    private static final VarHandle SLOT = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int OWN = (int) (ProcessHandle.current().pid() % SLOTS) * Long.BYTES;
    private static final ByteBuffer COUNTS;
    private static final FileChannel LATENCIES;

    static {
        Path directory = Path.of(System.getenv("QUEUE_TALLY"));
        try (FileChannel counts =
                FileChannel.open(directory.resolve("counts"), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            COUNTS = counts.map(FileChannel.MapMode.READ_WRITE, 0, SLOTS * Long.BYTES);
            LATENCIES = FileChannel.open(directory.resolve("latencies"), StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Tally() {}

    /** One job was run. */
    static void count() {
        SLOT.getAndAdd(COUNTS, OWN, 1L);
    }

    /** A job was started that was enqueued at this time of {@link System#nanoTime}, which all processes share on Linux. */
    static void latency(long enqueued) {
        long nanos = System.nanoTime() - enqueued;
        try {
            LATENCIES.write(ByteBuffer.wrap((nanos + "\n").getBytes(US_ASCII)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
