package dev.longshore.docker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A lease is this very process: its number, and when it started, on this boot and in this process namespace. Where either differs,
 * the number means nothing here, and the lease is one we cannot judge.
 */
final class ProcessLeases implements Leases {
    static final ProcessLeases INSTANCE = new ProcessLeases(Path.of("/proc"));

    private static final Pattern FORM =
            Pattern.compile("process:([0-9a-f-]{36}):([0-9]{1,20}):([0-9]{1,10}):([0-9]{1,10}):([0-9]{1,20})");
    private static final int STATE = 0;
    private static final int STARTED = 19;

    private final Path proc;
    private final Optional<Place> here;
    private final String own;

    /** @param proc where the kernel tells of processes; only tests name another than {@code /proc} */
    ProcessLeases(Path proc) {
        this.proc = proc;
        this.here = place();
        this.own = here.flatMap(this::ownId).orElse("process:unknown");
    }

    /** What a process number is unique in. */
    private record Place(String boot, String namespace) {}

    @Override
    public String own() {
        return own;
    }

    @Override
    public Standing standing(String lease) {
        if (lease.equals(own)) {
            return new Held();
        }
        Matcher id = FORM.matcher(lease);
        if (!id.matches() || !here.equals(Optional.of(new Place(id.group(1), id.group(2))))) {
            return new Unknown();
        }
        try {
            return process(id.group(3), id.group(4), id.group(5));
        } catch (IOException e) {
            // Not readable is not dead.
            return new Unknown();
        }
    }

    private Standing process(String uid, String pid, String started) throws IOException {
        Optional<String[]> stat = stat(pid);
        if (stat.isEmpty()) {
            // Other users' processes can be hidden from us; our own and, from root, none can.
            int self = ProcessIdentity.current().uid();
            boolean visible = self == 0 || uid.equals(Integer.toUnsignedString(self));
            return visible ? new Over(Optional.empty()) : new Unknown();
        }
        // One that has ended and was not yet waited for still has its number.
        boolean ended = stat.get()[STATE].equals("Z") || stat.get()[STATE].equals("X");
        return ended || !stat.get()[STARTED].equals(started) ? new Over(Optional.empty()) : new Held();
    }

    /** The fields of {@code /proc/PID/stat} from the state on: the name before them may contain anything. Empty if there is none. */
    private Optional<String[]> stat(String pid) throws IOException {
        Path file = proc.resolve(pid).resolve("stat");
        if (Files.notExists(file)) {
            return Optional.empty();
        }
        String text;
        try {
            text = Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            // It ends while we look.
            if (Files.notExists(file.resolveSibling("."))) {
                return Optional.empty();
            }
            throw e;
        }
        String[] fields = text.substring(text.lastIndexOf(')') + 1).strip().split(" ", -1);
        if (fields.length <= STARTED) {
            throw new IOException("not what the kernel writes: " + file);
        }
        return Optional.of(fields);
    }

    private Optional<Place> place() {
        try {
            String boot =
                    Files.readString(proc.resolve("sys/kernel/random/boot_id")).strip();
            String link = Files.readSymbolicLink(proc.resolve("self/ns/pid")).toString();
            String namespace = link.replaceAll("[^0-9]", "");
            return boot.length() == 36 && !namespace.isEmpty()
                    ? Optional.of(new Place(boot, namespace))
                    : Optional.empty();
        } catch (IOException e) {
            // No Linux: leases made here are known to nobody, and only their containers' own deadlines end them.
            return Optional.empty();
        }
    }

    private Optional<String> ownId(Place place) {
        long pid = ProcessHandle.current().pid();
        try {
            return stat(Long.toString(pid))
                    .map(stat -> "process:" + place.boot + ":" + place.namespace + ":" + uid() + ":" + pid + ":"
                            + stat[STARTED]);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static String uid() {
        try {
            return Integer.toUnsignedString(ProcessIdentity.current().uid());
        } catch (IOException e) {
            throw new UncheckedIOException("a kernel with /proc/self/stat has /proc/self/status", e);
        }
    }
}
