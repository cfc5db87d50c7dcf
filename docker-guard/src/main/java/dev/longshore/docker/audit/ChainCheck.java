package dev.longshore.docker.audit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.docker.audit.AuditFinding.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Is shown every line of a log in its order, and keeps what is wrong with them. */
final class ChainCheck {
    private static final int MOST_FINDINGS = 1000;
    private static final int MOST_NOTES = 100;
    private static final int MOST_GAPS = 100_000;

    private final ChainHash chain;
    private final List<AuditFinding> findings = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    /** Numbers that are missing so far: from → the gap. */
    private final TreeMap<Long, Gap> gaps = new TreeMap<>();

    private long found;
    private long lines;
    private long first;
    private long last;
    private String lastHash = ChainHash.NONE;
    private @Nullable String firstPrev;
    private boolean trustLast = true;
    private String file = "";
    private long line;
    private long expiredThrough;
    private String expiredEnd = "";
    private @Nullable AuditHead noted;

    /** Numbers that did not come where they should have. */
    private record Gap(long to, String file, long line) {}

    ChainCheck(ChainHash chain) {
        this.chain = chain;
    }

    /** Has the line of that number compared with an end that was noted elsewhere. */
    void expect(AuditHead end) {
        noted = end;
    }

    void begin(String name) {
        file = name;
        line = 0;
    }

    void line(byte[] bytes, boolean whole) {
        line++;
        lines++;
        Optional<AuditLine> parsed = whole ? AuditLine.parse(bytes) : Optional.empty();
        if (parsed.isEmpty()) {
            add(Kind.FOREIGN, last + 1, whole ? "is not a line of an audit log" : "is cut short: it has no end");
            // Whatever it was, the line after it need not fit the one before it.
            return;
        }
        AuditLine one = parsed.get();
        boolean intact = one.intact(chain, bytes);
        if (!intact) {
            tellBroken(one);
        }
        place(one, intact);
        if (noted != null && one.seq() == noted.seq() && !one.hash().equals(noted.hash())) {
            add(Kind.REWRITTEN, one.seq(), "number " + one.seq() + " is not the one that was noted");
        }
        if (intact) {
            remember(one.fields());
        }
    }

    private void tellBroken(AuditLine one) {
        if (one.keyed() != chain.keyed()) {
            add(Kind.UNKEYED, one.seq(), "number " + one.seq() + " was closed without the key");
        } else {
            add(
                    Kind.CHANGED,
                    one.seq(),
                    "number " + one.seq() + " is not as it was written"
                            + (chain.keyed() ? ", or was not written with this key" : ""));
        }
    }

    private void place(AuditLine one, boolean intact) {
        if (first == 0 && last == 0) {
            firstPrev = one.prev();
            first = one.seq();
            advance(one, intact);
            return;
        }
        // The number of a changed line is not to be believed: it stands where it stands.
        long seq = intact ? one.seq() : last + 1;
        if (seq == last + 1) {
            if (intact && trustLast && !one.prev().equals(lastHash)) {
                add(
                        Kind.REWRITTEN,
                        seq - 1,
                        "number " + (seq - 1) + ", before it, is not the one that it was written after");
            }
            advance(one, intact, seq);
        } else if (seq > last + 1) {
            if (gaps.size() < MOST_GAPS) {
                gaps.put(last + 1, new Gap(seq - 1, file, line));
            }
            advance(one, true, seq);
        } else if (fills(seq)) {
            add(Kind.MOVED, seq, "number " + seq + " stands after number " + last);
        } else if (seq < first) {
            add(Kind.MOVED, seq, "number " + seq + " stands after number " + last + ", and belongs before the first");
        } else {
            add(Kind.REPEATED, seq, "number " + seq + " was there already");
        }
    }

    private void advance(AuditLine one, boolean intact) {
        advance(one, intact, one.seq());
    }

    private void advance(AuditLine one, boolean intact, long seq) {
        last = seq;
        lastHash = one.hash();
        trustLast = intact;
    }

