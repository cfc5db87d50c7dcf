package dev.longshore.docker;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What every container has to have, said again and apart from {@link Hardening}, of what the daemon is told and of what it then tells:
 * both have the same words.
 */
final class HardenedContainer {
    private static final Set<String> CONFIG = Set.of(
            "Image",
            "Hostname",
            "User",
            "AttachStdin",
            "AttachStdout",
            "AttachStderr",
            "OpenStdin",
            "StdinOnce",
            "Tty",
            "NetworkDisabled",
            "StopSignal",
            "Healthcheck",
            "Env",
            "Entrypoint",
            "Cmd",
            "WorkingDir",
            "Labels",
            "HostConfig");
    private static final Set<String> HOST = Set.of(
            "Privileged",
            "NetworkMode",
            "IpcMode",
            "ReadonlyRootfs",
            "Init",
            "AutoRemove",
            "PublishAllPorts",
            "CapDrop",
            "SecurityOpt",
            "Memory",
            "MemorySwap",
            "NanoCpus",
            "PidsLimit",
            "OomScoreAdj",
            "OomKillDisable",
            "ShmSize",
            "RestartPolicy",
            "LogConfig",
            "Ulimits",
            "Tmpfs",
            "Mounts");
    /** In what the daemon tells: what must not be anything but empty. */
    private static final Set<String> EMPTY = Set.of(
            "Binds",
            "VolumesFrom",
            "VolumeDriver",
            "CapAdd",
            "Devices",
            "DeviceCgroupRules",
            "DeviceRequests",
            "GroupAdd",
            "Links",
            "ExtraHosts",
            "Dns",
            "DnsOptions",
            "DnsSearch",
            "PortBindings",
            "PidMode",
            "UTSMode",
            "UsernsMode",
            "Cgroup",
            "CgroupParent",
            "Sysctls",
            "StorageOpt",
            "BlkioDeviceReadBps",
            "BlkioDeviceWriteBps",
            "Isolation",
            "CpusetCpus",
            "CpusetMems",
            "Annotations");

    /** The bounds that hold of the world in which requests are made. */
    record Bounds(
            List<Path> sources, List<Path> outputs, Set<String> networks, long memory, long nanoCpus, long pids) {}

    private final List<String> wrong = new ArrayList<>();
    private final JsonNode config;
    private final JsonNode host;
    private final Bounds bounds;

    private HardenedContainer(JsonNode config, JsonNode host, Bounds bounds) {
        this.config = config;
        this.host = host;
        this.bounds = bounds;
    }

    /** What is wrong with the body of a create call: also every word that is not one of ours. */
    static List<String> wrongInBody(JsonNode body, Bounds bounds) throws IOException {
        HardenedContainer container = new HardenedContainer(body, body.path("HostConfig"), bounds);
        body.fieldNames().forEachRemaining(name -> container.require(CONFIG.contains(name), name));
        container.host.fieldNames().forEachRemaining(name -> container.require(HOST.contains(name), name));
        container.require(body.path("Image").asText().matches("sha256:[0-9a-f]{64}"), "Image");
        container.common();
        return container.wrong;
    }

    /** What is wrong with a container as the daemon tells of it. */
    static List<String> wrongInContainer(JsonNode inspected, Bounds bounds) throws IOException {
        HardenedContainer container =
                new HardenedContainer(inspected.path("Config"), inspected.path("HostConfig"), bounds);
        for (String name : EMPTY) {
            JsonNode value = container.host.path(name);
            container.require(
                    value.isNull() || (value.isEmpty() && value.asText("").isEmpty()), name);
        }
        container.require(texts(container.host.path("MaskedPaths")).contains("/proc/kcore"), "MaskedPaths");
        container.require(texts(container.host.path("ReadonlyPaths")).contains("/proc/sys"), "ReadonlyPaths");
        container.require(!inspected.path("AppArmorProfile").asText().equals("unconfined"), "AppArmorProfile");
        container.require(inspected.path("Image").asText().startsWith("sha256:"), "Image");
        for (JsonNode mount : inspected.path("Mounts")) {
            container.require(
                    Set.of("bind", "volume", "tmpfs")
                            .contains(mount.path("Type").asText()),
                    "Mounts.Type");
            container.require(
                    !mount.path("Type").asText().equals("bind")
                            || mount.path("Propagation").asText().equals("rprivate"),
                    "Mounts.Propagation");
            container.require(
                    !mount.path("Type").asText().equals("volume")
                            || mount.path("Name").asText().startsWith("longshore-"),
                    "Mounts.Name");
        }
        container.common();
        return container.wrong;
    }

    private void require(boolean right, String what) {
        if (!right) {
            wrong.add(what);
        }
    }

