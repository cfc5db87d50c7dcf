package dev.longshore.redis;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.jobrunr.jobs.RecurringJob;
import org.jobrunr.jobs.states.StateName;
import org.jobrunr.storage.RecurringJobsResult;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.util.KeyValue;

/** Recurring jobs, and when the jobs they came to were scheduled for. */
final class RecurringJobs {
    private final Redis redis;
    private final Keys keys;
    private final JobCodec codec;
    private final Quarantine quarantine;

    RecurringJobs(Redis redis, Keys keys, JobCodec codec, Quarantine quarantine) {
        this.redis = redis;
        this.keys = keys;
        this.codec = codec;
        this.quarantine = quarantine;
    }

    RecurringJob save(RecurringJob job) {
        put("save", job);
        return job;
    }

    private long put(String operation, RecurringJob job) {
        return (Long) redis.call(
                Scripts.RECURRING,
                keys.all(),
                List.of(
                        Bytes.of(operation),
                        Bytes.of(job.getId()),
                        Bytes.of(job.getCreatedAt().toEpochMilli()),
                        codec.recurring(job)));
    }

    /**
     * Puts one back that was put aside.
     *
     * @return false if there is another of that id
     * @throws SuspectJobException if it would be put aside again
     */
    boolean putBack(String id, byte[] value) {
        RecurringJob job = codec.recurring(id, withoutCreation(value));
        return put("insert", job) == 0;
    }

    int delete(String id) {
        return Math.toIntExact(
                (Long) redis.call(Scripts.RECURRING, keys.all(), List.of(Bytes.of("delete"), Bytes.of(id))));
    }

    RecurringJobsResult all() {
        Iterator<?> fields = entries(redis.command(Command.HGETALL, keys.of("recurring")));
        List<RecurringJob> jobs = new ArrayList<>();
        while (fields.hasNext()) {
            String id = Bytes.text(fields.next());
            byte[] value = (byte[]) fields.next();
            try {
                jobs.add(codec.recurring(id, withoutCreation(value)));
            } catch (SuspectJobException e) {
                quarantine.addRecurring(id, String.valueOf(e.getMessage()), value);
            }
        }
        return new RecurringJobsResult(jobs);
    }

    /** Fields and values in turn, as RESP2 gives them; RESP3 gives pairs. */
    private static Iterator<?> entries(Object answer) {
        return ((List<?>) answer)
                .stream()
                        .flatMap(entry -> entry instanceof KeyValue<?, ?> pair
                                ? Stream.of(pair.getKey(), pair.getValue())
                                : Stream.of(entry))
                        .iterator();
    }

    private static byte[] withoutCreation(byte[] value) {
        for (int i = 0; i < value.length; i++) {
            if (value[i] == ' ') {
                return Arrays.copyOfRange(value, i + 1, value.length);
            }
        }
        throw new SuspectJobException("it does not say when it was created");
    }

    /** The sum of the milliseconds they were created at, by which JobRunr sees whether they changed. */
    long sum() {
        byte[] sum = (byte[]) redis.command(Command.HGET, keys.of("statistics"), Bytes.of("recurring"));
        return sum == null ? 0 : Long.parseLong(Bytes.text(sum));
    }

    /** The latest instant that a job of it was scheduled for, of those in these states; in any, if none is given. */
    @Nullable Instant latestInstant(String id, StateName... states) {
        Stream<byte[]> letters = (states.length == 0
                        ? Stream.of(State.values())
                        : Stream.of(states).map(State::of))
                .map(State::bytes);
        Object micros = redis.call(
                Scripts.INSTANT,
                keys.all(),
                Stream.concat(Stream.of(Bytes.of(id)), letters).toList());
        return micros == null ? null : Bytes.instant(Long.parseLong(Bytes.text(micros)));
    }
}
