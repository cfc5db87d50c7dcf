package dev.longshore.benchmarks.queue;

import dev.longshore.redis.AllowedJobs;
import dev.longshore.redis.JobSeal;
import dev.longshore.redis.RedisStorageProvider;
import dev.longshore.redis.RedisWorkers;
import java.util.stream.Stream;
import org.jobrunr.configuration.JobRunr;
import org.jobrunr.configuration.JobRunrConfiguration;
import org.jobrunr.scheduling.BackgroundJobRequest;
import org.jobrunr.server.BackgroundJobServerConfiguration;

/** JobRunr 8 on this project's store. */
final class LongshorePeer implements Peer {
    /** As many at once as BullMQ has here. */
    private static final int WORKERS = 50;

    private final RedisStorageProvider store;

    private LongshorePeer() {
        RedisStorageProvider.Builder builder = RedisStorageProvider.builder("redis://127.0.0.1:" + Peer.port());
        if (Boolean.getBoolean("queue.seal")) {
            builder.seal(JobSeal.of("benchmark", new byte[32])).allow(AllowedJobs.of(NoOp.class, Timed.class));
        }
        this.store = builder.build();
    }

    public static void main(String[] args) throws InterruptedException {
        LongshorePeer peer = new LongshorePeer();
        switch (args[0]) {
            // A worker opens when it works: JobRunr is configured once.
            case "worker" -> peer.work();
            case "rehearse" -> peer.rehearse(Integer.parseInt(args[1]));
            default -> Peer.main(peer, args);
        }
    }

    @Override
    public void open() {
        configuration().initialize();
    }

    private JobRunrConfiguration configuration() {
        return JobRunr.configure().useStorageProvider(store);
    }

    @Override
    public void enqueue() {
        BackgroundJobRequest.enqueue(new NoOp());
    }

    @Override
    public void enqueueBulk(int count) {
        BackgroundJobRequest.enqueue(Stream.generate(NoOp::new).limit(count));
    }

    @Override
    public void enqueueTimed(long nanoTime) {
        BackgroundJobRequest.enqueue(new Timed(nanoTime));
    }

    /** Does what a producer and what a worker does, for the JVM to write down what that takes: see JEP 514 and JEP 515. */
    private void rehearse(int count) throws InterruptedException {
        startWorkers();
        Peer.produce(this, count, "single");
        Peer.produce(this, count, "bulk");
        Thread.currentThread().join();
    }

    @Override
    public void work() throws InterruptedException {
        startWorkers();
        Thread.currentThread().join();
    }

    private void startWorkers() {
        RedisWorkers workers = store.workers(Integer.getInteger("queue.workers", WORKERS));
        if (Boolean.getBoolean("queue.virtual")) {
            workers = workers.onVirtualThreads();
        }
        configuration()
                .useBackgroundJobServer(BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration()
                        .andBackgroundJobServerWorkerPolicy(workers))
                .initialize();
    }
}
