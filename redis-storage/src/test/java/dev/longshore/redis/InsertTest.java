package dev.longshore.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.JobVersioner;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import redis.clients.jedis.Protocol.Command;

/** A new job by itself goes a shorter way through the script than one among others, to the same end. */
@Tag("redis")
class InsertTest {
    @RegisterExtension
    static final TestRedis REDIS = new TestRedis();

    private static final JobBody PLAIN = new JobBody(JobBody.DEFAULT_LIMIT);

    private static List<byte[]> saving(Job job) {
        JobCodec codec = new JobCodec(new JobPacking("any", PLAIN, null, AllowedJobs.any()), 1000);
        codec.use(SampleJobs.MAPPER);
        try (JobVersioner versioner = new JobVersioner(job)) {
            List<byte[]> arguments = codec.arguments(job);
            versioner.commitVersion();
            return arguments;
        }
    }

    private static Object save(String store, List<byte[]> job) {
        return REDIS.redis().call(Scripts.SAVE, new Keys(store).all(), job);
    }

    private static Object command(Command command, String store, String key, byte[]... arguments) {
        byte[][] all = Stream.concat(Stream.of(Bytes.of("{" + store + "}:" + key)), Stream.of(arguments))
                .toArray(byte[][]::new);
        return REDIS.redis().command(command, all);
    }

    private static boolean wentTheShortWay() {
        return Bytes.text(REDIS.server().send("INFO", "commandstats")).contains("cmdstat_hsetnx:calls=1,");
    }

    @Test
    void byItselfItIsStoredAsAmongOthers() {
        List<byte[]> first = saving(SampleJobs.job());
        List<byte[]> second = saving(SampleJobs.job());
        REDIS.server().send("CONFIG", "RESETSTAT");

        assertThat(save("group", Stream.concat(first.stream(), second.stream()).toList()))
                .isEqualTo(List.of());
        assertThat(save("single", first)).isEqualTo(List.of());
        assertThat(wentTheShortWay()).isFalse(); // its queue had no number yet
        assertThat(save("single", second)).isEqualTo(List.of());
        assertThat(wentTheShortWay()).isTrue();

        for (String store : List.of("group", "single")) {
            assertThat(StoreCheck.faultsOf(REDIS.redis(), store)).as(store).isEmpty();
        }
        byte[] id = second.get(0);
        assertThat(command(Command.HGET, "single", "jobs", id)).isEqualTo(command(Command.HGET, "group", "jobs", id));
        assertThat(command(Command.ZSCORE, "single", "queue:mail", id))
                .isNotNull()
                .isEqualTo(command(Command.ZSCORE, "group", "queue:mail", id));
    }

    @Test
    void anIdThatIsTakenIsAConflictAndTheSameOnceMoreIsNone() {
        List<byte[]> first = saving(SampleJobs.job());
        Job job = SampleJobs.job();
        List<byte[]> second = saving(job);
        save("single", first);
        save("single", second);
        byte[] stored = (byte[]) command(Command.HGET, "single", "jobs", second.get(0));

        assertThat(save("single", second)).isEqualTo(List.of());
        Job other = new Job(job.getId(), job.getJobDetails());
        other.setLabels(job.getLabels());
        assertThat(save("single", saving(other))).isEqualTo(List.of(1L));

        assertThat(command(Command.HGET, "single", "jobs", second.get(0))).isEqualTo(stored);
        assertThat(StoreCheck.faultsOf(REDIS.redis(), "single")).isEmpty();
    }
}
