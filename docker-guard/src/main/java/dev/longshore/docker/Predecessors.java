package dev.longshore.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an earlier attempt at the same step left on the daemon, its process being gone: taken over where that was provided for and
 * the request is the same, else removed. One whose process lives, or may live, is left alone; so is one that fits and cannot be taken
 * over now, for a reason that passes: what it has done is not to be lost by that, and no other is to be started beside it. It
 * is not kept from the reaper: whoever comes for it after the grace finds it gone.
 */
final class Predecessors {
    private static final Logger LOG = LoggerFactory.getLogger(Predecessors.class);

    /** Where the mounted files lie for who takes it over: the daemon may know them by other paths than we. */
    static final String MOUNTS_LABEL = "dev.longshore.mounts";

    /** Exit codes from here on are of processes that a signal ended. */
    private static final int FIRST_SIGNAL = 128;

    private final DaemonConnection daemon;
    private final Containers containers;
    private final ContainerRequest request;
    private final Owner owner;

    Predecessors(DaemonConnection daemon, Containers containers, ContainerRequest request, Owner owner) {
        this.daemon = daemon;
        this.containers = containers;
        this.request = request;
        this.owner = owner;
    }

    /**
     * A container taken over.
     *
     * @param from the name that it had before
     * @param mounts the request's, with the places that this container has them at
     * @param ended whether it has ended by itself already
     * @param age how long it has run, by the daemon's clock: until now, or until it ended
     */
    record Taken(String name, String from, List<Mount> mounts, boolean ended, Duration age) {}

