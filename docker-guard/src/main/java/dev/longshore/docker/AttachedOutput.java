package dev.longshore.docker;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Reads what an attached container writes, frame by frame (a header of 8 bytes: the stream's number, three zeroes, the length),
 * and hands it on line by line. Memory use does not depend on the lengths that the other side claims.
 */
final class AttachedOutput {
    private static final int HEADER = 8;

    private final Lines stdout;
    private final Lines stderr;
    private final Tail tail = new Tail(RunSummary.TAIL_LINES);
    private final ReentrantLock turn = new ReentrantLock();
    private volatile long lastActivity = System.nanoTime();
    private volatile boolean listening;

    AttachedOutput(ContainerListener listener) {
        this.stdout = new Lines(line -> tell(listener::stdout, line));
        this.stderr = new Lines(line -> {
            tail.add(line);
            tell(listener::stderr, line);
        });
    }

    /** Returns at the end of the output. */
    void read(InputStream in) throws IOException {
        byte[] header = new byte[HEADER];
        byte[] buffer = new byte[32 << 10];
        while (true) {
            int got = in.readNBytes(header, 0, HEADER);
            if (got == 0) {
                break;
            }
            if (got < HEADER) {
                throw new EOFException("the output ended within a frame's header");
            }
            copy(in, buffer, lines(header[0]), length(header));
        }
        stdout.end();
        stderr.end();
    }

    /** The instant, by {@link System#nanoTime}, of the last byte; now, while the listener holds us up. */
    long lastActivity() {
        return listening ? System.nanoTime() : lastActivity;
    }

    void touch() {
        lastActivity = System.nanoTime();
    }

    List<String> stderrTail() {
        return tail.lines();
    }

    private void copy(InputStream in, byte[] buffer, Lines lines, long length) throws IOException {
        long left = length;
        while (left > 0) {
            int got = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (got < 0) {
                throw new EOFException("the output ended within a frame");
            }
            touch();
            left -= got;
            lines.write(buffer, 0, got);
        }
    }

    private Lines lines(byte stream) throws IOException {
        return switch (stream) {
            case 0, 1 -> stdout;
            case 2 -> stderr;
            default -> throw new IOException("a frame of an unknown stream: " + stream);
        };
    }

    private static long length(byte[] header) {
        long length = 0;
        for (int i = 4; i < HEADER; i++) {
            length = (length << 8) | (header[i] & 0xff);
        }
        return length;
    }

    /** Runs the call while no line is being handed on; not at all, and false, if that does not come to pass in time. */
    boolean between(Runnable call, Duration longest) throws InterruptedException {
        if (!turn.tryLock(longest.toNanos(), TimeUnit.NANOSECONDS)) {
            return false;
        }
        try {
            call.run();
            return true;
        } finally {
            turn.unlock();
        }
    }

    private void tell(Consumer<String> listener, String line) {
        listening = true;
        turn.lock();
        try {
            listener.accept(line);
        } catch (RuntimeException | Error e) {
            throw new DaemonStreams.ListenerException(e);
        } finally {
            turn.unlock();
            touch();
            listening = false;
        }
    }
}
