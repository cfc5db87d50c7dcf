package dev.longshore.redis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.JobVersioner;
import org.jobrunr.jobs.states.EnqueuedState;
import org.jobrunr.jobs.states.StateName;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Jobs in Redis: saving, claiming, reading and removing them, without any of JobRunr's rules about when. */
final class JobStore {
    private static final Logger LOG = LoggerFactory.getLogger(JobStore.class);

    /** Of a script that runs for as long as Redis answers nobody else: some milliseconds. */
    private static final int JOBS_PER_CALL = 500;

    private final Redis redis;
    private final Keys keys;
    private final JobCodec codec;
    private final SealCheck seal;
    private final Quarantine quarantine;
    private final SaveQueue saves;

    JobStore(Redis redis, Keys keys, JobCodec codec, SealCheck seal, Quarantine quarantine) {
        this.redis = redis;
        this.keys = keys;
        this.codec = codec;
        this.quarantine = quarantine;
        this.seal = seal;
        this.saves = new SaveQueue(redis, this::saveGroup, 1);
    }

    /** Saves a job whose version was raised; false if the stored version is not the one before. */
    boolean save(Job job) {
        seal.pass();
        return saves.save(codec.arguments(job));
    }

    /**
     * Saves jobs whose versions were raised, in one round trip; one that is too large and is not PROCESSING fails all of them
     * before that.
     *
     * @param tooLarge is given those that are PROCESSING and too large: while they run, that keeps no other from being saved
     * @return those that were not saved, as they are too large or their stored version is not the one before
     */
    List<Job> save(List<Job> jobs, Consumer<Job> tooLarge) {
        return saveThoseThatFit(jobs, (job, e) -> {
            if (job.getState() != StateName.PROCESSING) {
                throw e;
            }
            LOG.warn(
                    "what job {} ({}) says of itself while it runs is not kept: {}",
                    job.getId(),
                    job.getJobName(),
                    e.getMessage());
            tooLarge.accept(job);
        });
    }

    /**
     * Saves jobs as above for the store's own changes: a job that has grown too large keeps no other, and is put into
     * quarantine, as whatever the store wants of it next would fail in the same way.
     */
    List<Job> saveThoseThatFit(List<Job> jobs) {
        return saveThoseThatFit(jobs, this::putAside);
    }

    private List<Job> saveThoseThatFit(List<Job> jobs, BiConsumer<Job, JobTooLargeException> otherwise) {
        List<Job> fit = new ArrayList<>();
        List<Job> unsaved = new ArrayList<>();
        List<List<byte[]>> arguments = new ArrayList<>();
        for (Job job : jobs) {
            try {
                arguments.add(codec.arguments(job));
                fit.add(job);
            } catch (JobTooLargeException e) {
                otherwise.accept(job, e);
                unsaved.add(job);
            }
        }
        if (!fit.isEmpty()) {
            unsaved.addAll(save(fit, arguments));
        }
        return unsaved;
    }

    private void putAside(Job job, JobTooLargeException reason) {
        byte[] id = Bytes.of(job.getId());
        List<?> answer = (List<?>) redis.call(Scripts.GET, keys.all(), List.of(id));
        // Unless somebody has changed it: then it is that one's.
        if (!answer.isEmpty() && Head.of((byte[]) answer.get(0)).version() == job.getVersion() - 1) {
            quarantine.add(id, String.valueOf(reason.getMessage()), (byte[]) answer.get(0));
        }
    }

    private List<Job> save(List<Job> jobs, List<List<byte[]>> arguments) {
        seal.pass();
        boolean[] saved = saveGroup(arguments);
        List<Job> conflicts = new ArrayList<>();
        for (int i = 0; i < saved.length; i++) {
            if (!saved[i]) {
                conflicts.add(jobs.get(i));
            }
        }
        return conflicts;
    }

    private boolean[] saveGroup(List<List<byte[]>> group) {
        List<List<byte[]>> calls = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        Set<UUID> ids = new HashSet<>();
        List<byte[]> arguments = new ArrayList<>();
        for (List<byte[]> job : group) {
            // The script looks at what is stored once: a job that stands here twice is for a call after that.
            if (!ids.add(Bytes.uuid(job.get(0))) || ids.size() > JOBS_PER_CALL) {
                calls.add(arguments);
                sizes.add(arguments.size() / job.size());
                arguments = new ArrayList<>();
                ids.clear();
                ids.add(Bytes.uuid(job.get(0)));
            }
            arguments.addAll(job);
        }
        if (!arguments.isEmpty()) {
            calls.add(arguments);
            sizes.add(arguments.size() / group.get(0).size());
        }
        boolean[] saved = new boolean[group.size()];
        Arrays.fill(saved, true);
        List<Object> answers = calls.size() == 1
                ? List.of(redis.call(Scripts.SAVE, keys.all(), calls.get(0)))
                : redis.callAll(Scripts.SAVE, keys.all(), calls);
        int first = 0;
        for (int call = 0; call < answers.size(); call++) {
            for (Object position : (List<?>) answers.get(call)) {
                saved[first + Math.toIntExact((Long) position) - 1] = false;
            }
            first += sizes.get(call);
        }
        return saved;
    }

