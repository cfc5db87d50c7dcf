package dev.longshore.redis;

import java.time.Duration;
import org.jobrunr.configuration.JobRunr;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.utils.mapper.jackson.JacksonJsonMapper;

/**
 * A worker as a program of its own: URL, number of workers, heartbeat in milliseconds, directory of traces. Says
 * {@code started} when it has, runs until it is killed, and drains on SIGTERM.
 */
final class WorkerProcess {
    private WorkerProcess() {}

    public static void main(String[] args) {
        System.setProperty(Deed.TRACES, args[3]);
        RedisStorageProvider provider = RedisStorageProvider.builder(Redis.connect(RedisSettings.builder(args[0])
                        .callTimeout(Duration.ofSeconds(2))
                        .connectTimeout(Duration.ofSeconds(2))
                        .build()))
                .heartbeat(Duration.ofMillis(Long.parseLong(args[2])))
                .build();
        JobRunr.configure()
                .useJsonMapper(new JacksonJsonMapper())
                .useStorageProvider(provider)
                .useBackgroundJobServer(BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration()
                        .andBackgroundJobServerWorkerPolicy(provider.workers(Integer.parseInt(args[1])))
                        .andPollIntervalInSeconds(5)
                        .andInterruptJobsAwaitDurationOnStopBackgroundJobServer(Duration.ofSeconds(2)))
                .initialize();
        BackgroundJobServer server = JobRunr.getBackgroundJobServer();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.stop();
            provider.close();
        }));
        Jvm.answer("started");
        watch(server);
    }

    /** A server tells nobody that it has stopped. */
    private static final Duration LOOK = Duration.ofMillis(200);

    /** A server that stops by itself is what no fault may lead to. */
    private static void watch(BackgroundJobServer server) {
        while (true) {
            if (!server.isRunning()) {
                Jvm.answer("stopped by itself");
                return;
            }
            try {
                Waiting.pass(LOOK);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
