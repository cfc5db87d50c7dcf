package dev.longshore.docker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.docker.DaemonConnection.Answer;
import dev.longshore.docker.policy.Decision;
import dev.longshore.docker.policy.Rule;
import java.util.Optional;
import java.util.Set;

/** The networks and volumes that a request names, as the daemon has them. A name can stand for anything until that is known. */
final class NamedObjects {
    /** Networks in which a container is the host, or next to it on its own wire. */
    private static final Set<String> HOST_DRIVERS = Set.of("host", "null", "macvlan", "ipvlan");

    private final DaemonConnection daemon;
    private final Subject subject;

    NamedObjects(DaemonConnection daemon, Subject subject) {
        this.daemon = daemon;
        this.subject = subject;
    }

    /** A network's id, or why a container may not be in it. */
    record Network(Optional<String> id, Optional<Decision> denied) {}

    /** The network of this very name: the daemon would also take an id, or the beginning of one. */
    Network network(String name) throws InterruptedException {
        return network(name, find("network", "/networks/", name));
    }

    static Network network(String name, Optional<JsonNode> found) {
        if (found.isEmpty() || !found.get().path("Name").asText("").equals(name)) {
            return new Network(
                    Optional.empty(),
                    Optional.of(Decision.never(Rule.NETWORK_NAME, "network", "the daemon has no network " + name)));
        }
        String driver = found.get().path("Driver").asText("");
        return HOST_DRIVERS.contains(driver)
                ? new Network(
                        Optional.empty(),
                        Optional.of(Decision.never(
                                Rule.NETWORK_KIND,
                                "network",
                                name + " is the host's own network: its driver is " + driver)))
                : new Network(Optional.of(found.get().path("Id").asText(name)), Optional.empty());
    }

    /** Why a container may not have a volume: one that is not this owner's is one that is not there. */
    Optional<Decision> denied(Mount.Volume volume) throws InterruptedException {
        return denied(volume, subject.owner(), find("volume", "/volumes/", volume.name()));
    }

    static Optional<Decision> denied(Mount.Volume volume, Owner owner, Optional<JsonNode> found) {
        String about = "mount " + volume.target();
        boolean ours = found.map(one -> one.path("Name").asText("").equals(volume.name())
                        && one.path("Labels").path(Owner.OWNER_LABEL).asText("").equals(owner.id()))
                .orElse(false);
        if (!ours) {
            return Optional.of(
                    Decision.never(Rule.VOLUME_OWNER, about, "the volume " + volume.name() + " was not found"));
        }
        // The local driver mounts whatever its options say: type=none,o=bind,device=/ is the host's root.
        JsonNode one = found.get();
        return one.path("Driver").asText("").equals("local")
                        && one.path("Options").isEmpty()
                ? Optional.empty()
                : Optional.of(Decision.never(
                        Rule.VOLUME_OPTIONS,
                        about,
                        "the volume " + volume.name() + " has a driver or driver options of its own"));
    }

    private Optional<JsonNode> find(String kind, String path, String name) throws InterruptedException {
        Call call = Call.get(
                        "inspect of " + kind + " " + name,
                        path + name,
                        daemon.settings().callTimeout())
                .on(name)
                .by(subject);
        Answer answer = daemon.call(call);
        if (answer.status() == 404) {
            return Optional.empty();
        }
        DaemonConnection.require(call, answer);
        return Optional.of(DaemonConnection.parse(call.operation(), answer.bytes()));
    }
}
