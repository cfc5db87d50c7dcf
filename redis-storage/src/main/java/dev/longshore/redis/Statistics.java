package dev.longshore.redis;

import java.time.Instant;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jobrunr.storage.JobStats;

/** What {@code statistics.lua} counts. */
record Statistics(Map<State, Long> byState, long jobs, long succeededEver, int recurringJobs, int servers) {
    static Statistics of(Redis redis, Keys keys) {
        Iterator<?> answer = ((List<?>) redis.call(Scripts.STATISTICS, keys.all(), List.of())).iterator();
        Map<State, Long> byState = new EnumMap<>(State.class);
        for (State state : State.values()) {
            byState.put(state, (Long) answer.next());
        }
        return new Statistics(
                byState,
                (Long) answer.next(),
                (Long) answer.next(),
                Math.toIntExact((Long) answer.next()),
                Math.toIntExact((Long) answer.next()));
    }

    long in(State state) {
        return byState.getOrDefault(state, 0L);
    }

    JobStats asJobRunrs(Instant asked) {
        return new JobStats(
                asked,
                jobs,
                in(State.AWAITING),
                in(State.SCHEDULED),
                in(State.ENQUEUED),
                in(State.PROCESSING),
                in(State.FAILED),
                in(State.SUCCEEDED),
                succeededEver,
                in(State.DELETED),
                recurringJobs,
                servers);
    }
}
