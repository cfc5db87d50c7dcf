package dev.longshore.docker.audit;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Finds where to go on in a log whose files are not as its head says: a process was killed between a line and the head, the power
 * failed, or somebody else wrote to the files. Lines that continue the chain are taken over; half a line at the end, which nobody was
 * told of as written, is cut off. Nothing else is removed or repaired: the chain goes on from the last line that was written, so that
 * what is missing or was added stays to be seen, and a line says what was found.
 */
final class Recovery {
    private static final int LONGEST_LINE = 256 << 10;

    private final AuditDirectory directory;
    private final ChainHash chain;
    private final RandomAccessFile current;
    private final long fileBytes;

    private long missing;
    private long cut;
    private long foreign;
    private boolean headLost;

    Recovery(AuditDirectory directory, ChainHash chain, RandomAccessFile current, long fileBytes) {
        this.directory = directory;
        this.chain = chain;
        this.current = current;
        this.fileBytes = fileBytes;
    }

    AuditHead from(Optional<AuditHead> known) throws IOException {
        Optional<AuditLine> first = firstLine(current, fileBytes);
        AuditHead last = known.isPresent() ? known.get() : lastOfFull();
        headLost = known.isEmpty() && (last.seq() > 0 || current.length() > 0);
        if (known.isEmpty() && first.isPresent() && last.seq() == 0 && !continues(first.get(), last)) {
            // Its beginning is gone, and the head with it: from its first line on, it may still be a chain.
            last = new AuditHead(
                    first.get().seq() - 1, first.get().seq(), 0, first.get().prev());
        }
        boolean begins = first.isEmpty() || continues(first.get(), last);
        long from = begins ? 0 : first.get().seq() == last.first() ? last.size() : current.length();
        if (begins && known.isPresent() && current.length() == 0 && last.size() > 0) {
            // Just turned over, or gone: then its lines are neither here nor there.
            boolean turnedOver =
                    firstLine(directory.full(last.first()), fileBytes).isPresent();
            missing = turnedOver ? 0 : last.size();
        }
        if (from > current.length()) {
            missing = from - current.length();
            from = current.length();
        }
        AuditHead head = takeOver(last, from);
        long start = firstLine(current, fileBytes).map(AuditLine::seq).orElse(head.seq() + 1);
        return new AuditHead(head.seq(), start, current.length(), head.hash());
    }

    /** What is worth a line; empty where all is well, such as with the very first. */
    Optional<AuditEntry> remark() {
        if (missing + cut + foreign == 0 && !headLost) {
            return Optional.empty();
        }
        AuditEntry entry = AuditEntry.of(AuditEntry.Event.RECOVERED);
        if (headLost) {
            entry.put("head", "missing or not ours");
        }
        return Optional.of(
                entry.put("missingBytes", missing).put("cutBytes", cut).put("foreignBytes", foreign));
    }

    private static boolean continues(AuditLine line, AuditHead head) {
        return line.seq() == head.seq() + 1 && line.prev().equals(head.hash());
    }

    /** The end of the newest full file, as far as its lines are whole. */
    private AuditHead lastOfFull() throws IOException {
        List<Path> files = directory.fullFiles();
        if (files.isEmpty()) {
            return AuditHead.START;
        }
        AuditHead head = AuditHead.START;
        try (RandomAccessFile file =
                new RandomAccessFile(files.get(files.size() - 1).toFile(), "r")) {
            byte[] bytes = read(file, 0);
            for (int from = 0, to; (to = newline(bytes, from)) >= 0; from = to + 1) {
                byte[] line = Arrays.copyOfRange(bytes, from, to);
                Optional<AuditLine> parsed = AuditLine.parse(line).filter(one -> one.intact(chain, line));
                if (parsed.isPresent()) {
                    head = new AuditHead(
                            parsed.get().seq(),
                            parsed.get().seq(),
                            0,
                            parsed.get().hash());
                }
            }
        }
        return head;
    }

    private AuditHead takeOver(AuditHead last, long from) throws IOException {
        byte[] bytes = read(current, from);
        AuditHead head = last;
        int begin = 0;
        int end;
        while ((end = newline(bytes, begin)) >= 0) {
            byte[] line = Arrays.copyOfRange(bytes, begin, end);
            AuditHead before = head;
            Optional<AuditLine> next =
                    AuditLine.parse(line).filter(one -> continues(one, before) && one.intact(chain, line));
            if (next.isPresent()) {
                head = new AuditHead(
                        next.get().seq(), head.first(), 0, next.get().hash());
            } else {
                foreign += line.length + 1L;
            }
            begin = end + 1;
        }
        if (begin < bytes.length) {
            cut = (long) bytes.length - begin;
            current.setLength(from + begin);
        } else if (from > 0 && from == current.length() && !endsWithNewline(from)) {
            // Cut short in the middle of a line: the next would be on the same one.
            current.seek(from);
            current.write('\n');
        }
        return head;
    }

    private boolean endsWithNewline(long length) throws IOException {
        current.seek(length - 1);
        return current.read() == '\n';
    }

    private byte[] read(RandomAccessFile file, long from) throws IOException {
        long length = file.length() - from;
        if (length > 2 * fileBytes) {
            throw new IOException("the audit log has grown by " + length + " bytes that are not its own");
        }
        byte[] bytes = new byte[(int) length];
        file.seek(from);
        file.readFully(bytes);
        return bytes;
    }

    private static int newline(byte[] bytes, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    static Optional<AuditLine> firstLine(Path path, long longest) throws IOException {
        if (!path.toFile().isFile()) {
            return Optional.empty();
        }
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            return firstLine(file, longest);
        }
    }

    /** The first line, if it is one. */
    static Optional<AuditLine> firstLine(RandomAccessFile file, long longest) throws IOException {
        byte[] bytes = new byte[(int) Math.min(Math.min(file.length(), longest), LONGEST_LINE)];
        file.seek(0);
        file.readFully(bytes);
        int end = newline(bytes, 0);
        return end < 0 ? Optional.empty() : AuditLine.parse(Arrays.copyOf(bytes, end));
    }
}
