package dev.longshore.docker;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Random;

/** Requests at random, the same for the same seed: each word is said or not, well or badly, mostly well so that some pass. */
final class RandomRequests {
    private static final JsonMapper JSON = new JsonMapper();
    private static final List<String> UNKNOWN = List.of(
            "privileged",
            "Privileged",
            "pid",
            "ipc",
            "capAdd",
            "devices",
            "securityOpt",
            "sysctls",
            "binds",
            "volumesFrom",
            "labels",
            "runtime",
            "cgroupParent",
            "hostConfig",
            "networkMode",
            "userns",
            "x");
    private static final List<String> NAMES = List.of(
            "PATH",
            "HOME",
            "TOKEN",
            "A",
            "LD_LIBRARY_PATH",
            "LD_PRELOAD",
            "DOCKER_HOST",
            "NVIDIA_VISIBLE_DEVICES",
            "CI_JOB",
            "A=B",
            "",
            "ld_preload",
            "LD_PRELOAD_",
            "GLIBC_TUNABLES");
    private static final List<String> TARGETS = List.of(
            "/workspace",
            "/in",
            "/out",
            "/data",
            "/out/x",
            "/tmp",
            "/tmp/x",
            "/proc",
            "/proc/self",
            "/sys/fs/cgroup",
            "/dev/shm",
            "/",
            "/x/../proc",
            "/etc",
            "/usr/share",
            "x");
    private static final List<String> VOLUME_NAMES =
            List.of("longshore-a", "longshore-out-1", "postgres", "../etc", "/etc", "longshore-b");

    private final Random random;
    private final String goodImage;
    private final List<String> sources;
    private final List<String> outputs;

