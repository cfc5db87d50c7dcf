package dev.longshore.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What has to be said to Podman in other words: it speaks Docker's API, but refuses a few of the things that Docker takes, and
 * leaves out others without a word. Nothing of the hardening is left out.
 */
final class PodmanWords {
    /** A file system in memory has no owner there; everybody may write to it, as its mode says. */
    private static final Pattern OWNER = Pattern.compile(",(?:uid|gid)=[0-9]+");

    /**
     * How many processes a user may have on the whole host, where nothing is said: Podman raises it to a million, for which root in
     * a container, say, lacks the right. This is as many as a kernel has by default; a container's own bound is not this one.
     */
    private static final long PROCESSES_OF_USER = 32_768;

    /**
     * Where Podman mounts file systems in memory on a read-only root, unless something else is mounted there: writable, executable and
     * without a bound. What the image has there is copied in.
     */
    private static final List<String> WRITABLE = List.of("/run", "/var/tmp");

    private static final String UNWRITABLE = "ro,nosuid,nodev,noexec,size=" + (16L << 20);

    private static final String OWN_NETWORK = "[{\"Name\":\"network\",\"Host\":false,\"Path\":\"\"}]";

    private PodmanWords() {}

    /** Changes the body of a create call, if it is for a Podman. */
    static void adapt(DaemonConnection daemon, ObjectNode body) throws InterruptedException {
        if (!speaksTo(daemon)) {
            return;
        }
        if (body.path("HostConfig").path("Ulimits") instanceof ArrayNode ulimits) {
            ulimits.addObject()
                    .put("Name", "nproc")
                    .put("Soft", PROCESSES_OF_USER)
                    .put("Hard", PROCESSES_OF_USER);
        }
        JsonNode host = body.path("HostConfig");
        if (host.path("Tmpfs") instanceof ObjectNode tmpfs) {
            tmpfs.properties()
                    .forEach(mount -> tmpfs.put(
                            mount.getKey(),
                            OWNER.matcher(mount.getValue().asText()).replaceAll("")));
            for (String directory : WRITABLE) {
                if (!tmpfs.has(directory) && !isMounted(host, directory)) {
                    tmpfs.put(directory, UNWRITABLE);
                }
            }
        }
    }

    private static boolean isMounted(JsonNode host, String directory) {
        for (JsonNode mount : host.path("Mounts")) {
            if (mount.path("Target").asText("").equals(directory)) {
                return true;
            }
        }
        return false;
    }

    /**
     * What network the steps of a build have, as the query of a build call says it. To Podman, Docker's words mean nothing: it would
     * run them in the host's network.
     */
    static String buildNetwork(DaemonConnection daemon, boolean network) throws InterruptedException {
        if (!speaksTo(daemon)) {
            return "networkmode=" + (network ? "default" : "none");
        }
        return network
                ? "networkmode=default&nsoptions=" + DaemonStreams.encode(OWN_NETWORK)
                : "networkmode=NetworkDisabled";
    }

    static boolean speaksTo(DaemonConnection daemon) throws InterruptedException {
        // Not to be known for longer than the version is: what comes back at the same address may be another daemon.
        return isPodman(daemon.versions().answer());
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