    private void common() throws IOException {
        require(config.path("User").asText().matches("[1-9]\\d*:[1-9]\\d*"), "User");
        require(!config.path("Tty").asBoolean(true) && !config.path("OpenStdin").asBoolean(true), "Tty, OpenStdin");
        require(!config.path("AttachStdin").asBoolean(true), "AttachStdin");
        require(texts(config.path("Healthcheck").path("Test")).equals(List.of("NONE")), "Healthcheck");
        require(config.path("StopSignal").asText().equals("SIGTERM"), "StopSignal");
        require(config.path("Labels").path("dev.longshore.owner").asText().equals("me"), "Labels.owner");
        require(config.path("Labels").path("ofelia.enabled").asText("").isEmpty(), "Labels.ofelia");
        for (String variable : texts(config.path("Env"))) {
            require(
                    !variable.matches("(?s)(LD_PRELOAD|LD_AUDIT|GLIBC_TUNABLES|DOCKER_.*|NVIDIA_.*|CI_.*)=.*"),
                    "Env " + variable);
        }
        require(!host.path("Privileged").asBoolean(true), "Privileged");
        require(host.path("ReadonlyRootfs").asBoolean(), "ReadonlyRootfs");
        require(host.path("Init").asBoolean(), "Init");
        require(host.path("IpcMode").asText().equals("private"), "IpcMode");
        require(texts(host.path("CapDrop")).equals(List.of("ALL")), "CapDrop");
        require(texts(host.path("SecurityOpt")).equals(List.of("no-new-privileges")), "SecurityOpt");
        require(host.path("RestartPolicy").path("Name").asText().equals("no"), "RestartPolicy");
        require(host.path("LogConfig").path("Type").asText().equals("none"), "LogConfig");
        require(
                !host.path("AutoRemove").asBoolean(true)
                        && !host.path("PublishAllPorts").asBoolean(true),
                "AutoRemove");
        require(!host.path("OomKillDisable").asBoolean(false), "OomKillDisable");
        require(host.path("OomScoreAdj").asInt() > 0, "OomScoreAdj");
        String network = host.path("NetworkMode").asText();
        require(network.equals("none") || bounds.networks().contains(network), "NetworkMode " + network);
        within("Memory", host.path("Memory").asLong(), bounds.memory());
        require(host.path("Memory").asLong() == host.path("MemorySwap").asLong(), "MemorySwap");
        within("NanoCpus", host.path("NanoCpus").asLong(), bounds.nanoCpus());
        within("PidsLimit", host.path("PidsLimit").asLong(), bounds.pids());
        within("ShmSize", host.path("ShmSize").asLong(), 64L << 20);
        ulimits();
        host.path("Tmpfs").properties().forEach(entry -> {
            require(
                    entry.getValue()
                            .asText()
                            .matches("rw,nosuid,nodev,noexec,size=\\d+,mode=1777,uid=[1-9]\\d*,gid=[1-9]\\d*"),
                    "Tmpfs " + entry);
            requireOrdinary(entry.getKey());
        });
        require(host.path("Tmpfs").has("/tmp"), "Tmpfs /tmp");
        for (JsonNode mount : host.path("Mounts")) {
            mount(mount);
        }
    }

    private void within(String what, long value, long most) {
        require(value > 0 && value <= most, what + " " + value);
    }

    private void ulimits() {
        Map<String, Long> hard = new TreeMap<>();
        host.path("Ulimits")
                .forEach(limit ->
                        hard.put(limit.path("Name").asText(), limit.path("Hard").asLong()));
        require(hard.keySet().equals(Set.of("core", "fsize", "nofile")), "Ulimits " + hard);
        require(hard.getOrDefault("core", 1L) == 0 && hard.getOrDefault("fsize", 0L) > 0, "Ulimits " + hard);
    }

    private void mount(JsonNode mount) throws IOException {
        requireOrdinary(mount.path("Target").asText());
        if (mount.path("Type").asText().equals("volume")) {
            require(mount.path("Source").asText().startsWith("longshore-"), "volume");
            require(mount.path("VolumeOptions").path("NoCopy").asBoolean(), "NoCopy");
            require(mount.path("VolumeOptions").path("DriverConfig").isMissingNode(), "DriverConfig");
            return;
        }
        require(mount.path("Type").asText().equals("bind"), "Type");
        require(mount.path("BindOptions").path("Propagation").asText().equals("rprivate"), "Propagation");
        require(mount.path("BindOptions").path("NonRecursive").asBoolean(), "NonRecursive");
        Path source = Path.of(mount.path("Source").asText());
        require(source.toRealPath().equals(source), "Source " + source + " is not resolved");
        List<Path> roots = mount.path("ReadOnly").asBoolean() ? bounds.sources() : bounds.outputs();
        require(roots.stream().anyMatch(source::startsWith), "Source " + source);
    }

    private void requireOrdinary(String target) {
        Path path = Path.of(target);
        require(
                path.isAbsolute()
                        && path.getNameCount() > 0
                        && path.normalize().equals(path)
                        && !Set.of("proc", "sys", "dev")
                                .contains(path.getName(0).toString()),
                "Target " + target);
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(element -> texts.add(element.asText()));
        return texts;
    }
}