    /**
     * Requests from a seed.
     *
     * @param sources paths to mount, allowed and not
     * @param outputs paths to write to, allowed and not
     */
    RandomRequests(long seed, String goodImage, List<String> sources, List<String> outputs) {
        this.random = new Random(seed);
        this.goodImage = goodImage;
        this.sources = sources;
        this.outputs = outputs;
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    /** The first of a list as a rule, any at times. */
    private <T> T mostly(List<T> of) {
        return random.nextInt(4) > 0 ? of.get(0) : one(of);
    }

    private boolean in(int chances) {
        return random.nextInt(chances) == 0;
    }

    String next() {
        ObjectNode request = JSON.createObjectNode();
        request.put(
                "image",
                random.nextInt(8) > 0
                        ? goodImage
                        : one(List.of(
                                "evil/tool:1",
                                "registry.example.org/app:1.0",
                                "registry.example.org/app:2",
                                "registry.example.org/denied/x:1.0",
                                "local/tool/x:1",
                                "../x",
                                "sha256:" + "1".repeat(64),
                                "busybox")));
        request.put("run", mostly(List.of("run", "r-1", "a b", "", "r,x")));
        request.put("step", mostly(List.of("step", "big-1", "preflight", "../x", "")));
        words(request);
        environment(request);
        mounts(request);
        limits(request);
        if (in(2)) {
            request.put(
                    "user",
                    random.nextInt(4) > 0
                            ? (1000 + random.nextInt(58_000)) + ":" + (1000 + random.nextInt(58_000))
                            : one(List.of("0:0", "65534:65534", "1:1", "root", "70000:1000", "-1:-1", "4294967296:0")));
        }
        if (in(3)) {
            request.put(
                    "network",
                    mostly(List.of("analysis", "none", "host", "bridge", "container:x", "Analysis", "analysis2")));
        }
        if (in(4)) {
            request.put(
                    "workingDirectory", mostly(List.of("/workspace", "/proc/self/fd/8", "x", "/a/../proc", "/dev/fd")));
        }
        if (in(4)) {
            request.put("deadline", mostly(List.of("10m", "30m", "31m", "0s", "9d", "x")));
        }
        if (in(4)) {
            request.put("inactivityTimeout", mostly(List.of("5m", "0s", "x", "99d")));
        }
        if (in(20)) {
            request.put(one(UNKNOWN), true);
        }
        return request.toString();
    }

    private void words(ObjectNode request) {
        if (in(2)) {
            ArrayNode words = request.putArray(in(3) ? "entrypoint" : "command");
            for (int i = random.nextInt(4); i >= 0; i--) {
                words.add(mostly(List.of("sh", "-c", "--privileged", "rm -rf /", "\n", "é", "a\0b")));
            }
        }
    }

    private void environment(ObjectNode request) {
        if (in(2)) {
            ObjectNode environment = request.putObject("environment");
            for (int i = random.nextInt(3); i >= 0; i--) {
                environment.put(
                        in(3) ? one(NAMES) : NAMES.get(random.nextInt(5)),
                        mostly(List.of("value", "", "x=y", "a\nb", "\0")));
            }
        }
    }

    private void mounts(ObjectNode request) {
        ArrayNode mounts = request.putArray("mounts");
        for (int i = random.nextInt(4); i > 0; i--) {
            ObjectNode mount = mounts.addObject();
            mount.put("target", in(6) ? one(TARGETS) : TARGETS.get(random.nextInt(4)));
            switch (random.nextInt(7)) {
                case 0, 1, 2 -> mount.put("type", "bind").put("source", mostly(sources));
                case 3, 4 ->
                    mount.put("type", "output")
                            .put("source", mostly(outputs))
                            .put("maxBytes", mostly(List.of(1L << 20, 1L << 31, (1L << 31) + 1, 0L)));
                case 5 ->
                    mount.put("type", "volume")
                            .put("name", mostly(VOLUME_NAMES))
                            .put("writable", in(5));
                default ->
                    mount.put("type", one(List.of("tmpfs", "bind", "npipe"))).put("source", one(sources));
            }
            if (in(25)) {
                mount.put(one(List.of("propagation", "readOnly", "driverConfig", "bindOptions")), "rshared");
            }
        }
    }

    private void limits(ObjectNode request) {
        if (in(2)) {
            ObjectNode limits = request.putObject("limits");
            limits.put("memory", mostly(List.of("64MiB", "2GiB", "3GiB", "8GiB", "9GiB", "0", "-1", "8MiB")));
            if (in(2)) {
                limits.put("cpus", mostly(List.of("1", "0.5", "2", "2.1", "0", "NaN", "0.000001")));
            }
            if (in(2)) {
                limits.put("pids", mostly(List.of(64, 2, 256, 257, 0, -1)));
            }
            if (in(2)) {
                limits.put("tmp", mostly(List.of("1MiB", "256MiB", "257MiB", "0", "64KiB", "1m,exec")));
            }
        }
    }

    /** An image at random, as the daemon would tell of it. */
    ObjectNode image(String reference, String id) {
        ObjectNode image = JSON.createObjectNode();
        image.put("Id", id);
        image.putArray("RepoTags").add(in(10) ? "evil/tool:1" : reference);
        ObjectNode config = image.putObject("Config");
        config.put("User", one(List.of("", "0:0", "root")));
        if (in(3)) {
            config.putObject("Volumes").putObject(mostly(List.of("/data", "/proc", "/in/x", "/tmp", "x", "/dev/pts")));
        }
        if (in(3)) {
            config.putArray("Env")
                    .add("PATH=/bin")
                    .add(one(List.of("LD_PRELOAD=/x", "NVIDIA_VISIBLE_DEVICES=all", "DOCKER_HOST=x", "A=b")));
        }
        if (in(3)) {
            config.putObject("Labels").put(one(List.of("dev.longshore.owner", "ofelia.enabled", "maintainer")), "evil");
        }
        if (in(6)) {
            config.put("WorkingDir", mostly(List.of("/app", "/proc/self/fd/8", "/a/../sys")));
        }
        return image;
    }
}
