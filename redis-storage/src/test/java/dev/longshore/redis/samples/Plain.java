package dev.longshore.redis.samples;

import dev.longshore.redis.AllowedJobs;
import dev.longshore.redis.JobSeal;
import dev.longshore.redis.QueueSelection;
import dev.longshore.redis.Redis;
import dev.longshore.redis.RedisSettings;
import dev.longshore.redis.RedisStorageProvider;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.jobrunr.configuration.JobRunr;
import org.jobrunr.scheduling.JobRequestScheduler;
import org.jobrunr.server.BackgroundJobServerConfiguration;

/** The README's samples that need nothing but JobRunr. */
final class Plain {
    private Plain() {}

    static JobRequestScheduler useIt(String url, Path keyFile) {
        // sample: use
        RedisStorageProvider store = RedisStorageProvider.builder(url) // such as rediss://user:password@host:6379
                .seal(JobSeal.fromFile(keyFile)) // only jobs that a holder of the key stored are run …
                .allow(AllowedJobs.of(Mail.class)) // … and only these
                .build();
        JobRequestScheduler scheduler = JobRunr.configure()
                .useStorageProvider(store)
                .useBackgroundJobServer(BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration()
                        .andBackgroundJobServerWorkerPolicy(store.workers(8)))
                .initialize()
                .getJobRequestScheduler();
        scheduler.enqueue(new Mail("ada@example.org"));
        // end
        return scheduler;
    }

    static Redis connect(Path ca, Path passwordFile) {
        // sample: tls
        Redis redis = Redis.connect(RedisSettings.builder("rediss://jobs@redis.example.org:6379")
                .passwordFile(passwordFile) // read anew for each connection, so that it can be changed
                .caCertificates(ca)
                .build());
        // end
        return redis;
    }

    static BackgroundJobServerConfiguration queues(RedisStorageProvider store) {
        BackgroundJobServerConfiguration configuration =
                BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration();
        // sample: queues
        configuration.andBackgroundJobServerWorkerPolicy(
                store.workers(8).takingFrom(QueueSelection.inOrder(List.of("urgent", "default"))));
        store.queues().limit("reports", OptionalInt.of(2)); // two at a time, in all processes together
        store.queues().pause("reports");
        store.livingServers(); // of all processes, each with the queues it takes jobs from
        // end
        return configuration;
    }
}
