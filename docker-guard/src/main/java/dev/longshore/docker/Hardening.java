package dev.longshore.docker;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the daemon is told for a request: all that was asked, and the hardening every container gets. Nothing here depends on the
 * image, which is not trusted: what it declares for itself (user, volumes, health check, stop signal) is overridden.
 */
final class Hardening {
    private static final String TMPFS = "rw,nosuid,nodev,noexec,size=";
    private static final long OPEN_FILES = 4096;
    private static final long SHARED_MEMORY = 64L << 20;

    private Hardening() {}

    /**
     * The body of the create call.
     *
     * @param image the image as inspected: it is run by its id, so that a tag moved meanwhile runs nothing else
     * @param mounts the request's mounts after {@link BindRules}
     */
    static ObjectNode create(ContainerRequest request, Owner owner, ImageInfo image, List<Mount> mounts) {
        ObjectNode body = DaemonConnection.JSON.createObjectNode();
        body.put("Image", image.id());
        body.put("Hostname", "longshore");
        body.put("User", request.user().toString());
        body.put("AttachStdin", false).put("AttachStdout", true).put("AttachStderr", true);
        body.put("OpenStdin", false).put("StdinOnce", false).put("Tty", false);
        body.put("NetworkDisabled", true);
        body.put("StopSignal", "SIGTERM");
        // An image's health check would run its commands again and again beside the step.
        body.putObject("Healthcheck").putArray("Test").add("NONE");
        strings(body.putArray("Env"), environment(request));
        if (!request.entrypoint().isEmpty()) {
            strings(body.putArray("Entrypoint"), request.entrypoint());
        }
        if (!request.command().isEmpty()) {
            strings(body.putArray("Cmd"), request.command());
        }
        request.workingDirectory().ifPresent(directory -> body.put("WorkingDir", directory));
        ObjectNode labels = body.putObject("Labels");
        labels.put(Owner.OWNER_LABEL, owner.id());
        labels.put(Owner.RUN_LABEL, request.run());
        labels.put(Owner.STEP_LABEL, request.step());
        labels.put(Owner.IMAGE_LABEL, request.image());
        host(body.putObject("HostConfig"), request, image, mounts);
        return body;
    }

    private static void host(ObjectNode host, ContainerRequest request, ImageInfo image, List<Mount> mounts) {
        Limits limits = request.limits();
        host.put("Privileged", false);
        host.put("NetworkMode", "none");
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
        host.put("NanoCpus", Math.round(limits.cpus() * 1e9));
        host.put("PidsLimit", limits.pids());
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
            boolean mounted = mounts.stream()
                    .anyMatch(mount -> Path.of(volume).normalize().equals(Path.of(mount.target())));
            if (!mounted && !tmpfs.has(volume)) {
                tmpfs.put(volume, memory);
            }
        }
        ArrayNode binds = host.putArray("Mounts");
        for (Mount mount : mounts) {
            ObjectNode bind = binds.addObject();
            bind.put("Type", "bind");
            bind.put("Source", mount.host().toString());
            bind.put("Target", mount.target());
            bind.put("ReadOnly", mount instanceof Mount.ReadOnlyBind);
            // What is mounted below the source would stay writable under a read-only bind on engines before 25.
            bind.putObject("BindOptions").put("Propagation", "rprivate").put("NonRecursive", true);
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

    private static List<String> environment(ContainerRequest request) {
        Map<String, String> variables = new TreeMap<>(Map.of("HOME", "/tmp"));
        variables.putAll(request.environment());
        return variables.entrySet().stream()
                .map(variable -> variable.getKey() + "=" + variable.getValue())
                .toList();
    }

    private static void strings(ArrayNode array, List<String> values) {
        values.forEach(array::add);
    }
}
