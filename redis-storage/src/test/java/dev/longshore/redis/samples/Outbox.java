package dev.longshore.redis.samples;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** What the sample's job sent, so that a test sees it. */
final class Outbox {
    static final BlockingQueue<String> SENT = new LinkedBlockingQueue<>();

    private Outbox() {}

    static void send(String to) {
        SENT.add(to);
    }
}
