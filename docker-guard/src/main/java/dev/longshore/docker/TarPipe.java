package dev.longshore.docker;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * What a thread of its own writes, to be read here. Where that thread fails, reading fails too: at the end of a plain pipe the
 * reader would take half an archive for a whole one. The thread starts with the first read; closing ends it.
 */
final class TarPipe extends InputStream {
    private static final int SIZE = 1 << 18;
    private static final int CHUNK = 1 << 16;

    private final PipedOutputStream pipe = new PipedOutputStream();
    private final PipedInputStream in;
    private final Writer writer;
    private final Thread thread;
    private volatile boolean done;
    private volatile @Nullable Throwable failure;

    /** What is written. */
    interface Writer {
        void write(OutputStream out) throws IOException;
    }

    TarPipe(Writer writer) {
        try {
            this.in = new PipedInputStream(pipe, SIZE);
        } catch (IOException e) {
            throw new IllegalStateException("a new pipe can always be connected", e);
        }
        this.writer = writer;
        this.thread = Daemons.thread("docker-tar", this::run);
    }

    private void run() {
        try (OutputStream out = new BufferedOutputStream(new Prompt(pipe), CHUNK)) {
            writer.write(out);
            out.flush();
            done = true;
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
        }
    }

    /** A pipe's reader looks once a second for what it is not told of. */
    private static final class Prompt extends FilterOutputStream {
        Prompt(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            out.flush();
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        synchronized (this) {
            if (thread.getState() == Thread.State.NEW) {
                thread.start();
            }
        }
        int read = in.read(bytes, offset, length);
        if (read < 0 && !done) {
            throw new IOException("the archive ended early", failure);
        }
        return read;
    }

    /** Why the writer failed, if it did: who reads through others is told of it in their words only. */
    @Nullable Throwable failure() {
        return failure;
    }

    @Override
    public void close() throws IOException {
        in.close();
        thread.interrupt();
    }
}
