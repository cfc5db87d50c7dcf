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
 * @param exclude a directory that is not part of the source
 */
record SourceScope(Path root, Optional<GitState> git, Folder rootFolder, Optional<Path> exclude) {
    /**
     * Looks at the workspace.
     *
     * @param asked patterns to ignore
     * @param builtin whether the built-in ignores hold where there is no git
     */
    static SourceScope of(Workspace workspace, List<String> asked, boolean builtin) throws IOException, StepException {
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
                return scope(
                        workspace, Optional.of(git), inside, known, IgnoreChain.EMPTY, asked, tracked, rules == null);
            }
        }
        IgnoreChain own = builtin ? IgnoreChain.EMPTY.with(BuiltinIgnores.RULES, 0) : IgnoreChain.EMPTY;
        return scope(
                workspace,
                Optional.empty(),
                new byte[0],
                IgnoreChain.EMPTY,
                own,
                asked,
                TrackedFiles.NONE.all(),
                false);
    }

    private static SourceScope scope(
            Workspace workspace,
            Optional<GitState> git,
            byte[] path,
            IgnoreChain gitRules,
            IgnoreChain own,
            List<String> asked,
            TrackedFiles.Range tracked,
            boolean onlyTracked) {
        int start = path.length == 0 ? 0 : path.length + 1;
        Rules rules = new Rules(gitRules, own, IgnoreChain.EMPTY.with(IgnoreRules.of(asked), start));
        Folder root = new Folder(null, workspace.root(), path, rules, tracked, onlyTracked);
        return new SourceScope(workspace.root(), git, root, workspace.exclude());
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
