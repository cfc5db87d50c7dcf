package dev.longshore.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.docker.DaemonConnection.Answer;
import dev.longshore.docker.DockerFailure.ContainerLeft;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The daemon's calls on containers. Those that make or remove one are carried through when the caller is interrupted. */
final class Containers {
    /** How the name of each of our containers begins. */
    static final String PREFIX = "longshore-";

    private static final String BASE = "/containers/";
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration GONE_PATIENCE = Duration.ofSeconds(5);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    private static final int CREATE_ATTEMPTS = 4;

    /** What tells a container of ours from every other, besides its name. */
    private static final List<String> OURS =
            List.of(Owner.OWNER_LABEL, Owner.RUN_LABEL, Owner.STEP_LABEL, Owner.LEASE_LABEL);

    private final DaemonConnection daemon;
    private final Subject subject;
    private final Duration timeout;

    Containers(DaemonConnection daemon, Subject subject) {
        this.daemon = daemon;
        this.subject = subject;
        this.timeout = daemon.settings().callTimeout();
    }

    /** How a container stands. */
    record State(boolean running, int exitCode, boolean outOfMemory) {}

    /**
     * Creates a container under a name nobody else uses. Where it is not known whether the daemon has done so, it is asked by that
     * name before anything is sent again: of one name there is never more than one container.
     */
    void create(String name, ObjectNode body) throws InterruptedException {
        PodmanWords.adapt(daemon, body);
        long begin = System.nanoTime();
        Duration pause = FIRST_PAUSE;
        DockerFailureException first = null;
        for (int attempt = 1; ; attempt++) {
            try {
                createOnce(name, body, timeout.minus(since(begin)));
                return;
            } catch (DockerFailureException e) {
                boolean known = !(e.failure() instanceof DockerFailure.ConnectionLost
                        || e.failure() instanceof DockerFailure.Timeout);
                if (first == null) {
                    first = e;
                } else {
                    // That a container may have been made is what must not be forgotten.
                    first.addSuppressed(e);
                }
                if (known || Thread.currentThread().isInterrupted()) {
                    throw first;
                }
                if (isThere(name, body, first)) {
                    return;
                }
                boolean late = since(begin).plus(pause).compareTo(timeout) >= 0;
                if (attempt == CREATE_ATTEMPTS || late) {
                    throw first;
                }
            }
            TimeUnit.NANOSECONDS.sleep(pause.toNanos());
            pause = min(pause.multipliedBy(2), LONGEST_PAUSE);
        }
    }

    private void createOnce(String name, ObjectNode body, Duration deadline) throws InterruptedException {
        Call call = Call.post("create", BASE + "create?name=" + name, body, deadline)
                .patient(PATIENCE);
        Answer answer = daemon.call(about(name, call));
        if (answer.status() == 404 && answer.message().toLowerCase(Locale.ROOT).contains("image")) {
            throw new DockerFailureException(new DockerFailure.ImageMissing(
                    body.path("Labels").path(Owner.IMAGE_LABEL).asText()));
        }
        // One that was sent before: a name is taken from the moment the daemon begins to make its container.
        if (answer.status() != 409 || !becomesOurs(name, body, deadline)) {
            DaemonConnection.require(call, answer);
        }
    }

    /** After a create whose answer did not come: whether there is a container of it. */
    private boolean isThere(String name, ObjectNode body, DockerFailureException lost) throws InterruptedException {
        try {
            return isOurs(name, body);
        } catch (DockerFailureException e) {
            lost.addSuppressed(e);
            throw lost;
        }
    }

