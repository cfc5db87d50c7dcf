package dev.longshore.docker;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.docker.policy.EnvironmentRules;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the daemon is told for a request: all that was asked, and the hardening every container gets. Nothing here depends on the
 * image, which is not trusted: what it declares for itself (user, volumes, health check, stop signal) is overridden.
 */
final class Hardening {
    private static final String TMPFS = "rw,nosuid,nodev,noexec,size=";
    private static final long OPEN_FILES = 4096;
    private static final int FIRST_TO_GO = 500;
    private static final long SHARED_MEMORY = 64L << 20;

    private Hardening() {}

    /**
     * The body of the create call.
     *
     * @param image the image as inspected: it is run by its id, so that a tag moved meanwhile runs nothing else
     * @param mounts the request's mounts after {@link BindRules}
     * @param network id of the network that the request names, if it names one
     * @param rules which variables of the image are taken away
     */
    static ObjectNode create(
            ContainerRequest request,
            Owner owner,
            ImageInfo image,
            List<Mount> mounts,
            Optional<String> network,
            EnvironmentRules rules) {
        ObjectNode body = DaemonConnection.JSON.createObjectNode();
        body.put("Image", image.id());
        body.put("Hostname", "longshore");
        body.put("User", request.user().toString());
        body.put("AttachStdin", false).put("AttachStdout", true).put("AttachStderr", true);
        body.put("OpenStdin", false).put("StdinOnce", false).put("Tty", false);
        body.put("NetworkDisabled", network.isEmpty());
        body.put("StopSignal", "SIGTERM");
        // An image's health check would run its commands again and again beside the step.
        body.putObject("Healthcheck").putArray("Test").add("NONE");
        strings(body.putArray("Env"), environment(request, image, rules));
        if (!request.entrypoint().isEmpty()) {
            strings(body.putArray("Entrypoint"), request.entrypoint());
        }
        if (!request.command().isEmpty()) {
            strings(body.putArray("Cmd"), request.command());
        }
        request.workingDirectory().ifPresent(directory -> body.put("WorkingDir", directory));
        ObjectNode labels = body.putObject("Labels");
        // Other programs on the daemon act on labels, some by running what they say. An image's cannot be taken away,
        // but emptied.
        image.labels().keySet().stream().sorted().forEach(label -> labels.put(label, ""));
        labels.put(Owner.OWNER_LABEL, owner.id());
        labels.put(Owner.RUN_LABEL, request.run());
        labels.put(Owner.STEP_LABEL, request.step());
        labels.put(Owner.IMAGE_LABEL, request.image());
        labels.put(Owner.CPUS_LABEL, Long.toString(nanoCpus(request.limits())));
        labels.put(Owner.MEMORY_LABEL, Long.toString(request.limits().memoryBytes()));
        host(body.putObject("HostConfig"), request, image, mounts, network);
        return body;
    }

    private static long nanoCpus(Limits limits) {
        return Math.round(limits.cpus() * 1e9);
    }

    private static void host(
            ObjectNode host, ContainerRequest request, ImageInfo image, List<Mount> mounts, Optional<String> network) {
        Limits limits = request.limits();
        host.put("Privileged", false);
        host.put("NetworkMode", network.orElse("none"));
        host.put("IpcMode", "private");
        host.put("ReadonlyRootfs", true);
        host.put("Init", true);
        host.put("AutoRemove", false);
        host.put("PublishAllPorts", false);
        host.putArray("CapDrop").add("ALL");
        host.putArray("SecurityOpt").add("no-new-privileges");
        host.put("Memory", limits.memoryBytes());
        // Memory and swap together: as much as the memory alone, so no swap.
        host.put("MemorySwap", limits.memoryBytes());
        host.put("NanoCpus", nanoCpus(limits));
        host.put("PidsLimit", limits.pids());
        // Where the host itself runs out of memory, a container goes before the host's own programs.
        host.put("OomScoreAdj", FIRST_TO_GO);
        host.put("OomKillDisable", false);
        host.put("ShmSize", Math.min(SHARED_MEMORY, limits.tmpBytes()));
        host.putObject("RestartPolicy").put("Name", "no");
        // Output reaches us through attach; kept on the daemon's disk as well it could fill it.
        host.putObject("LogConfig").put("Type", "none").putObject("Config");
        ArrayNode ulimits = host.putArray("Ulimits");
        ulimit(ulimits, "nofile", OPEN_FILES);
        ulimit(ulimits, "core", 0);
        ulimit(ulimits, "fsize", largestFile(limits, mounts));
        mounts(host, request, image, mounts);
    }

