package dev.longshore.docker.audit;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a log ends, in a file beside it: shows lines that were cut off its end, and is what processes that write the same log tell
 * each other. Of fixed length, so that it is written in place and takes no room on a disk that is full.
 *
 * @param seq the last line's number; 0 before the first
 * @param first the number of the current file's first line
 * @param size of the current file, in bytes
 * @param hash the last line's
 */
record AuditHead(long seq, long first, long size, String hash) {
    static final AuditHead START = new AuditHead(0, 1, 0, ChainHash.NONE);

    private static final Pattern FORM = Pattern.compile(
            "(seq=(\\d{19}) first=(\\d{19}) size=(\\d{19}) end=([0-9a-f]{64}))" + " (hash|hmac)=([0-9a-f]{64})\n");
    static final int LENGTH = 23 + 1 + 25 + 1 + 24 + 1 + 68 + 1 + 69 + 1;

    byte[] write(ChainHash chain) {
        byte[] open = String.format(Locale.ROOT, "seq=%019d first=%019d size=%019d end=%s", seq, first, size, hash)
                .getBytes(StandardCharsets.US_ASCII);
        String closing = " " + chain.field() + "=" + chain.of(open, open.length) + "\n";
        return (new String(open, StandardCharsets.US_ASCII) + closing).getBytes(StandardCharsets.US_ASCII);
    }

    /** Empty if this is no head, or somebody else's. */
    static Optional<AuditHead> parse(byte[] bytes, ChainHash chain) {
        Matcher matcher = FORM.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
        if (!matcher.matches() || !matcher.group(6).equals(chain.field())) {
            return Optional.empty();
        }
        byte[] open = matcher.group(1).getBytes(StandardCharsets.US_ASCII);
        if (!chain.matches(open, open.length, matcher.group(7))) {
            return Optional.empty();
        }
        return Optional.of(new AuditHead(
                Long.parseLong(matcher.group(2)),
                Long.parseLong(matcher.group(3)),
                Long.parseLong(matcher.group(4)),
                matcher.group(5)));
    }

    /** After one more line. */
    AuditHead after(AuditLine.Written line) {
        return new AuditHead(seq + 1, first, size + line.bytes().length, line.hash());
    }

    /** As {@code longshore audit head} prints it, to be noted where the log's writer cannot write. */
    @Override
    public String toString() {
        return seq + ":" + hash;
    }
}
