package dev.longshore.worker.pool;

import dev.longshore.step.Durations;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log once that something is away which a worker needs, and once that it is back. This logger is on at WARN where
 * nothing else is asked for: whoever runs a worker must see why it does nothing.
 */
final class Outage {
    static final Logger LOG = LoggerFactory.getLogger(Outage.class);

    private final String what;
    private final String meanwhile;
    private @Nullable Long sinceNanos;

    /** @param meanwhile what becomes of the work, in a sentence */
    Outage(String what, String meanwhile) {
        this.what = what;
        this.meanwhile = meanwhile;
    }

    synchronized void away(String why) {
        if (sinceNanos == null) {
            sinceNanos = System.nanoTime();
            LOG.warn("{} is away: {}. {}", what, why, meanwhile);
        }
    }

    synchronized void back() {
        if (sinceNanos != null) {
            Duration away = Duration.ofNanos(System.nanoTime() - sinceNanos);
            sinceNanos = null;
            LOG.warn("{} is back after {}.", what, Durations.format(away));
        }
    }

    synchronized boolean isOn() {
        return sinceNanos != null;
    }
}
