package dev.longshore.filesystem;

/**
 * The ignore rules that hold for what is in one directory.
 *
 * @param git git's own; do not count for what git tracks
 * @param own Longshore's: {@code .longshoreignore} files, then what is built in; count for all
 * @param asked the patterns of the run, which go before all of {@code own}
 */
record Rules(IgnoreChain git, IgnoreChain own, IgnoreChain asked) {
    boolean ignoredByGit(byte[] path, int nameStart, boolean directory) {
        return git.ignores(path, nameStart, directory);
    }

    boolean ignoredByUs(byte[] path, int nameStart, boolean directory) {
        IgnoreRule decides = asked.match(path, nameStart, directory);
        if (decides == null) {
            decides = own.match(path, nameStart, directory);
        }
        return decides != null && !decides.negated();
    }

    Rules withGit(IgnoreRules first, int baseEnd) {
        return new Rules(git.with(first, baseEnd), own, asked);
    }

    Rules withOwn(IgnoreRules first, int baseEnd) {
        return new Rules(git, own.with(first, baseEnd), asked);
    }
}
