package dev.longshore.worker.cli;

import dev.longshore.run.Run;
import dev.longshore.text.ForeignText;
import dev.longshore.worker.pool.Pool;
import java.io.PrintStream;
import java.time.Duration;

/** Tells whoever waits for a run that no worker is there for it: at once, and then now and then while that is so. */
final class ShortageNotice {
    private static final Duration AGAIN = Duration.ofSeconds(30);
    /** A worker that restarts is away for a moment: once there were workers, one look without any says nothing. */
    private static final int LOOKS = 2;

    private final Pool pool;
    private final PrintStream err;
    private boolean wasTaken;
    private int looksWithout;
    private long saidAt;
    private boolean said;

    ShortageNotice(Pool pool, PrintStream err) {
        this.pool = pool;
        this.err = err;
    }

    /** To be called every few seconds with the run as it is. */
    void look(Run run) {
        pool.shortage(run)
                .ifPresentOrElse(
                        shortage -> {
                            looksWithout++;
                            boolean certain = !wasTaken || looksWithout >= LOOKS;
                            if (certain && (!said || System.nanoTime() - saidAt > AGAIN.toNanos())) {
                                err.println("longshore: " + ForeignText.uncut(shortage.toString()));
                                said = true;
                                saidAt = System.nanoTime();
                            }
                        },
                        () -> {
                            wasTaken = true;
                            looksWithout = 0;
                        });
    }
}
