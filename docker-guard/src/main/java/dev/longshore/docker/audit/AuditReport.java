package dev.longshore.docker.audit;

import java.util.List;

/**
 * What {@link AuditVerifier} found.
 *
 * @param files their names, in their order
 * @param lines how many were read
 * @param first the first line's number; 0 without any
 * @param last the last line's number; 0 without any
 * @param head the last line as {@code number:hash}
 * @param findings what is wrong, in the order of the files; the first thousand
 * @param found how many findings there were
 * @param notes what a reader should know and is not wrong, such as lines that could not be written and files that were removed to
 *     make room
 */
public record AuditReport(
        List<String> files,
        long lines,
        long first,
        long last,
        String head,
        List<AuditFinding> findings,
        long found,
        List<String> notes) {

    public AuditReport {
        files = List.copyOf(files);
        findings = List.copyOf(findings);
        notes = List.copyOf(notes);
    }

    /** Whether nothing is wrong. */
    public boolean intact() {
        return found == 0;
    }
}
