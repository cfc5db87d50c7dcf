package dev.longshore.docker;

import java.util.List;

/**
 * What a sweep found, object by object: everything of the owner, whether or not it was to go.
 *
 * @param dryRun whether nothing was touched
 */
public record ReapReport(boolean dryRun, List<Finding> findings) {
    public ReapReport {
        findings = List.copyOf(findings);
    }

    /** One object and what became of it. */
    public record Finding(DockerObject object, Verdict verdict) {}

    /** What became of an object, or would. */
    public sealed interface Verdict {
        /** Why, in words for people. */
        String reason();
    }

    /** It is in use, or nobody here can know that it is not. */
    public record Kept(String reason) implements Verdict {}

    /** It was removed; in a dry run, would have been. */
    public record Removed(String reason) implements Verdict {}

    /** It was to go and did not. */
    public record Failed(String reason, DockerFailure failure) implements Verdict {}

    /** What was removed, or would have been. */
    public List<DockerObject> removed() {
        return findings.stream()
                .filter(finding -> finding.verdict() instanceof Removed)
                .map(Finding::object)
                .toList();
    }

    /** Why what was to go is still there. */
    public List<DockerFailure> failures() {
        return findings.stream()
                .filter(finding -> finding.verdict() instanceof Failed)
                .map(finding -> ((Failed) finding.verdict()).failure())
                .toList();
    }
}
