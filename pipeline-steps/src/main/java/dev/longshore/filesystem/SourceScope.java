package dev.longshore.filesystem;

import dev.longshore.source.Workspace;
import dev.longshore.step.StepException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What of a directory belongs to the source, before its own ignore files have their say.
 *
 * @param root the directory
 * @param git what git knows; empty where the source is not in a work tree
 * @param rootFolder the source itself, with the rules that hold for all of it
 * @param gitIgnores whether .gitignore files count
 * @param exclude a directory that is not part of the source
 */
record SourceScope(Path root, Optional<GitState> git, Folder rootFolder, boolean gitIgnores, Optional<Path> exclude) {
    private static final byte[] NOWHERE = {};

    /**
     * Looks at the workspace.
     *
     * @param asked patterns to ignore
     * @param gitIgnores whether .gitignore files count where there is no git
     * @param builtin whether the built-in ignores hold where there is no git
     */
    static SourceScope of(Workspace workspace, List<String> asked, boolean gitIgnores, boolean builtin)
            throws IOException, StepException {
        Optional<Path> workTree = workspace.gitWorkTree();
        if (workTree.isPresent()) {
            byte[] inside = RawName.of(workTree.get().relativize(workspace.root()));
            GitState git = GitState.read(workspace, workTree.get(), inside);
            IgnoreChain rules = rulesAbove(git, workTree.get(), workspace.root(), inside);
            TrackedFiles.Range tracked =
                    git.tracked().below(inside, git.tracked().all());
            // An ignored directory that is named as the source is wanted for itself: there is no git for it.
            if (rules != null || !tracked.isEmpty()) {
                IgnoreChain known = rules == null ? IgnoreChain.EMPTY : rules;
                Rules all = new Rules(known, IgnoreChain.EMPTY, asked(asked, inside));
                Folder root = new Folder(null, workspace.root(), inside, all, tracked, rules == null);
                return new SourceScope(workspace.root(), Optional.of(git), root, true, workspace.exclude());
            }
        }
        IgnoreChain own = builtin ? IgnoreChain.EMPTY.with(BuiltinIgnores.RULES, 0) : IgnoreChain.EMPTY;
        Rules all = new Rules(IgnoreChain.EMPTY, own, asked(asked, NOWHERE));
        Folder root = new Folder(null, workspace.root(), NOWHERE, all, TrackedFiles.NONE.all(), false);
        return new SourceScope(workspace.root(), Optional.empty(), root, gitIgnores, workspace.exclude());
    }

    private static IgnoreChain asked(List<String> patterns, byte[] inside) {
        return IgnoreChain.EMPTY.with(IgnoreRules.of(patterns), inside.length == 0 ? 0 : inside.length + 1);
    }

    /** Where, in the walk's paths, those of the graph start. */
    int start() {
        return rootFolder.childNameStart();
    }

    TrackedFiles tracked() {
        return git.map(GitState::tracked).orElse(TrackedFiles.NONE);
    }

    boolean ignoreCase() {
        return git.map(GitState::ignoreCase).orElse(false);
    }

    /** The rules of the directories above the source, or null if they ignore the source itself. */
    private static @Nullable IgnoreChain rulesAbove(GitState git, Path workTree, Path root, byte[] inside)
            throws IOException {
        IgnoreChain chain = git.excludes();
        Path directory = workTree;
        int nameStart = 0;
        while (nameStart < inside.length) {
            chain = chain.with(rulesIn(directory, git.ignoreCase()), nameStart);
            Path next = root.subpath(0, directory.getNameCount() + 1);
            int end = nameStart + RawName.ofLast(next).length;
            if (chain.ignores(Arrays.copyOf(inside, end), nameStart, true)) {
                return null;
            }
            directory = directory.resolve(next.getFileName());
            nameStart = end + 1;
        }
        return chain;
    }

    private static IgnoreRules rulesIn(Path directory, boolean ignoreCase) throws IOException {
        Path file = directory.resolve(".gitignore");
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.isReadable(file)
                ? IgnoreRules.parse(Files.readAllBytes(file), ignoreCase)
                : IgnoreRules.NONE;
    }
}