    /**
     * Takes over the one that fits, if there is one, and removes the others; what cannot be looked for is left to the reaper.
     *
     * @throws DockerFailureException one may fit that cannot be taken over now, but later
     */
    Optional<Taken> settle(Optional<String> fingerprint) throws InterruptedException {
        try {
            return settled(fingerprint);
        } catch (DockerFailureException e) {
            if (fingerprint.isPresent() && e.failure().retryable()) {
                throw e;
            }
            LOG.warn("cannot look for what an earlier {}/{} left: {}", owner, request.step(), e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<Taken> settled(Optional<String> fingerprint) throws InterruptedException {
        Inventory inventory = new Inventory(daemon, owner);
        Leases leases = daemon.settings().leases();
        Optional<Taken> taken = Optional.empty();
        for (DockerObject found : inventory.containers()) {
            boolean left = found.lease()
                            .filter(lease -> leases.standing(lease) instanceof Leases.Over)
                            .isPresent()
                    || LiveContainers.abandoned(found, leases);
            if (!left || !found.step().equals(Optional.of(request.step()))) {
                continue;
            }
            if (taken.isEmpty() && fingerprint.isPresent()) {
                Optional<Taken> fitting = fitting(found, fingerprint.get(), inventory.now());
                if (fitting.isPresent()) {
                    taken = claimed(fitting.get());
                    continue;
                }
            }
            LOG.info("{} of {}/{}: its process is gone; removing it", found, owner, request.step());
            // One that cannot be removed now is the reaper's: it shares no file with the container to come.
            new Removal(daemon, owner).remove(found).ifPresent(failure -> LOG.warn("{}", failure.message()));
        }
        return taken;
    }

    private Optional<Taken> fitting(DockerObject found, String fingerprint, Instant now) throws InterruptedException {
        return containers.details(found.name()).flatMap(container -> candidate(found, container, fingerprint, now));
    }

    /** Empty where another was faster: it looks after the container then. */
    private Optional<Taken> claimed(Taken fitting) throws InterruptedException {
        if (!LiveContainers.add(fitting.name())) {
            return Optional.empty();
        }
        boolean claimed = false;
        try {
            // One that an earlier attempt of this process took over, and could not give back, has its name already.
            claimed = fitting.from().equals(fitting.name()) || rename(fitting.from(), fitting.name());
        } finally {
            if (!claimed) {
                LiveContainers.remove(fitting.name());
            }
        }
        if (!claimed) {
            LOG.debug("{} was taken over or removed by another process", fitting.from());
            return Optional.empty();
        }
        LOG.info("{} of {}/{}: taken over as {}", fitting.from(), owner, request.step(), fitting.name());
        return Optional.of(fitting);
    }

    /**
     * Gives back a container that was taken over and cannot be gone on with for now: it goes on as it is, under the name that it had, for
     * whoever makes the next attempt. Its lease is over again, and its grace goes on from when that was noticed. Interruption does not
     * stop it.
     */
    void giveBack(Taken taken, DockerFailure why) {
        LOG.warn("{} of {}/{} is left for another attempt: {}", taken.from(), owner, request.step(), why.message());
        boolean interrupted = Thread.interrupted();
        try {
            if (!taken.from().equals(taken.name())) {
                rename(taken.name(), taken.from());
            }
        } catch (DockerFailureException e) {
            // The reaper takes it for abandoned, and nobody has noted since when: the next sweep may remove it.
            LOG.warn("{} keeps its name: only this process can take it over again: {}", taken.name(), e.getMessage());
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Where the answer is lost, the daemon is asked for the new name. */
    private boolean rename(String from, String to) throws InterruptedException {
        try {
            return containers.rename(from, to);
        } catch (DockerFailureException e) {
            boolean unanswered =
                    e.failure() instanceof DockerFailure.Timeout || e.failure() instanceof DockerFailure.ConnectionLost;
            if (unanswered && containers.details(to).isPresent()) {
                return true;
            }
            throw e;
        }
    }

    private Optional<Taken> candidate(DockerObject found, JsonNode container, String fingerprint, Instant now) {
        JsonNode labels = container.path("Config").path("Labels");
        JsonNode state = container.path("State");
        boolean same = labels.path(Owner.REQUEST_LABEL).asText("").equals(fingerprint);
        boolean ended = endedByItself(state);
        if (!same || !(ended || state.path("Status").asText("").equals("running"))) {
            return Optional.empty();
        }
        try {
            Duration age = Duration.between(time(state, "StartedAt"), ended ? time(state, "FinishedAt") : now);
            List<Mount> mounts = mounts(labels.path(MOUNTS_LABEL).asText(""));
            String name = ContainerName.claimedBy(daemon.settings().leases().own(), found.name());
            return Optional.of(new Taken(name, found.name(), mounts, ended, age.isNegative() ? Duration.ZERO : age));
        } catch (DateTimeException | IOException | IllegalArgumentException e) {
            LOG.warn("{} cannot be taken over: {}", found, e.toString());
            return Optional.empty();
        }
    }

    /**
     * Whether a container came to its own end. The daemon says exited of one too that went down with the host (255) or with the daemon
     * (137, 143): what that had done is not known, and it has to be done again.
     */
    private static boolean endedByItself(JsonNode state) {
        return state.path("Status").asText("").equals("exited")
                && (state.path("ExitCode").asInt() < FIRST_SIGNAL
                        || state.path("OOMKilled").asBoolean());
    }

    private static Instant time(JsonNode state, String field) {
        return OffsetDateTime.parse(state.path(field).asText("")).toInstant();
    }

    private List<Mount> mounts(String label) throws IOException {
        JsonNode places = DaemonConnection.JSON.readTree(label);
        List<Mount> mounts = new ArrayList<>();
        for (Mount mount : request.mounts()) {
            if (!(mount instanceof Mount.OfHost)) {
                mounts.add(mount);
                continue;
            }
            JsonNode host = places.path(mount.target());
            if (!host.isTextual()) {
                throw new IOException("no place is noted for " + mount.target());
            }
            Path place = Path.of(host.asText());
            mounts.add(
                    mount instanceof Mount.OutputDirectory output
                            ? new Mount.OutputDirectory(place, output.target(), output.maxBytes(), output.maxFiles())
                            : new Mount.ReadOnlyBind(place, mount.target()));
        }
        return mounts;
    }

    /** Notes the places of a container's mounts, for {@link #mounts}. */
    static String places(List<Mount> mounts) {
        ObjectNode places = DaemonConnection.JSON.createObjectNode();
        for (Mount mount : mounts) {
            if (mount instanceof Mount.OfHost ofHost) {
                places.put(ofHost.target(), ofHost.host().toString());
            }
        }
        return places.toString();
    }
}
