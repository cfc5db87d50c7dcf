package dev.longshore.benchmarks.queue;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What the harness asks of a queue, on the command line: {@code enqueue COUNT single|bulk [BEFORE]} prints the seconds that it
 * took, {@code latency COUNT [BEFORE]} enqueues a job every 50 ms, {@code worker} runs jobs until it is told to stop. BEFORE is a
 * number of jobs to enqueue before the clock starts: the others then come from a producer that has been at work.
 */
interface Peer {
    /** Jobs in one call, where the queue has such a call. */
    int BULK = 1000;

    /** After the jobs before the clock: an idle worker is what the pick-up is measured of. */
    Duration IDLE = Duration.ofSeconds(2);

    /** Connects, so that the clock starts after that. */
    void open();

    void enqueue();

    void enqueueBulk(int count);

    /** Enqueues a job whose handler gives this to {@link Tally#latency}. */
    void enqueueTimed(long nanoTime);

    /** Starts running jobs; they go on until the process ends. */
    void work() throws InterruptedException;

    /** The port of the benchmark's Redis on the loopback. */
    static int port() {
        return Integer.parseInt(System.getenv("QUEUE_PORT"));
    }

    private static int before(String[] args, int at) {
        return args.length > at ? Integer.parseInt(args[at]) : 0;
    }

    static void produce(Peer peer, int count, String mode) {
        if (mode.equals("single")) {
            for (int i = 0; i < count; i++) {
                peer.enqueue();
            }
        } else {
            for (int i = 0; i < count; i += BULK) {
                peer.enqueueBulk(Math.min(BULK, count - i));
            }
        }
    }

    static void main(Peer peer, String[] args) throws InterruptedException {
        peer.open();
        switch (args[0]) {
            case "enqueue" -> {
                produce(peer, before(args, 3), args[2]);
                long start = System.nanoTime();
                produce(peer, Integer.parseInt(args[1]), args[2]);
                System.out.println((System.nanoTime() - start) / 1e9);
                System.exit(0);
            }
            case "latency" -> {
                produce(peer, before(args, 2), "single");
                LockSupport.parkNanos(IDLE.toNanos());
                long next = System.nanoTime();
                for (int i = Integer.parseInt(args[1]); i > 0; i--) {
                    peer.enqueueTimed(System.nanoTime());
                    next += TimeUnit.MILLISECONDS.toNanos(50);
                    // The load is one job every 50 ms, whatever a job takes.
                    while (System.nanoTime() < next) {
                        LockSupport.parkNanos(next - System.nanoTime());
                    }
                }
                System.exit(0);
            }
            case "worker" -> peer.work();
            default -> throw new IllegalArgumentException(args[0]);
        }
    }
}
