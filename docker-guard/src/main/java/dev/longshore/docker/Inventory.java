package dev.longshore.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.docker.DockerObject.Kind;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one owner has on the daemon, by label and by name: an image may carry any label, and containers inherit it, but the name is
 * given by us alone.
 */
final class Inventory {
    private final DaemonConnection daemon;
    private final Subject subject;
    private final Owner owner;

    Inventory(DaemonConnection daemon, Owner owner) {
        this.daemon = daemon;
        this.owner = owner;
        this.subject = Subject.of(owner);
    }

    /** Containers, volumes and networks, in this order: it is the one in which they can be removed. */
    List<DockerObject> all() throws InterruptedException {
        List<DockerObject> found = new ArrayList<>(containers());
        for (JsonNode volume :
                list("list of volumes", "/volumes?filters=" + filters()).path("Volumes")) {
            String name = volume.path("Name").asText("");
            add(found, Kind.VOLUME, name, volume.path("Labels"), instant(volume.path("CreatedAt")), false);
        }
        for (JsonNode network : list("list of networks", "/networks?filters=" + filters())) {
            String name = network.path("Name").asText("");
            add(found, Kind.NETWORK, name, network.path("Labels"), instant(network.path("Created")), false);
        }
        return found;
    }

    List<DockerObject> containers() throws InterruptedException {
        List<DockerObject> found = new ArrayList<>();
        for (JsonNode container : list("list of containers", "/containers/json?all=true&filters=" + filters())) {
            String name = container.path("Names").path(0).asText("");
            add(
                    found,
                    Kind.CONTAINER,
                    name.startsWith("/") ? name.substring(1) : name,
                    container.path("Labels"),
                    Instant.ofEpochSecond(container.path("Created").asLong()),
                    container.path("State").asText("").equals("running"));
        }
        return found;
    }

    private void add(
            List<DockerObject> found, Kind kind, String name, JsonNode labels, Instant created, boolean running) {
        // The daemon has filtered already; one that knows no filters of labels would give everybody's.
        if (owner.owns(name, labels)) {
            found.add(new DockerObject(
                    kind,
                    name,
                    label(labels, Owner.RUN_LABEL),
                    label(labels, Owner.STEP_LABEL),
                    ContainerName.claimant(name).or(() -> label(labels, Owner.LEASE_LABEL)),
                    created,
                    label(labels, Owner.LIFE_LABEL).flatMap(Inventory::seconds),
                    running));
        }
    }

    /** The time by the daemon's clock, which its objects' times are compared with. */
    Instant now() throws InterruptedException {
        return instant(list("info", "/info").path("SystemTime"));
    }

    private JsonNode list(String operation, String path) throws InterruptedException {
        Duration timeout = daemon.settings().callTimeout();
        return daemon.json(Call.get(operation, path, timeout).patient(timeout).by(subject));
    }

    private String filters() {
        ObjectNode filters = DaemonConnection.JSON.createObjectNode();
        var labels = filters.putArray("label").add(Owner.OWNER_LABEL + "=" + owner.id());
        owner.run().ifPresent(run -> labels.add(Owner.RUN_LABEL + "=" + run));
        return DaemonStreams.encode(filters.toString());
    }

    private static Optional<String> label(JsonNode labels, String name) {
        return Optional.of(labels.path(name).asText("")).filter(value -> !value.isEmpty());
    }

    private static Optional<Duration> seconds(String text) {
        return text.matches("[0-9]{1,9}") ? Optional.of(Duration.ofSeconds(Long.parseLong(text))) : Optional.empty();
    }

    /** A time the daemon gave; without a readable one, as young as can be, so that nothing is thought old by mistake. */
    private static Instant instant(JsonNode time) {
        try {
            return OffsetDateTime.parse(time.asText("")).toInstant();
        } catch (DateTimeException e) {
            return Instant.now();
        }
    }
}
