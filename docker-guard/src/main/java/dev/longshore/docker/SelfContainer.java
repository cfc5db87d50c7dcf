package dev.longshore.docker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the kernel tells this process about the container it may be in. None of it is proof: a container that shares another's
 * network has that one's files mounted, a custom host name says nothing, and a machine may carry an engine's mark that no daemon
 * knows of. So these are candidates, and the daemon is asked about each.
 *
 * @param candidates ids that this container may have, the likeliest first: 64 hexadecimal digits, or the first 12 of them
 * @param marked whether an engine has left its mark, as it does in every container
 * @param mountPoints where something is mounted
 * @param layers writable layers of overlay file systems that are mounted, which the daemon knows by container
 * @param hostName the kernel's name for this machine or container
 */
record SelfContainer(
        List<String> candidates, boolean marked, Set<Path> mountPoints, Set<String> layers, String hostName) {

    private static final Logger LOG = LoggerFactory.getLogger(SelfContainer.class);

    private static final List<String> MARKS = List.of(".dockerenv", "run/.containerenv");

    /** The engine mounts its own files for the container's host name and name servers, which lie in a directory of the id. */
    private static final Pattern ENGINE_FILE =
            Pattern.compile("/(?:overlay-)?containers/([0-9a-f]{64})/(?:userdata/)?(?:hostname|hosts|resolv\\.conf)");

    /** {@code /docker/ID}, {@code docker-ID.scope}, {@code libpod-ID.scope}, and the same below others. */
    private static final Pattern CGROUP = Pattern.compile("(?:^|[/-])([0-9a-f]{64})(?:\\.scope)?(?:/|$)");

    private static final Pattern CONTAINERENV_ID = Pattern.compile("(?m)^id=\"([0-9a-f]{64})\"");
    private static final Pattern SHORT_ID = Pattern.compile("[0-9a-f]{12}");
    private static final Pattern LAYER = Pattern.compile("(?:^|,)upperdir=([^,]+)");
    private static final Pattern ESCAPED = Pattern.compile("\\\\([0-7]{3})");

    private static final int MOUNT_ROOT = 3;
    private static final int MOUNT_POINT = 4;

    SelfContainer {
        candidates = List.copyOf(candidates);
        mountPoints = Set.copyOf(mountPoints);
        layers = Set.copyOf(layers);
    }

    /** Reads {@code /proc} and the marks; what cannot be read tells nothing. */
    static SelfContainer current() {
        return read(Path.of("/"));
    }

    /** The same below another root. */
    static SelfContainer read(Path root) {
        Set<String> candidates = new LinkedHashSet<>();
        Set<Path> mountPoints = new LinkedHashSet<>();
        Set<String> layers = new LinkedHashSet<>();
        for (String line : lines(root.resolve("proc/self/mountinfo"))) {
            String[] fields = line.split(" ", -1);
            if (fields.length <= MOUNT_POINT) {
                continue;
            }
            path(unescaped(fields[MOUNT_POINT])).ifPresent(mountPoints::add);
            add(candidates, ENGINE_FILE, fields[MOUNT_ROOT]);
            add(layers, LAYER, unescaped(fields[fields.length - 1]));
        }
        for (String line : lines(root.resolve("proc/self/cgroup"))) {
            add(candidates, CGROUP, line.substring(line.lastIndexOf(':') + 1));
        }
        lines(root.resolve("run/.containerenv")).forEach(line -> add(candidates, CONTAINERENV_ID, line));
        String hostName = lines(root.resolve("proc/sys/kernel/hostname")).stream()
                .findFirst()
                .orElse("");
        if (SHORT_ID.matcher(hostName).matches()) {
            candidates.add(hostName);
        }
        boolean marked = MARKS.stream().anyMatch(mark -> Files.exists(root.resolve(mark)));
        return new SelfContainer(new ArrayList<>(candidates), marked, mountPoints, layers, hostName);
    }

    /** Whether anything speaks for a container; if not, this process sees the files that its machine has. */
    boolean perhaps() {
        return marked || !candidates.isEmpty();
    }

    /**
     * Whether the container a daemon describes can be the one this process is in: what it says is mounted there is mounted here,
     * and where it names the writable layer, that is ours.
     */
    boolean canBe(OwnMounts described, Optional<String> layer) {
        if (layer.isPresent() && !layers.isEmpty() && !layers.contains(layer.get())) {
            return false;
        }
        return described.mounts().stream().allMatch(mount -> mountPoints.contains(mount.target()));
    }

    private static void add(Set<String> found, Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
    }

    private static List<String> lines(Path file) {
        try {
            // Not readString: what one mount point is called may be no text at all.
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            LOG.debug("{} tells nothing", file, e);
            return List.of();
        }
    }

    private static Optional<Path> path(String text) {
        try {
            return Optional.of(Path.of(text));
        } catch (InvalidPathException e) {
            LOG.debug("a mount point that this locale cannot name", e);
            return Optional.empty();
        }
    }

    /** Blanks and backslashes are written as octal numbers there. */
    private static String unescaped(String field) {
        return ESCAPED.matcher(field)
                .replaceAll(match -> Matcher.quoteReplacement(Character.toString(Integer.parseInt(match.group(1), 8))));
    }
}
