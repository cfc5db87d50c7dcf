package dev.longshore.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.docker.DaemonConnection.Answer;
import dev.longshore.docker.DockerFailure.ContainerLeft;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
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

    /** Creates a container under a name nobody else uses. */
    void create(String name, ObjectNode body) throws InterruptedException {
        Call call =
                Call.post("create", BASE + "create?name=" + name, body, timeout).patient(PATIENCE);
        Answer answer = daemon.call(about(name, call));
        if (answer.status() == 404) {
            throw new DockerFailureException(new DockerFailure.ImageMissing(
                    body.path("Labels").path(Owner.IMAGE_LABEL).asText()));
        }
        // The transport sends a create again after a 503: then the name is taken, by the first one.
        if (answer.status() != 409 || !isOurs(name, body)) {
            DaemonConnection.require(call, answer);
        }
    }

    private boolean isOurs(String name, ObjectNode body) throws InterruptedException {
        Call call = Call.get("inspect", BASE + name + "/json", timeout).patient(PATIENCE);
        Answer answer = daemon.call(about(name, call));
        return answer.ok()
                && DaemonConnection.parse(call.operation(), answer.bytes())
                        .path("Config")
                        .path("Labels")
                        .path(Owner.RUN_LABEL)
                        .equals(body.path("Labels").path(Owner.RUN_LABEL));
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

    /** Memory in use now, page cache that can be dropped left out; empty where the daemon cannot tell at once. */
    OptionalLong memory(String name) throws InterruptedException {
        if (daemon.version().compareTo(new ApiVersion(1, 41)) < 0) {
            return OptionalLong.empty();
        }
        JsonNode memory = daemon.json(about(
                        name,
                        Call.get(
                                "stats",
                                BASE + name + "/stats?stream=false&one-shot=true",
                                daemon.settings().probeTimeout())))
                .path("memory_stats");
        if (!memory.path("usage").isNumber()) {
            return OptionalLong.empty();
        }
        JsonNode details = memory.path("stats");
        long cache = details.path("total_inactive_file")
                .asLong(details.path("inactive_file").asLong());
        return OptionalLong.of(Math.max(0, memory.path("usage").asLong() - cache));
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

    /** The names of all containers that carry this owner's labels and our prefix. */
    List<String> names(Owner owner) throws InterruptedException {
        List<String> names = new ArrayList<>();
        for (JsonNode container : list(owner)) {
            // An image may carry any label, and containers inherit it; the name is given by us alone.
            String name = container.path("Names").path(0).asText("");
            if (matches(container.path("Labels"), owner) && name.startsWith("/" + PREFIX)) {
                names.add(name.substring(1));
            }
        }
        return names;
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

    private static boolean matches(JsonNode labels, Owner owner) {
        return labels.path(Owner.OWNER_LABEL).asText("").equals(owner.id())
                && owner.run()
                        .map(run -> labels.path(Owner.RUN_LABEL).asText("").equals(run))
                        .orElse(true);
    }

    private static Duration since(long begin) {
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
