package dev.longshore.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;

/**
 * A job that leaves a trace: a line with its number, in a file of its process that a kill does not take back.
 *
 * @param number which one it is
 * @param millis how long it takes
 */
public record Deed(int number, int millis) implements JobRequest {
    static final String TRACES = "longshore.test.traces";

    @Override
    public Class<Doer> getJobRequestHandler() {
        return Doer.class;
    }

    /** Does deeds. Public, as JobRunr makes it. */
    public static final class Doer implements JobRequestHandler<Deed> {
        @Override
        public void run(Deed deed) throws Exception {
            Thread.sleep(deed.millis()); // what the deed itself takes
            Trace.FILE.write(ByteBuffer.wrap((deed.number() + "\n").getBytes(US_ASCII)));
        }
    }

    /** Made when the first deed is done, since who only enqueues them leaves none. */
    private static final class Trace {
        static final FileChannel FILE = open();

        private static FileChannel open() {
            try {
                // Past all buffers of this process: a line is there once it is written.
                return FileChannel.open(
                        Path.of(System.getProperty(TRACES))
                                .resolve("traces-" + ProcessHandle.current().pid()),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException("no file for traces", e);
            }
        }
    }
}
