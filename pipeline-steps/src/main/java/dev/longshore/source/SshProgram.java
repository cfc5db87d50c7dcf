package dev.longshore.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.transport.CredentialsProvider;
import org.eclipse.jgit.transport.RemoteSession;
import org.eclipse.jgit.transport.RemoteSession2;
import org.eclipse.jgit.transport.SshSessionFactory;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;

/**
 * Reaches ssh addresses through the ssh program, with the user's own keys, agent, known hosts and configuration. It never
 * asks for anything: a run has nobody to answer. {@code GIT_SSH} names another program, as it does for git.
 */
final class SshProgram extends SshSessionFactory {
    private final String program;
    /** JGit takes every interrupt of a reader for its own timeout and clears the thread's flag. */
    private volatile boolean interrupted;

    SshProgram(String program) {
        this.program = program;
    }

    static SshProgram ofTheUser() {
        String chosen = SystemReader.getInstance().getenv("GIT_SSH");
        return new SshProgram(chosen == null || chosen.isBlank() ? "ssh" : chosen);
    }

    @Override
    public String getType() {
        return "program";
    }

    @Override
    public RemoteSession getSession(URIish uri, CredentialsProvider credentials, FS fs, int timeoutMillis)
            throws TransportException {
        String host = String.valueOf(uri.getHost());
        // ssh would take it for an option, and options of ssh can run anything.
        if (host.startsWith("-") || (uri.getUser() != null && uri.getUser().startsWith("-"))) {
            throw new TransportException(uri, "no host or user begins with a dash");
        }
        List<String> command = new ArrayList<>(
                List.of(program, "-o", "BatchMode=yes", "-o", "SendEnv=GIT_PROTOCOL", "-o", "ServerAliveInterval=20"));
        if (timeoutMillis > 0) {
            command.addAll(
                    List.of("-o", "ConnectTimeout=" + Math.max(1, TimeUnit.MILLISECONDS.toSeconds(timeoutMillis))));
        }
        if (uri.getPort() > 0) {
            command.addAll(List.of("-p", Integer.toString(uri.getPort())));
        }
        command.add(uri.getUser() == null ? host : uri.getUser() + "@" + host);
        return new Session(uri, command);
    }

    /** Whether a wait for the other end was interrupted by somebody else than JGit. */
    boolean interrupted() {
        return interrupted;
    }

    private final class Session implements RemoteSession2 {
        private final URIish uri;
        private final List<String> command;

        Session(URIish uri, List<String> command) {
            this.uri = uri;
            this.command = command;
        }

        @Override
        public Process exec(String remote, int timeoutSeconds) throws IOException {
            return exec(remote, Map.of(), timeoutSeconds);
        }

        @Override
        public Process exec(String remote, Map<String, String> environment, int timeoutSeconds) throws IOException {
            List<String> all = new ArrayList<>(command);
            all.add(remote);
            ProcessBuilder builder = new ProcessBuilder(all);
            builder.environment().putAll(environment);
            Output output = new Output(Duration.ofSeconds(timeoutSeconds), () -> interrupted = true);
            try {
                return new Running(builder.start(), output);
            } catch (IOException e) {
                throw new TransportException(
                        uri, "cannot start " + program + ", which ssh addresses need: " + e.getMessage(), e);
            }
        }

        /** JGit ends the process itself, with the connection. */
        @Override
        public void disconnect() {}
    }

    /** The program, with an output that can be waited for with a deadline: reading a process's own cannot be interrupted. */
    private final class Running extends Process {
        private static final int BUFFER = 1 << 16;

        /** For a program that has closed its output to exit: it has only its last words to say. */
        private static final long LAST_WORDS_SECONDS = 5;

        /** What ssh itself exits with when it fails. */
        private static final int CUT_SHORT = 255;

        private final Process process;
        private final Output output;
        private volatile boolean outputEnded;

        Running(Process process, Output output) throws IOException {
            this.process = process;
            this.output = output;
            PipedOutputStream pipe = new PipedOutputStream(output);
            Thread pump = new Thread(() -> pump(process.getInputStream(), pipe), "ssh-output");
            pump.setDaemon(true);
            pump.start();
        }

        private void pump(InputStream from, PipedOutputStream to) {
            byte[] buffer = new byte[BUFFER];
            try (from;
                    to) {
                for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
                    to.write(buffer, 0, read);
                    to.flush();
                }
                outputEnded = true;
            } catch (IOException e) {
                // Either end is closed: the connection is over, and the reader sees its end.
                return;
            }
        }

        @Override
        public OutputStream getOutputStream() {
            return process.getOutputStream();
        }

        @Override
        public InputStream getInputStream() {
            return output;
        }

        @Override
        public InputStream getErrorStream() {
            return process.getErrorStream();
        }

        @Override
        public int waitFor() throws InterruptedException {
            return process.waitFor();
        }

        @Override
        public int exitValue() {
            // JGit asks at the end of the output, which comes a little before the exit.
            if (!exited()) {
                process.destroyForcibly();
                return CUT_SHORT;
            }
            return process.exitValue();
        }

        private boolean exited() {
            try {
                return process.waitFor(LAST_WORDS_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
                return false;
            }
        }

        @Override
        public void destroy() {
            output.end();
            // Ending it would close its standard error too, and lose why it failed.
            if (!outputEnded || !exited()) {
                process.destroy();
            }
        }
    }

    /** JGit interrupts the reader after its timeout; who interrupts earlier wants the run to end. */
    private static final class Output extends PipedInputStream {
        private final Duration idle;
        private final Runnable onInterrupt;

        Output(Duration idle, Runnable onInterrupt) {
            super(Running.BUFFER);
            this.idle = idle;
            this.onInterrupt = onInterrupt;
        }

        @Override
        public synchronized int read() throws IOException {
            long start = System.nanoTime();
            try {
                return super.read();
            } catch (InterruptedIOException e) {
                if (idle.isZero() || System.nanoTime() - start < idle.toNanos()) {
                    onInterrupt.run();
                }
                throw e;
            }
        }

        /** Lets the pump go. */
        void end() {
            try {
                close();
            } catch (IOException e) {
                throw new UncheckedIOException("a pipe in memory does not fail to close", e);
            }
        }

        /** Waits in {@link #read()} alone. */
        @Override
        public synchronized int read(byte[] buffer, int offset, int length) throws IOException {
            return super.read(buffer, offset, length);
        }
    }
}
