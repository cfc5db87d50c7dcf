package dev.longshore.docker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Who this process is to the kernel.
 *
 * @param uid effective user
 * @param gids effective group and supplementary groups
 */
public record ProcessIdentity(int uid, Set<Integer> gids) {
    public ProcessIdentity {
        gids = Set.copyOf(gids);
    }

    /** Reads {@code /proc/self/status}: unlike {@code id}, it needs no program and cannot be fooled by a changed group file. */
    static ProcessIdentity current() throws IOException {
        return parse(Files.readString(Path.of("/proc/self/status"), StandardCharsets.ISO_8859_1));
    }

    static ProcessIdentity parse(String status) throws IOException {
        Set<Integer> gids = new TreeSet<>();
        int[] uids = numbers(status, "Uid:");
        int[] ownGids = numbers(status, "Gid:");
        if (uids.length < 2 || ownGids.length < 2) {
            throw new IOException("no Uid and Gid in /proc/self/status");
        }
        gids.add(ownGids[1]);
        Arrays.stream(numbers(status, "Groups:")).forEach(gids::add);
        return new ProcessIdentity(uids[1], gids);
    }

    private static int[] numbers(String status, String field) {
        return status.lines()
                .filter(line -> line.startsWith(field))
                .flatMap(line ->
                        Arrays.stream(line.substring(field.length()).strip().split("\\s+", -1)))
                .filter(word -> !word.isEmpty())
                .mapToInt(Integer::parseUnsignedInt)
                .toArray();
    }

    @Override
    public String toString() {
        return "uid " + Integer.toUnsignedString(uid) + ", groups "
                + gids.stream().sorted().map(Integer::toUnsignedString).collect(Collectors.joining(" "));
    }
}
