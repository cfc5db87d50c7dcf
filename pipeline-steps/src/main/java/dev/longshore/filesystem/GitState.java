package dev.longshore.filesystem;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longshore.source.UnobtrusiveGit;
import dev.longshore.source.Workspace;
import dev.longshore.step.StepException;
import dev.longshore.step.StepFailure;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheIterator;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.AndTreeFilter;
import org.eclipse.jgit.treewalk.filter.PathFilter;
import org.eclipse.jgit.treewalk.filter.TreeFilter;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;

/**
 * What git knows about the source: its index, the ignore rules that are not in the work tree, and whether the index is
 * that of the commit.
 *
 * @param tracked by paths relative to the work tree
 * @param indexWritten when the index was written; a file changed no earlier may differ though its times say it does not
 * @param excludes the rules of {@code info/exclude} and {@code core.excludesFile}
 * @param ignoreCase {@code core.ignoreCase}
 * @param fileMode {@code core.fileMode}: whether the executable bit counts
 * @param staged whether the index differs from the commit
 */
record GitState(
        TrackedFiles tracked,
        Instant indexWritten,
        IgnoreChain excludes,
        boolean ignoreCase,
        boolean fileMode,
        boolean staged) {

    /**
     * Reads the state of the work tree that the source is in.
     *
     * @param inside where the source starts inside the work tree, empty at its top
     */
    static GitState read(Workspace workspace, Path workTree, byte[] inside) throws IOException, StepException {
        UnobtrusiveGit.install();
        FileRepositoryBuilder builder = new FileRepositoryBuilder().findGitDir(workTree.toFile());
        if (builder.getGitDir() == null) {
            throw new StepException(new StepFailure.InputOutput(workTree + " is no git work tree any more"));
        }
        try (Repository repository = builder.setMustExist(true).build()) {
            Config config = repository.getConfig();
            boolean ignoreCase = config.getBoolean("core", "ignorecase", false);
            File indexFile = repository.getIndexFile();
            DirCache index = index(indexFile);
            TrackedFiles all = TrackedFiles.of(index);
            return new GitState(
                    all,
                    indexFile.exists()
                            ? Files.getLastModifiedTime(indexFile.toPath()).toInstant()
                            : Instant.MIN,
                    excludes(repository, config, ignoreCase),
                    ignoreCase,
                    config.getBoolean("core", "filemode", true),
                    isStaged(repository, index, workspace.repository().commit(), inside));
        }
    }

    private static DirCache index(File file) throws IOException, StepException {
        try {
            return file.exists() ? DirCache.read(file, FS.DETECTED) : DirCache.newInCore();
        } catch (IOException e) {
            throw new StepException(
                    new StepFailure.InputOutput("cannot read git's index " + file + ": " + e.getMessage()
                            + "; a split or sparse index is made whole by: git update-index --no-split-index,"
                            + " git sparse-checkout reapply --no-sparse-index"),
                    e);
        }
    }

    private static IgnoreChain excludes(Repository repository, Config config, boolean ignoreCase) throws IOException {
        Path info = repository.getCommonDirectory().toPath().resolve(Constants.INFO_EXCLUDE);
        IgnoreChain chain = IgnoreChain.EMPTY;
        Optional<Path> global = excludesFile(config, repository.getWorkTree().toPath());
        if (global.isPresent()) {
            chain = chain.with(rules(global.get(), ignoreCase), 0);
        }
        return chain.with(rules(info, ignoreCase), 0);
    }

    private static IgnoreRules rules(Path file, boolean ignoreCase) throws IOException {
        return Files.isRegularFile(file) && Files.isReadable(file)
                ? IgnoreRules.parse(Files.readAllBytes(file), ignoreCase)
                : IgnoreRules.NONE;
    }

    /** What {@code core.excludesFile} names, by default {@code git/ignore} where the user's configuration lies. */
    private static Optional<Path> excludesFile(Config config, Path workTree) {
        try {
            String configured = config.getString("core", null, "excludesfile");
            File home = FS.DETECTED.userHome();
            if (configured != null) {
                if (configured.isEmpty()) {
                    return Optional.empty();
                }
                return configured.startsWith("~/") && home != null
                        ? Optional.of(home.toPath().resolve(configured.substring(2)))
                        : Optional.of(workTree.resolve(configured));
            }
            String xdg = SystemReader.getInstance().getenv("XDG_CONFIG_HOME");
            if (xdg != null && !xdg.isEmpty()) {
                return Optional.of(Path.of(xdg, "git", "ignore"));
            }
            return Optional.ofNullable(home).map(path -> path.toPath().resolve(".config/git/ignore"));
        } catch (InvalidPathException e) {
            return Optional.empty(); // git, too, goes on without a file that cannot be there
        }
    }

    /** Whether the index differs from the commit in what lies in the source. */
    private static boolean isStaged(Repository repository, DirCache index, Optional<String> commit, byte[] inside)
            throws IOException {
        if (commit.isEmpty()) {
            return index.getEntryCount() > 0;
        }
        try (RevWalk commits = new RevWalk(repository);
                TreeWalk walk = new TreeWalk(repository)) {
            walk.addTree(commits.parseCommit(ObjectId.fromString(commit.get())).getTree());
            walk.addTree(new DirCacheIterator(index));
            walk.setRecursive(true);
            walk.setFilter(
                    inside.length == 0
                            ? TreeFilter.ANY_DIFF
                            : AndTreeFilter.create(PathFilter.create(new String(inside, UTF_8)), TreeFilter.ANY_DIFF));
            return walk.next();
        } catch (MissingObjectException e) {
            return true; // a commit that is not there is not what is checked out
        }
    }

    /** Whether a directory is the work tree of a repository of its own, as git decides it. */
    static boolean isRepository(Path directory) {
        Path git = directory.resolve(".git");
        try {
            if (Files.isRegularFile(git)) {
                String text = Files.size(git) > 1 << 16 ? "" : Files.readString(git, UTF_8);
                return text.startsWith("gitdir: ")
                        && isGitDirectory(directory.resolve(
                                text.substring("gitdir: ".length()).strip()));
            }
            return isGitDirectory(git);
        } catch (IOException | InvalidPathException e) {
            return false; // what cannot be read is no repository, to git as well
        }
    }

    private static boolean isGitDirectory(Path git) throws IOException {
        Path common = git;
        Path commonFile = git.resolve("commondir");
        if (Files.isRegularFile(commonFile)) {
            common = git.resolve(Files.readString(commonFile, UTF_8).strip());
        }
        return isHead(git.resolve(Constants.HEAD))
                && Files.isDirectory(common.resolve("objects"))
                && Files.isDirectory(common.resolve("refs"));
    }

    private static boolean isHead(Path head) throws IOException {
        if (Files.isSymbolicLink(head)) {
            return Files.readSymbolicLink(head).startsWith("refs");
        }
        if (!Files.isRegularFile(head, LinkOption.NOFOLLOW_LINKS) || Files.size(head) > 1 << 12) {
            return false;
        }
        String text = Files.readString(head, UTF_8);
        return text.startsWith("ref:")
                ? text.substring("ref:".length()).stripLeading().startsWith("refs/")
                : text.length() >= Constants.OBJECT_ID_STRING_LENGTH
                        && ObjectId.isId(text.substring(0, Constants.OBJECT_ID_STRING_LENGTH));
    }
}
