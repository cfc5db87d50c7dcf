package dev.longshore.docker;

import dev.longshore.docker.ReapReport.Failed;
import dev.longshore.docker.ReapReport.Finding;
import dev.longshore.docker.ReapReport.Kept;
import dev.longshore.docker.ReapReport.Removed;
import dev.longshore.docker.ReapReport.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what an owner's processes left behind. What is under a lease that holds is never touched, whatever else is true of it.
 * What is under one that is over goes after a grace, in which another process may take it over. What is under a lease that
 * cannot be judged from here goes only when it has outlived all use: the longest its run may take, and the grace.
 */
final class Reaper {
    private static final Logger LOG = LoggerFactory.getLogger(Reaper.class);

    private final DaemonConnection daemon;
    private final Owner owner;
    private final Leases leases;
    private final Duration grace;

    Reaper(DaemonConnection daemon, Owner owner, Duration grace) {
        this.daemon = daemon;
        this.owner = owner;
        this.leases = daemon.settings().leases();
        this.grace = grace;
    }

    /** Removes what is to go, all of it tried. */
    ReapReport sweep(boolean dryRun) throws InterruptedException {
        return sweep(dryRun, false);
    }

    /** Removes also what this very process made: for a run of its own that is over. */
    ReapReport sweepOwnToo() throws InterruptedException {
        return sweep(false, true);
    }

    private ReapReport sweep(boolean dryRun, boolean ownToo) throws InterruptedException {
        Inventory inventory = new Inventory(daemon, owner);
        Instant daemonNow = inventory.now();
        Removal removal = new Removal(daemon, owner);
        List<Finding> findings = new ArrayList<>();
        for (DockerObject object : inventory.all()) {
            Verdict verdict = ownToo && object.lease().equals(Optional.of(leases.own()))
                    ? new Removed("left by this process")
                    : verdict(object, daemonNow);
            if (verdict instanceof Removed removed && !dryRun) {
                verdict = removal.remove(object)
                        .<Verdict>map(failure -> new Failed(removed.reason(), failure))
                        .orElse(removed);
                LOG.info("{} of {}, {}: {}", object, owner, removed.reason(), outcome(verdict));
            }
            findings.add(new Finding(object, verdict));
        }
        return new ReapReport(dryRun, findings);
    }

    private static String outcome(Verdict verdict) {
        return verdict instanceof Failed failed ? failed.failure().message() : "removed";
    }

    private Verdict verdict(DockerObject object, Instant daemonNow) {
        Leases.Standing standing = object.lease().map(leases::standing).orElse(new Leases.Unknown());
        Duration age = Duration.between(object.created(), daemonNow);
        if (LiveContainers.abandoned(object, leases)) {
            standing = new Leases.Over(Optional.empty());
        }
        if (standing instanceof Leases.Held) {
            return new Kept("its process lives");
        }
        if (standing instanceof Leases.Over over) {
            // Noted by our own clock; where nobody noted it, the object's age is the most it can be.
            Duration since = over.since()
                    .map(noticed -> Duration.between(noticed, Instant.now()))
                    .orElse(age);
            return since.compareTo(grace) >= 0
                    ? new Removed("its process is gone")
                    : new Kept("its process is gone for " + Text.duration(since) + " of " + Text.duration(grace)
                            + " of grace");
        }
        boolean outlived = object.life()
                .filter(life -> age.compareTo(life.plus(grace)) >= 0)
                .isPresent();
        return outlived
                ? new Removed("nobody can have a use for it after " + Text.duration(age))
                : new Kept("whether its process lives cannot be known here");
    }
}