    private boolean becomesOurs(String name, ObjectNode body, Duration within) throws InterruptedException {
        long begin = System.nanoTime();
        while (true) {
            Answer answer = inspection(name);
            if (answer.status() != 404) {
                return isOurs(answer, body);
            }
            if (since(begin).plus(FIRST_PAUSE).compareTo(within) >= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.sleep(FIRST_PAUSE.toNanos());
        }
    }

    private boolean isOurs(String name, ObjectNode body) throws InterruptedException {
        return isOurs(inspection(name), body);
    }

    private static boolean isOurs(Answer answer, ObjectNode body) {
        if (!answer.ok()) {
            return false;
        }
        JsonNode labels =
                DaemonConnection.parse("inspect", answer.bytes()).path("Config").path("Labels");
        return OURS.stream()
                .allMatch(label -> labels.path(label).equals(body.path("Labels").path(label)));
    }

    private Answer inspection(String name) throws InterruptedException {
        Call call = Call.get("inspect", BASE + name + "/json", timeout).patient(PATIENCE);
        return daemon.call(about(name, call));
    }

    /** Gives a container another name, if it still has this one: of several that try only one succeeds. */
    boolean rename(String name, String to) throws InterruptedException {
        Call call = Call.post("rename", BASE + name + "/rename?name=" + to, null, timeout)
                .patient(PATIENCE);
        Answer answer = daemon.call(about(name, call));
        // 400 is the daemon's word for a name that it has already, by another thread of this process in the same
        // moment.
        if (answer.status() == 404 || answer.status() == 409 || answer.status() == 400) {
            return false;
        }
        DaemonConnection.require(call, answer);
        return true;
    }

    /**
     * All the daemon knows of a container of this owner. Another's is as good as none: nobody learns here that it exists.
     *
     * @throws DockerFailureException with {@link DockerFailure.NotFound} when there is none
     */
    JsonNode own(String operation, String name, Owner owner) throws InterruptedException {
        // What could be no name of ours is not even asked for: it might be an id, or a path.
        Optional<JsonNode> found = Owner.mayBeOurs(name) ? details(name) : Optional.empty();
        return found.filter(container -> owner.owns(
                        container.path("Name").asText("").replaceFirst("^/", ""),
                        container.path("Config").path("Labels")))
                .orElseThrow(() -> new DockerFailureException(
                        new DockerFailure.NotFound(operation, "container " + Text.quote(name))));
    }

    /** All the daemon knows of it; empty where there is none. */
    Optional<JsonNode> details(String name) throws InterruptedException {
        Answer answer = inspection(name);
        if (answer.status() == 404) {
            return Optional.empty();
        }
        DaemonConnection.require(Call.get("inspect", BASE + name + "/json", timeout), answer);
        return Optional.of(DaemonConnection.parse("inspect", answer.bytes()));
    }

    void start(String name) throws InterruptedException {
        Call call = Call.post("start", BASE + name + "/start", null, timeout);
        DaemonConnection.require(call, daemon.call(about(name, call)));
    }

    State inspect(String name) throws InterruptedException {
        JsonNode state = daemon.json(about(name, Call.get("inspect", BASE + name + "/json", timeout)))
                .path("State");
        return new State(
                state.path("Running").asBoolean(),
                state.path("ExitCode").asInt(),
                state.path("OOMKilled").asBoolean());
    }

    /** What it uses now, in the daemon's words; empty where the daemon cannot tell at once, or it does not run. */
    Optional<JsonNode> stats(String name) throws InterruptedException {
        if (daemon.version().compareTo(new ApiVersion(1, 41)) < 0) {
            return Optional.empty();
        }
        Call call = Call.get(
                "stats",
                BASE + name + "/stats?stream=false&one-shot=true",
                daemon.settings().probeTimeout());
        return Optional.of(daemon.json(about(name, call)))
                .filter(stats -> stats.path("memory_stats").path("usage").isNumber());
    }

    /** SIGTERM, and SIGKILL after the grace. Carried through when this thread is interrupted. */
    void stop(String name, Duration grace) throws InterruptedException {
        long seconds = Math.max(0, (grace.toMillis() + 999) / 1000);
        Duration deadline = grace.plus(daemon.settings().probeTimeout());
        Call call = Call.post("stop", BASE + name + "/stop?t=" + seconds, null, deadline)
                .patient(deadline);
        Answer answer = daemon.call(about(name, call));
        if (answer.status() != 404) {
            DaemonConnection.require(call, answer);
        }
    }

    /**
     * Removes a container, running or not, with its anonymous volumes; tries again within the call timeout while the daemon is
     * away or busy.
     *
     * @param mayAppear whether the container may come to exist later, because its create call was not answered
     * @return the container, if it could not be removed
     */
    Optional<ContainerLeft> remove(String name, Owner owner, boolean mayAppear) {
        long begin = System.nanoTime();
        Duration pause = FIRST_PAUSE;
        while (true) {
            Removal removal = tryRemove(name, timeout.minus(since(begin)));
            Duration patience = removal.away() || removal.gone() ? GONE_PATIENCE : timeout;
            if (removal.gone() && !(mayAppear && removal.absent())) {
                return Optional.empty();
            }
            boolean over = since(begin).plus(pause).compareTo(min(patience, timeout)) >= 0;
            if (over || removal.hopeless()) {
                return Optional.ofNullable(removal.failure()).map(failure -> new ContainerLeft(name, owner, failure));
            }
            Pause.uninterruptibly(pause);
            pause = min(pause.multipliedBy(2), LONGEST_PAUSE);
        }
    }

    /** What came of one attempt; without a failure the container is gone. */
    private record Removal(boolean absent, @Nullable DockerFailure failure) {
        boolean gone() {
            return failure == null;
        }

        boolean away() {
            return failure instanceof DockerFailure.SocketAbsent || failure instanceof DockerFailure.ConnectionRefused;
        }

        /** A conflict is another removal under way. */
        boolean hopeless() {
            return failure != null
                    && !failure.retryable()
                    && !(failure instanceof DockerFailure.DaemonError error && error.status() == 409);
        }
    }

    private Removal tryRemove(String name, Duration deadline) {
        Duration positive = deadline.compareTo(FIRST_PAUSE) < 0 ? FIRST_PAUSE : deadline;
        Call call = Call.delete("remove", BASE + name + "?force=true&v=true", positive)
                .patient(positive);
        boolean interrupted = Thread.interrupted();
        try {
            Answer answer = daemon.call(about(name, call));
            if (answer.status() == 404) {
                return new Removal(true, null);
            }
            DaemonConnection.require(call, answer);
            return new Removal(false, null);
        } catch (DockerFailureException e) {
            return new Removal(false, e.failure());
        } catch (InterruptedException e) {
            interrupted = true;
            return new Removal(false, new DockerFailure.Timeout(call.operation(), positive));
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** All containers that carry this owner's labels, as the daemon lists them. */
    JsonNode list(Owner owner) throws InterruptedException {
        ObjectNode filters = DaemonConnection.JSON.createObjectNode();
        var labels = filters.putArray("label").add(Owner.OWNER_LABEL + "=" + owner.id());
        owner.run().ifPresent(run -> labels.add(Owner.RUN_LABEL + "=" + run));
        return daemon.json(
                Call.get("list", BASE + "json?all=true&filters=" + DaemonStreams.encode(filters.toString()), timeout)
                        .patient(timeout)
                        .by(subject));
    }

    private Call about(String name, Call call) {
        return call.on(name).by(subject);
    }

    private static Duration since(long begin) {
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