    private static void mounts(ObjectNode host, ContainerRequest request, ImageInfo image, List<Mount> mounts) {
        String memory = tmpfs(request);
        ObjectNode tmpfs = host.putObject("Tmpfs");
        tmpfs.put("/tmp", memory);
        for (String volume : image.volumes()) {
            // A volume that the image declares would be a writable directory on the host's disk, without a bound.
            // The daemon cleans the image's path, but not this one: by another spelling it would make the volume as
            // well.
            String target = Path.of(volume).normalize().toString();
            boolean mounted = mounts.stream().anyMatch(mount -> target.equals(mount.target()));
            if (!mounted && !tmpfs.has(target)) {
                tmpfs.put(target, memory);
            }
        }
        ArrayNode binds = host.putArray("Mounts");
        for (Mount mount : mounts) {
            mount(binds.addObject(), mount);
        }
    }

    private static void mount(ObjectNode entry, Mount mount) {
        entry.put("Target", mount.target());
        if (mount instanceof Mount.OfHost ofHost) {
            entry.put("Type", "bind");
            entry.put("Source", ofHost.host().toString());
            entry.put("ReadOnly", ofHost instanceof Mount.ReadOnlyBind);
            // What is mounted below the source would stay writable under a read-only bind on engines before 25.
            entry.putObject("BindOptions").put("Propagation", "rprivate").put("NonRecursive", true);
        } else if (mount instanceof Mount.Volume volume) {
            entry.put("Type", "volume");
            entry.put("Source", volume.name());
            entry.put("ReadOnly", !volume.writable());
            entry.putObject("VolumeOptions").put("NoCopy", true);
        }
    }

    /** Owned by the user: the runtime resets the mode to the one of the image's directory, or to 0755 where it has none. */
    private static String tmpfs(ContainerRequest request) {
        ContainerUser user = request.user();
        return TMPFS + request.limits().tmpBytes() + ",mode=1777,uid=" + user.uid() + ",gid=" + user.gid();
    }

    /**
     * One byte above the bound of the output directory, so that a file the kernel stopped is seen to be past it. Without one,
     * nothing but memory can be written, whose size is bounded.
     */
    private static long largestFile(Limits limits, List<Mount> mounts) {
        return mounts.stream()
                .filter(Mount.OutputDirectory.class::isInstance)
                .mapToLong(mount -> ((Mount.OutputDirectory) mount).maxBytes() + 1)
                .max()
                .orElse(limits.tmpBytes());
    }

    private static void ulimit(ArrayNode ulimits, String name, long value) {
        ulimits.addObject().put("Name", name).put("Soft", value).put("Hard", value);
    }

    /** A name without a value takes the variable away that the image sets. */
    private static List<String> environment(ContainerRequest request, ImageInfo image, EnvironmentRules rules) {
        Map<String, String> variables = new TreeMap<>();
        image.variables().stream()
                .filter(name -> rules.denied(name).isPresent())
                .forEach(name -> variables.put(name, name));
        variables.put("HOME", "HOME=/tmp");
        request.environment().forEach((name, value) -> variables.put(name, name + "=" + value));
        return List.copyOf(variables.values());
    }

    private static void strings(ArrayNode array, List<String> values) {
        values.forEach(array::add);
    }
}
