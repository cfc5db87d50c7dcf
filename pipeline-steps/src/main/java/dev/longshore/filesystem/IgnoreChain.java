package dev.longshore.filesystem;

import org.jspecify.annotations.Nullable;

/**
 * The ignore files that count for one directory, the one that decides first in front: that of the directory itself, then
 * those of the directories above, then those that hold for the whole source. Immutable; a directory without an ignore
 * file shares its parent's chain.
 */
final class IgnoreChain {
    /** Ignores nothing. */
    static final IgnoreChain EMPTY = new IgnoreChain(IgnoreRules.NONE, 0, null);

    private final IgnoreRules rules;
    private final int baseEnd;
    private final @Nullable IgnoreChain next;

    private IgnoreChain(IgnoreRules rules, int baseEnd, @Nullable IgnoreChain next) {
        this.rules = rules;
        this.baseEnd = baseEnd;
        this.next = next;
    }

    /**
     * This chain with the rules of one more file in front.
     *
     * @param baseEnd where, in a path, what is below the file's directory starts
     */
    IgnoreChain with(IgnoreRules first, int baseEnd) {
        return first.isEmpty() ? this : new IgnoreChain(first, baseEnd, this);
    }

    /**
     * The rule that decides about a path, taken by itself: that a directory above it is ignored is the caller's to know.
     * Null if none matches.
     *
     * @param nameStart where the path's last name starts
     */
    @Nullable IgnoreRule match(byte[] path, int nameStart, boolean directory) {
        for (IgnoreChain link = this; link != null; link = link.next) {
            IgnoreRule match = link.rules.lastMatch(path, link.baseEnd, nameStart, path.length, directory);
            if (match != null) {
                return match;
            }
        }
        return null;
    }

    /** Whether the rule that decides about the path, if there is one, ignores it; see {@link #match}. */
    boolean ignores(byte[] path, int nameStart, boolean directory) {
        IgnoreRule match = match(path, nameStart, directory);
        return match != null && !match.negated();
    }
}
