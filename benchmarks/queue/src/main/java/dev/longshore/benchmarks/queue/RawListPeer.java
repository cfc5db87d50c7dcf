package dev.longshore.benchmarks.queue;

import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.args.ListDirection;

/** As little as a queue can be: a list and one connection. A job being run lies in a second list until it is done. */
final class RawListPeer implements Peer {
    private static final String JOB =
            "{\"id\":\"0123456789abcdef0123456789abcdef\",\"name\":\"noop\",\"arguments\":[]}";
    private static final double WAIT_SECONDS = 5;

    private final Jedis redis = new Jedis("127.0.0.1", Peer.port(), 60_000);

    public static void main(String[] args) throws InterruptedException {
        Peer.main(new RawListPeer(), args);
    }

    @Override
    public void open() {
        redis.ping();
    }

    @Override
    public void enqueue() {
        redis.lpush("waiting", JOB);
    }

    @Override
    public void enqueueBulk(int count) {
        try (Pipeline pipeline = redis.pipelined()) {
            for (int i = 0; i < count; i++) {
                pipeline.lpush("waiting", JOB);
            }
            pipeline.sync();
        }
    }

    @Override
    public void enqueueTimed(long nanoTime) {
        redis.lpush("waiting", JOB + "#" + nanoTime);
    }

    @Override
    public void work() {
        while (true) {
            String job = redis.blmove("waiting", "running", ListDirection.RIGHT, ListDirection.LEFT, WAIT_SECONDS);
            if (job == null) {
                continue;
            }
            int time = job.lastIndexOf('#');
            if (time < 0) {
                Tally.count();
            } else {
                Tally.latency(Long.parseLong(job.substring(time + 1)));
            }
            redis.lrem("running", 1, job);
        }
    }
}