    /**
     * Jobs that were taken for a server.
     *
     * @param more whether there are more for whoever has a free worker
     * @param waitMillis until a rate limit lets one more through; -1: no rate limit holds any back
     */
    record Claimed(List<Job> jobs, boolean more, long waitMillis) {}

    /**
     * Takes jobs out of their queues for a server: nobody else gets them. They are as they were before, except that their
     * version is raised; that they are PROCESSING is for the caller to note.
     *
     * @param queues in which order; none: all queues in turn
     */
    Claimed claim(Claim by, int most, List<String> queues) {
        seal.pass();
        List<byte[]> arguments = Stream.concat(
                        Stream.of(
                                by.bytes(),
                                Bytes.of(Bytes.micros(by.since())),
                                Bytes.of(Math.min(most, JOBS_PER_CALL))),
                        queues.stream().map(Bytes::of))
                .toList();
        Iterator<?> answer = ((List<?>) redis.call(Scripts.CLAIM, keys.all(), arguments)).iterator();
        boolean more = (Long) answer.next() == 1;
        long wait = (Long) answer.next();
        List<Job> jobs = new ArrayList<>();
        while (answer.hasNext()) {
            byte[] id = (byte[]) answer.next();
            byte[] record = (byte[]) answer.next();
            if (record.length == 0) {
                quarantine.added(id);
                continue;
            }
            Job job = read(id, record, Bytes.NONE);
            if (job != null) {
                jobs.add(job);
            }
        }
        return new Claimed(jobs, more, wait);
    }

    @Nullable Job find(UUID id) {
        seal.pass();
        byte[] key = Bytes.of(id);
        List<?> answer = (List<?>) redis.call(Scripts.GET, keys.all(), List.of(key));
        return answer.isEmpty() ? null : read(key, (byte[]) answer.get(0), (byte[]) answer.get(1));
    }

    /** A page of the jobs of one state. */
    List<Job> list(JobPage page) {
        seal.pass();
        Iterator<?> answer = ((List<?>) redis.call(Scripts.LIST, keys.all(), page.arguments())).iterator();
        List<Job> jobs = new ArrayList<>();
        while (answer.hasNext()) {
            Job job = read((byte[]) answer.next(), (byte[]) answer.next(), (byte[]) answer.next());
            if (job != null) {
                jobs.add(job);
            }
        }
        return jobs;
    }

    /** The job; null if it is suspect, and then it is put aside. */
    @Nullable Job read(byte[] id, byte[] record, byte[] claim) {
        try {
            return codec.job(id, record, claim);
        } catch (SuspectJobException e) {
            quarantine.add(id, String.valueOf(e.getMessage()), record);
            return null;
        }
    }

    /**
     * Puts a job back that was put aside; one that was running, into its queue. Saying so again changes nothing.
     *
     * @return false if there is another job of its id
     * @throws SuspectJobException if it would be put aside again
     */
    boolean putBack(byte[] id, byte[] record) {
        seal.pass();
        Job job = codec.job(id, record, Bytes.NONE);
        Job back = job.getState() == StateName.PROCESSING
                ? JobCodec.asNew(job, new EnqueuedState(job.getUpdatedAt()))
                : JobCodec.asNew(job);
        try (JobVersioner versioner = new JobVersioner(back)) {
            boolean saved = save(back);
            versioner.commitVersion();
            return saved;
        }
    }

    boolean delete(UUID id) {
        return (Long) redis.call(Scripts.DELETE, keys.all(), List.of(Bytes.of("id"), Bytes.of(id))) > 0;
    }

    /** Removes the jobs of a state that were updated before that, some hundreds in each call; answers how many. */
    int delete(State state, long beforeMicros) {
        List<byte[]> arguments =
                List.of(Bytes.of("state"), state.bytes(), Bytes.of(beforeMicros), Bytes.of(JOBS_PER_CALL));
        int all = 0;
        long removed;
        do {
            removed = (Long) redis.call(Scripts.DELETE, keys.all(), arguments);
            all += Math.toIntExact(removed);
        } while (removed == JOBS_PER_CALL);
        return all;
    }
}
