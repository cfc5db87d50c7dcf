package dev.longshore.redis;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.JobVersioner;
import org.jobrunr.jobs.RecurringJob;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.jobs.states.CarbonAwareAwaitingState;
import org.jobrunr.jobs.states.JobState;
import org.jobrunr.jobs.states.ProcessingState;
import org.jobrunr.jobs.states.SchedulableState;
import org.jobrunr.jobs.states.StateName;
import org.jspecify.annotations.Nullable;

/** Makes what is stored of a job, and a job of what is stored. */
final class JobCodec {
    private static final String QUEUE_LABEL = "queue:";

    private final JobPacking packing;
    private final int logLines;
    private volatile @Nullable JobMapper mapper;

    /**
     * A codec that has no mapper yet.
     *
     * @param logLines how many lines of a run's dashboard log are kept: the last ones
     */
    JobCodec(JobPacking packing, int logLines) {
        this.packing = packing;
        this.logLines = logLines;
    }

    void use(JobMapper jobMapper) {
        this.mapper = jobMapper;
    }

    private JobMapper mapper() {
        JobMapper current = mapper;
        if (current == null) {
            throw new IllegalStateException("the store has no JobMapper yet: JobRunr's configuration sets it");
        }
        return current;
    }

    /** The queue that a job's labels name. */
    static String queueOf(Job job) {
        return job.getLabels().stream()
                .filter(label -> label.startsWith(QUEUE_LABEL))
                .findFirst()
                .map(label -> label.substring(QUEUE_LABEL.length()))
                .orElse(JobQueues.DEFAULT);
    }

    /** The arguments of {@code save.lua} for a job whose version has been raised already. */
    List<byte[]> arguments(Job job) {
        DashboardLog.cap(job, logLines);
        JobState state = job.getJobState();
        Instant scheduled = job.getRecurringJobId().isEmpty()
                ? null
                : job.getLastJobStateOfType(SchedulableState.class)
                        .map(SchedulableState::getScheduledAt)
                        .orElse(null);
        Instant due = state instanceof CarbonAwareAwaitingState awaiting
                ? awaiting.getTo()
                : state instanceof SchedulableState schedulable ? schedulable.getScheduledAt() : null;
        byte[] id = Bytes.of(job.getId());
        byte[] body = body(job, id);
        ByteBuffer numbers = ByteBuffer.allocate(1 + Integer.BYTES + 3 * Double.BYTES + Long.BYTES)
                .put((byte) State.of(state.getName()).letter())
                .putInt(job.getVersion() - 1)
                .putDouble((double) Bytes.micros(state.getUpdatedAt()))
                .putDouble(due == null ? 0 : (double) Bytes.micros(due))
                .putDouble(scheduled == null ? 0 : (double) Bytes.micros(scheduled))
                .putLong(mark(body));
        return List.of(
                id,
                numbers.array(),
                Bytes.of(job.getJobSignature()),
                Bytes.of(queueOf(job)),
                // Without an instant there is nothing to look up by.
                scheduled == null
                        ? Bytes.NONE
                        : Bytes.of(job.getRecurringJobId().orElseThrow()),
                state instanceof ProcessingState processing
                        ? Claim.of(processing).bytes()
                        : Bytes.NONE,
                body);
    }

    /** A job that is too large loses the older half of its log, and again: that must not keep its outcome from being stored. */
    private byte[] body(Job job, byte[] id) {
        for (int lines = DashboardLog.longest(job); ; lines /= 2) {
            try {
                return packing.pack(JobPacking.Kind.JOB, id, mapper().serializeJob(job));
            } catch (JobTooLargeException e) {
                if (lines == 0) {
                    throw e;
                }
                DashboardLog.cap(job, lines / 2);
            }
        }
    }

    /** Tells a job's first body from any other that somebody may insert under its id; no safeguard, and cheap. */
    private static long mark(byte[] body) {
        CRC32 first = new CRC32();
        first.update(body);
        CRC32C second = new CRC32C();
        second.update(body);
        return first.getValue() << 32 | second.getValue();
    }

