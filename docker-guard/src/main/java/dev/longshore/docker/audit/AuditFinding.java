package dev.longshore.docker.audit;

/**
 * One thing that is not as it was written.
 *
 * @param kind what happened to it
 * @param file the file's name
 * @param line in that file, from 1; the first that shows it
 * @param seq the number of the line that is concerned, or of the first of several
 * @param message all of it in words, on one line
 */
public record AuditFinding(Kind kind, String file, long line, long seq, String message) {
    /** What can be told to have happened. */
    public enum Kind {
        /** The line is not one that the log's writer wrote: its form is another. */
        FOREIGN,
        /** The line's text is not what its hash was made of. */
        CHANGED,
        /** The line is whole, but the one before it is not the one it was written after: that one was written anew or put there. */
        REWRITTEN,
        /** Lines are missing before this one. */
        REMOVED,
        /** The line is further down than it was written. */
        MOVED,
        /** The line is there twice. */
        REPEATED,
        /** Lines are missing at the end. */
        TRUNCATED,
        /** The file that says where the log ends is missing, or is not the log's own. */
        HEAD_LOST,
        /** The line is closed without the key, or the log has no key. */
        UNKEYED
    }
}
