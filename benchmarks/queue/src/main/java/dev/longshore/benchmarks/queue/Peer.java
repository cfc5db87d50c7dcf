package dev.longshore.benchmarks.queue;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What the harness asks of a queue, on the command line: {@code enqueue COUNT single|bulk} prints the seconds that it took,
 * {@code latency COUNT} enqueues a job every 50 ms, {@code worker} runs jobs until it is told to stop.
 */
interface Peer {
    /** Jobs in one call, where the queue has such a call. */
    int BULK = 1000;

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

    static void main(Peer peer, String[] args) throws InterruptedException {
        peer.open();
        switch (args[0]) {
            case "enqueue" -> {
                int count = Integer.parseInt(args[1]);
                long start = System.nanoTime();
                if (args[2].equals("single")) {
                    for (int i = 0; i < count; i++) {
                        peer.enqueue();
                    }
                } else {
                    for (int i = 0; i < count; i += BULK) {
                        peer.enqueueBulk(Math.min(BULK, count - i));
                    }
                }
                System.out.println((System.nanoTime() - start) / 1e9);
                System.exit(0);
            }
            case "latency" -> {
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
