package dev.longshore.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs that this store would not have written so: their signature is missing or wrong, they name a class that is not
 * allowed, or they cannot be read. They are kept as they were found, the latest ten thousand of them,
 * and never run, unless somebody {@linkplain #restore restores} them.
 */
public final class Quarantine {
    private static final Logger LOG = LoggerFactory.getLogger(Quarantine.class);

    private static final String JOB = "job:";
    private static final String RECURRING = "recurring:";
    /** After when it was put aside and the length of the reason. */
    private static final int REASON_AT = Double.BYTES + Integer.BYTES;

    private final Redis redis;
    private final Keys keys;
    private final Clock clock;

    private @Nullable JobStore jobs;
    private @Nullable RecurringJobs recurringJobs;

    Quarantine(Redis redis, Keys keys, Clock clock) {
        this.redis = redis;
        this.keys = keys;
        this.clock = clock;
    }

    /** Says where what is put aside comes from. */
    void isOf(JobStore store, RecurringJobs recurring) {
        this.jobs = store;
        this.recurringJobs = recurring;
    }

    /**
     * What is kept of one.
     *
     * @param name {@code job:} and its id (of one that is no job's, the bytes in hexadecimal), or {@code recurring:} and its id
     * @param size of what is stored, in bytes
     */
    public record Entry(String name, String reason, Instant since, int size) {}

    /**
     * Some of them, the latest first.
     *
     * @param all how many there are
     * @param ever how many there ever were: it grows whenever something is put aside
     */
    public record Page(List<Entry> entries, long all, long ever) {}

    /** Gives at most {@code limit} of them and leaves out the first {@code offset}. */
    public Page list(long offset, int limit) {
        Iterator<?> answer = call("page", Bytes.of(offset), Bytes.of(limit)) instanceof List<?> list
                ? list.iterator()
                : List.of().iterator();
        long all = (Long) answer.next();
        long ever = (Long) answer.next();
        List<Entry> entries = new ArrayList<>();
        while (answer.hasNext()) {
            entries.add(entry(name((byte[]) answer.next()), (byte[]) answer.next()));
        }
        return new Page(entries, all, ever);
    }

    /** One of them. */
    public Optional<Entry> find(String name) {
        return Optional.ofNullable((byte[]) call("show", field(name))).map(value -> entry(name, value));
    }

    /**
     * The JSON of one, as far as it can be made out: for reading only. Whoever wrote it may have written anything, so it is
     * to be shown as text and nothing else.
     */
    public Optional<String> text(String name) {
        return Optional.ofNullable((byte[]) call("show", field(name)))
                .map(value -> content(name, Arrays.copyOfRange(value, contentAt(value), value.length)));
    }

    private static String content(String name, byte[] stored) {
        try {
            int bodyAt = name.startsWith(JOB)
                    ? Head.of(stored).size()
                    : Bytes.text(stored).indexOf(' ') + 1;
            byte[] body = JobSeal.withoutSeal(Arrays.copyOfRange(stored, bodyAt, stored.length));
            return new JobBody(JobBody.DEFAULT_LIMIT).decode(body);
        } catch (IllegalArgumentException | UnreadableBodyException e) {
            return "(" + stored.length + " bytes that are no job: " + e.getMessage() + ")";
        }
    }

    /**
     * Puts one back as it was, since what was wrong with it is mended: the class that it names is allowed by now, or the key that
     * it is sealed with is given again. A job that was running goes back into its queue. Allow the class in all processes
     * first, or one that does not will put it aside again.
     *
     * @return false if there is none of that name
     * @throws IllegalStateException if this store would put it aside again, or there is another job of its id; says which.
     *     It stays in quarantine
     */
    public boolean restore(String name) {
        byte[] value = (byte[]) call("show", field(name));
        if (value == null) {
            return false;
        }
        byte[] stored = Arrays.copyOfRange(value, contentAt(value), value.length);
        boolean restored;
        try {
            restored = name.startsWith(JOB)
                    ? requireNonNull(jobs).putBack(Bytes.idOf(name.substring(JOB.length())), stored)
                    : requireNonNull(recurringJobs).putBack(recurringId(name), stored);
        } catch (SuspectJobException | JobTooLargeException e) {
            throw new IllegalStateException(name + " would be put into quarantine again: " + e.getMessage(), e);
        }
        if (!restored) {
            throw new IllegalStateException(name + " stays in quarantine: there is another of that id by now");
        }
        // Only now, so that a crash loses nothing.
        discard(name);
        return true;
    }

    /** Removes one for good; false if there is none of that name. */
    public boolean discard(String name) {
        return (Long) call("discard", field(name)) == 1;
    }

    /** Puts a job aside, unless it was changed since it was read so. */
    void add(byte[] job, String reason, byte[] record) {
        LOG.warn("job {} is put into quarantine: {}", Bytes.idText(job), reason);
        call("job", job, Bytes.of(reason), Bytes.of(Bytes.micros(clock.instant())), record);
    }

    /** Says that a script has put something aside. */
    void added(byte[] job) {
        LOG.warn("{} is in quarantine: it is damaged, or somebody else wrote it", JOB + Bytes.idText(job));
    }

    void addRecurring(String id, String reason, byte[] value) {
        LOG.warn("recurring job {} is put into quarantine: {}", id, reason);
        call("recurring", Bytes.of(id), Bytes.of(reason), Bytes.of(Bytes.micros(clock.instant())), value);
    }

    private Object call(String operation, byte[]... arguments) {
        List<byte[]> all = new ArrayList<>(List.of(Bytes.of(operation)));
        all.addAll(Arrays.asList(arguments));
        return redis.call(Scripts.QUARANTINE, keys.all(), all);
    }

    private static Entry entry(String name, byte[] value) {
        int contentAt = contentAt(value);
        if (contentAt == 0) {
            return new Entry(name, "(whoever put it here, it was not this store)", Instant.EPOCH, value.length);
        }
        String reason = new String(value, REASON_AT, contentAt - REASON_AT, UTF_8);
        Instant since = Bytes.instant((long) ByteBuffer.wrap(value).getDouble());
        return new Entry(name, reason, since, value.length - contentAt);
    }

    /** Where what was found begins; 0 if the value is none of ours, as whoever writes jobs here can write this too. */
    private static int contentAt(byte[] value) {
        if (value.length < REASON_AT) {
            return 0;
        }
        int reason = ByteBuffer.wrap(value).getInt(Double.BYTES);
        return reason < 0 || reason > value.length - REASON_AT ? 0 : REASON_AT + reason;
    }

    private static String name(byte[] field) {
        String text = Bytes.text(field);
        return text.startsWith(JOB) ? JOB + Bytes.idText(Arrays.copyOfRange(field, JOB.length(), field.length)) : text;
    }

    private static String recurringId(String name) {
        return name.startsWith(RECURRING) ? name.substring(RECURRING.length()) : name;
    }

    private static byte[] field(String name) {
        if (!name.startsWith(JOB)) {
            return Bytes.of(RECURRING + recurringId(name));
        }
        byte[] id = Bytes.idOf(name.substring(JOB.length()));
        byte[] field = Arrays.copyOf(Bytes.of(JOB), JOB.length() + id.length);
        System.arraycopy(id, 0, field, JOB.length(), id.length);
        return field;
    }
}