    /** Takes a number out of what is missing. */
    private boolean fills(long seq) {
        Map.Entry<Long, Gap> entry = gaps.floorEntry(seq);
        if (entry == null || entry.getValue().to() < seq) {
            return false;
        }
        Gap gap = entry.getValue();
        gaps.remove(entry.getKey());
        if (entry.getKey() < seq) {
            gaps.put(entry.getKey(), new Gap(seq - 1, gap.file(), gap.line()));
        }
        if (seq < gap.to()) {
            gaps.put(seq + 1, new Gap(gap.to(), gap.file(), gap.line()));
        }
        return true;
    }

    private void remember(JsonNode fields) {
        switch (fields.path("event").asText("")) {
            case "expired" -> {
                expiredThrough = Math.max(expiredThrough, fields.path("through").asLong());
                expiredEnd = fields.path("end").asText("");
            }
            case "lost" ->
                note("number " + fields.path("seq").asLong() + " says that "
                        + fields.path("lines").asLong() + " lines before it could not be written ("
                        + fields.path("reason").asText("") + ")");
            case "recovered" ->
                note("number " + fields.path("seq").asLong()
                        + " says that the files were not as they had been left: "
                        + (fields.has("head") ? "the head was missing, " : "")
                        + fields.path("missingBytes").asLong() + " bytes missing, "
                        + fields.path("cutBytes").asLong() + " of half a line cut off, "
                        + fields.path("foreignBytes").asLong() + " not its own");
            default -> {}
        }
    }

    private void note(String text) {
        if (notes.size() < MOST_NOTES) {
            notes.add(text);
        }
    }

    /** After the last line: of a whole log, its beginning is looked at too. */
    AuditReport report(List<String> files, boolean whole) {
        if (whole && first > 0) {
            beginning();
        }
        if (noted != null && noted.seq() > last) {
            end(noted, "the noted head");
        }
        gaps.forEach((from, gap) -> found(new AuditFinding(
                Kind.REMOVED, gap.file(), gap.line(), from, numbers(from, gap.to()) + " missing before this line")));
        return new AuditReport(files, lines, first, last, last + ":" + lastHash, findings, found, notes);
    }

    private static String numbers(long from, long to) {
        return from == to ? "number " + from + " is" : "numbers " + from + " to " + to + " are";
    }

    private void beginning() {
        boolean begins = first == 1 && ChainHash.NONE.equals(firstPrev);
        boolean expired = first == expiredThrough + 1 && expiredEnd.equals(firstPrev);
        if (expired) {
            note("numbers 1 to " + expiredThrough + " were removed by the log's writer, to make room");
        } else if (!begins) {
            found(new AuditFinding(
                    Kind.REMOVED,
                    "",
                    1,
                    1,
                    first == 1
                            ? "the first line is not a log's first"
                            : numbers(1, first - 1) + " missing at the beginning, and no line says that they were"
                                    + " removed to make room"));
        }
    }

    /** Compares the end with what it is said to be. */
    void end(AuditHead head, String of) {
        if (last < head.seq()) {
            found(new AuditFinding(
                    Kind.TRUNCATED,
                    file,
                    line,
                    last + 1,
                    numbers(last + 1, head.seq()) + " missing at the end: " + of + " names " + head.seq()));
        } else if (last == head.seq() && !lastHash.equals(head.hash())) {
            found(new AuditFinding(
                    Kind.REWRITTEN, file, line, last, "number " + last + " is not the one that " + of + " names"));
        }
    }

    void headLost() {
        found(new AuditFinding(
                Kind.HEAD_LOST,
                "audit.head",
                1,
                last,
                "the file that says where the log ends is missing or not its own: lines at the end may be missing"));
    }

    private void add(Kind kind, long seq, String message) {
        found(new AuditFinding(kind, file, line, seq, message));
    }

    private void found(AuditFinding finding) {
        found++;
        if (findings.size() < MOST_FINDINGS) {
            findings.add(finding);
        }
    }
}
