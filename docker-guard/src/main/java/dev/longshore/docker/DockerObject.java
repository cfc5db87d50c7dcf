package dev.longshore.docker;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Something on the daemon that this owner made.
 *
 * @param run the run it was made for
 * @param step the step of that run
 * @param lease the lease it was made under; empty if none was noted
 * @param created when, by the daemon's clock
 * @param life for how long from then it can be of use to anybody; empty if that was not noted
 * @param running whether it is a container whose process runs
 */
public record DockerObject(
        Kind kind,
        String name,
        Optional<String> run,
        Optional<String> step,
        Optional<String> lease,
        Instant created,
        Optional<Duration> life,
        boolean running) {

    /** What there is to be made on a daemon. */
    public enum Kind {
        CONTAINER("container"),
        VOLUME("volume"),
        NETWORK("network");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        @Override
        public String toString() {
            return word;
        }
    }

    @Override
    public String toString() {
        return kind + " " + name;
    }
}
