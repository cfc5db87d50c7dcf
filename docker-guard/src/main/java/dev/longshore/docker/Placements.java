package dev.longshore.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where the daemon has what a container is to see: each mount under the name that is good for the daemon. */
final class Placements {
    private final Map<String, HostPath> places = new HashMap<>();
    private final List<Mount.OfHost> copied = new ArrayList<>();

    void add(Mount.OfHost mount, HostPath place) {
        places.put(mount.target(), place);
        if (place instanceof HostPath.Copied) {
            copied.add(mount);
        }
    }

    /** The mounts that the daemon has no name for, in the request's order. */
    List<Mount.OfHost> copied() {
        return List.copyOf(copied);
    }

    /** Gives the binds of a create call the daemon's names; what is copied is not of this. */
    void translate(ObjectNode body) {
        for (JsonNode bind : body.path("HostConfig").path("Mounts")) {
            if (places.get(bind.path("Target").asText()) instanceof HostPath.Translated translated
                    && bind instanceof ObjectNode object) {
                object.put("Source", translated.onHost().toString());
                if (translated.inVolume()) {
                    // The daemon binds nothing of its own directory that would keep a mount there from being undone.
                    object.withObject("/BindOptions").put("Propagation", "rslave");
                }
            }
        }
    }
}
