package dev.longshore.benchmarks.queue;

import java.util.stream.IntStream;
import org.jobrunr.configuration.JobRunr;
import org.jobrunr.configuration.JobRunrConfiguration;
import org.jobrunr.scheduling.BackgroundJob;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.storage.nosql.redis.JedisRedisStorageProvider;
import redis.clients.jedis.JedisPool;
import redis.clients.jedis.JedisPoolConfig;

/** The last JobRunr that had a Redis store, at the shortest poll interval that it allows: its only way to notice a job. */
public final class JobRunr7Peer implements Peer {
    private static final int POLL_SECONDS = 5;
    private static final int CONNECTIONS = 32;

    public static void main(String[] args) throws InterruptedException {
        JobRunr7Peer peer = new JobRunr7Peer();
        if (args[0].equals("worker")) {
            peer.work();
        } else {
            Peer.main(peer, args);
        }
    }

    public static void noOp() {
        Tally.count();
    }

    public static void noOp(Integer number) {
        Tally.count();
    }

    public static void timed(long enqueued) {
        Tally.latency(enqueued);
    }

    private static JobRunrConfiguration configuration() {
        JedisPoolConfig pool = new JedisPoolConfig();
        pool.setMaxTotal(CONNECTIONS);
        pool.setMaxIdle(CONNECTIONS);
        return JobRunr.configure()
                .useStorageProvider(new JedisRedisStorageProvider(new JedisPool(pool, "127.0.0.1", Peer.port())));
    }

    @Override
    public void open() {
        configuration().initialize();
    }

    @Override
    public void enqueue() {
        BackgroundJob.enqueue(() -> JobRunr7Peer.noOp());
    }

    @Override
    public void enqueueBulk(int count) {
        BackgroundJob.enqueue(IntStream.range(0, count).boxed(), number -> JobRunr7Peer.noOp(number));
    }

    @Override
    public void enqueueTimed(long nanoTime) {
        BackgroundJob.enqueue(() -> JobRunr7Peer.timed(nanoTime));
    }

    @Override
    public void work() throws InterruptedException {
        configuration()
                .useBackgroundJobServer(BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration()
                        .andPollIntervalInSeconds(POLL_SECONDS))
                .initialize();
        Thread.currentThread().join();
    }
}