    /**
     * The job that is stored.
     *
     * @param claim of a job that is PROCESSING; else empty
     * @throws SuspectJobException if this store would not have written it
     */
    Job job(byte[] id, byte[] record, byte[] claim) {
        JobMapper reader = mapper(); // that there is none is no fault of the job's
        try {
            if (id.length != 16) {
                throw new SuspectJobException("its id is " + Bytes.idText(id));
            }
            Head head = Head.of(record);
            byte[] body = Arrays.copyOfRange(record, head.size(), record.length);
            Job job = reader.deserializeJob(packing.unpack(JobPacking.Kind.JOB, id, body));
            if (!job.getId().equals(Bytes.uuid(id))) {
                throw new SuspectJobException("it says that it is job " + job.getId());
            }
            if (job.getVersion() == head.version() && State.of(job.getState()) == head.state()) {
                return job;
            }
            if (head.state() == State.PROCESSING
                    && job.getState() == StateName.ENQUEUED
                    && job.getVersion() == head.version() - 1) {
                if (claim.length > 0) {
                    Claim by = Claim.of(claim);
                    job = with(job, new ProcessingState(by.server(), by.serverName(), by.since(), by.since()));
                }
                raiseVersion(job);
                return job;
            }
            throw new SuspectJobException("it is " + job.getState() + " in version " + job.getVersion()
                    + " but stands as " + head.state() + " in version " + head.version());
        } catch (SuspectJobException e) {
            throw e;
        } catch (RuntimeException | LinkageError e) {
            // Of whatever JSON library JobRunr uses, each with exceptions of its own, and of JobRunr's own
            // constructors: what somebody else wrote may bring any of them about, and must stop nothing but itself; nor
            // must a
            // class of a job's that cannot be loaded or initialised here.
            throw unreadable(e);
        }
    }

    /** What a JSON library says of a text may quote it, and the reason is logged and shown. */
    private static SuspectJobException unreadable(Throwable e) {
        return new SuspectJobException("it cannot be read (" + e.getClass().getSimpleName() + ")", e);
    }

    /** Says that the store counted the job's version up, as claiming does. */
    private static void raiseVersion(Job job) {
        try (JobVersioner versioner = new JobVersioner(job)) {
            versioner.commitVersion();
        }
    }

    /** A job with more states: for changes that JobRunr's own rules do not know, such as giving back a claimed job. */
    static Job with(Job job, JobState... states) {
        return copy(job, job.getVersion(), states);
    }

    /** The same as a job that was never stored, with more states. */
    static Job asNew(Job job, JobState... states) {
        return copy(job, 0, states);
    }

    private static Job copy(Job job, int version, JobState... states) {
        List<JobState> history = new ArrayList<>(job.getJobStates());
        history.addAll(Arrays.asList(states));
        Job copy =
                new Job(job.getId(), version, job.getJobDetails(), history, new ConcurrentHashMap<>(job.getMetadata()));
        copy.setJobName(job.getJobName());
        copy.setAmountOfRetries(job.getAmountOfRetries());
        copy.setLabels(job.getLabels());
        job.getRecurringJobId().ifPresent(copy::setRecurringJobId);
        return copy;
    }

    byte[] recurring(RecurringJob job) {
        return packing.pack(JobPacking.Kind.RECURRING, Bytes.of(job.getId()), mapper().serializeRecurringJob(job));
    }

    /**
     * The recurring job that is stored.
     *
     * @throws SuspectJobException if this store would not have written it
     */
    RecurringJob recurring(String id, byte[] body) {
        JobMapper reader = mapper();
        try {
            RecurringJob job =
                    reader.deserializeRecurringJob(packing.unpack(JobPacking.Kind.RECURRING, Bytes.of(id), body));
            if (!job.getId().equals(id)) {
                throw new SuspectJobException("it says that it is recurring job " + job.getId());
            }
            return job;
        } catch (SuspectJobException e) {
            throw e;
        } catch (RuntimeException | LinkageError e) {
            // As for a job.
            throw unreadable(e);
        }
    }
}
