package dev.longshore.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.regex.Pattern;

/**
 * What has to be said to Podman in other words: it speaks Docker's API, but refuses a few of the things that Docker takes. Nothing
 * of the hardening is left out.
 */
final class PodmanWords {
    private static final Map<DaemonConnection, Boolean> KNOWN = Collections.synchronizedMap(new WeakHashMap<>());

    /** A file system in memory has no owner there; everybody may write to it, as its mode says. */
    private static final Pattern OWNER = Pattern.compile(",(?:uid|gid)=[0-9]+");

    private PodmanWords() {}

    /** Changes the body of a create call, if it is for a Podman. */
    static void adapt(DaemonConnection daemon, ObjectNode body) throws InterruptedException {
        if (!speaksTo(daemon)) {
            return;
        }
        if (body.path("HostConfig").path("Tmpfs") instanceof ObjectNode tmpfs) {
            tmpfs.properties()
                    .forEach(mount -> tmpfs.put(
                            mount.getKey(),
                            OWNER.matcher(mount.getValue().asText()).replaceAll("")));
        }
    }

    static boolean speaksTo(DaemonConnection daemon) throws InterruptedException {
        Boolean known = KNOWN.get(daemon);
        if (known == null) {
            known = isPodman(DaemonConnection.parse(
                    "version",
                    daemon.unversioned("version", "/version", daemon.settings().callTimeout())
                            .bytes()));
            KNOWN.put(daemon, known);
        }
        return known;
    }

    static boolean isPodman(JsonNode version) {
        for (JsonNode component : version.path("Components")) {
            if (component.path("Name").asText("").equals("Podman Engine")) {
                return true;
            }
        }
        return false;
    }
}
