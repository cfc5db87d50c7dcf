package dev.longshore.redis;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Named queues, which every worker of the store shares: what waits in them, and how fast it may be taken out.
 *
 * <p>A job stands in the queue that its label {@code queue:NAME} names, or in {@link #DEFAULT}.
 */
public final class JobQueues {
    /** The queue of jobs that name none. */
    public static final String DEFAULT = "default";

    private final Redis redis;
    private final Keys keys;

    JobQueues(Redis redis, Keys keys) {
        this.redis = redis;
        this.keys = keys;
    }

    /**
     * How a queue is doing.
     *
     * @param waiting jobs that no worker has taken yet
     * @param running jobs that workers run now
     * @param oldest since when the one that waits longest has been in the queue
     * @param maximum how many may run at once, over all workers
     * @param rate how many may start, over all workers
     */
    public record Queue(
            String name,
            long waiting,
            long running,
            Optional<Instant> oldest,
            boolean paused,
            OptionalInt maximum,
            Optional<Rate> rate) {}

    /** A rate: {@code jobs} start at once, and then one each {@code per / jobs}. */
    public record Rate(int jobs, Duration per) {
        /** Checks them. */
        public Rate {
            if (jobs < 1 || per.toMillis() < 1 || per.compareTo(Duration.ofDays(366)) > 0) {
                throw new IllegalArgumentException(
                        "a rate is 1 or more jobs per millisecond to year, not " + jobs + " per " + per);
            }
        }

        private String bucket() {
            // Full at first, and last filled long ago.
            return jobs + " " + per.toNanos() / 1000.0 / jobs + " " + jobs + " 0";
        }

        private static Rate of(String bucket) {
            String[] parts = bucket.split(" ", -1);
            int jobs = Integer.parseInt(parts[0]);
            long micros = Math.round(Double.parseDouble(parts[1]) * jobs);
            return new Rate(jobs, Duration.ofNanos(micros * 1000));
        }
    }

    /** Every queue that ever had a job or a setting. */
    public List<Queue> list() {
        Iterator<?> answer = ((List<?>) redis.call(Scripts.QUEUE, keys.all(), List.of(Bytes.of("list")))).iterator();
        List<Queue> queues = new ArrayList<>();
        while (answer.hasNext()) {
            queues.add(new Queue(
                    Bytes.text(answer.next()),
                    (Long) answer.next(),
                    (Long) answer.next(),
                    given(answer.next()).map(score -> Bytes.instant((long) Double.parseDouble(score))),
                    given(answer.next()).isPresent(),
                    given(answer.next()).stream().mapToInt(Integer::parseInt).findFirst(),
                    given(answer.next()).map(Rate::of)));
        }
        return queues;
    }

    private static Optional<String> given(Object bytes) {
        return Optional.of(Bytes.text(bytes)).filter(text -> !text.isEmpty());
    }

    /** Lets no worker take jobs out of the queue; those that run go on. */
    public void pause(String queue) {
        set(queue, "paused", "1");
    }

    public void resume(String queue) {
        set(queue, "paused", "");
    }

    /**
     * Lets no more than {@code maximum} jobs of the queue run at once, over all workers.
     *
     * @param maximum at least 1; empty: as many as there are workers
     */
    public void limit(String queue, OptionalInt maximum) {
        if (maximum.isPresent() && maximum.getAsInt() < 1) {
            throw new IllegalArgumentException(
                    "at least 1 job may run at once, not " + maximum.getAsInt() + "; a queue can be paused");
        }
        set(queue, "maximum", maximum.isPresent() ? Integer.toString(maximum.getAsInt()) : "");
    }

    /** Lets jobs of the queue start no faster than that, over all workers; empty: as fast as workers take them. */
    public void limitRate(String queue, Optional<Rate> rate) {
        set(queue, "rate", rate.map(Rate::bucket).orElse(""));
    }

    private void set(String queue, String setting, String value) {
        if (queue.isEmpty() || queue.length() > 39) {
            throw new IllegalArgumentException(
                    "a queue's name has 1 to 39 characters, as a label holds it, not " + queue);
        }
        redis.call(
                Scripts.QUEUE,
                keys.all(),
                List.of(Bytes.of("set"), Bytes.of(queue), Bytes.of(setting), Bytes.of(value)));
    }
}
