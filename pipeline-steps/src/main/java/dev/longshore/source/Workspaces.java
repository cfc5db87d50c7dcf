package dev.longshore.source;

import dev.longshore.graph.GraphDirectory;
import dev.longshore.text.ForeignText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;

/** Lays out sources for steps to read. */
public final class Workspaces {
    private static final String ORIGIN = "origin";

    static {
        UnobtrusiveGit.install();
    }

    private Workspaces() {}

    /**
     * The workspace of a source: a directory as it is, a git repository cloned into {@code clones}, where a later call for
     * the same run finds it again.
     *
     * @param pinned what an earlier call for the same run found; a git source is cloned at that very commit
     * @param clones a directory of this run's own
     * @param exclude where the run writes its graph
     * @throws InvalidSourceException the repository cannot be cloned, or has no such ref
     */
    public static Workspace open(Source source, Optional<Repository> pinned, Path clones, Optional<Path> exclude)
            throws InvalidSourceException, IOException, InterruptedException {
        Workspace found;
        if (source instanceof Source.Git git) {
            Path clone = new ShallowClone(git, pinned.flatMap(Repository::commit)).into(clones);
            found = cloned(git, describe(clone, git.name(), exclude));
        } else {
            Source.Directory directory = (Source.Directory) source;
            found = describe(directory.path().toRealPath(), directory.name(), exclude);
        }
        return new Workspace(found.root(), pinned.orElse(found.repository()), found.gitWorkTree(), found.exclude());
    }

    /**
     * Which repository a source is, as {@link Repository#identity} will have it, without cloning it.
     *
     * @throws IOException the directory, or the repository of this machine, cannot be read
     */
    public static String identity(Source source) throws IOException {
        if (source instanceof Source.Git git) {
            Optional<Repository> local = local(git);
            return local.map(Repository::identity)
                    .orElseGet(() -> git.name().orElseGet(() -> GitUrl.identity(git.url())));
        }
        Source.Directory directory = (Source.Directory) source;
        return describe(directory.path().toRealPath(), directory.name(), Optional.empty())
                .repository()
                .identity();
    }

    /** A clone of a repository of this machine is what that repository is: where it lies says nothing to others. */
    private static Workspace cloned(Source.Git source, Workspace clone) throws IOException {
        Optional<Repository> local = local(source);
        if (local.isEmpty()) {
            return clone;
        }
        Repository original = local.get();
        Repository repository = new Repository(
                original.identity(),
                original.name(),
                original.origin(),
                clone.repository().commit(),
                clone.repository().branch());
        return new Workspace(clone.root(), repository, clone.gitWorkTree(), clone.exclude());
    }

    /** The repository of this machine that the address names, if it does. */
    private static Optional<Repository> local(Source.Git source) throws IOException {
        Optional<Path> path = GitUrl.localPath(source.url()).filter(Files::isDirectory);
        FileRepositoryBuilder builder = new FileRepositoryBuilder();
        path.ifPresent(directory -> builder.findGitDir(directory.toFile()));
        if (builder.getGitDir() == null) {
            return Optional.empty();
        }
        try (org.eclipse.jgit.lib.Repository git = builder.setMustExist(true).build()) {
            Path place = (git.isBare() ? git.getDirectory() : git.getWorkTree()).toPath();
            return Optional.of(repository(git, place.toRealPath(), "", source.name()));
        }
    }

    private static Workspace describe(Path root, Optional<String> givenName, Optional<Path> exclude)
            throws IOException {
        Optional<Path> below = exclude.map(path -> new GraphDirectory(path).path())
                .filter(path -> path.startsWith(root) && !path.equals(root));
        FileRepositoryBuilder builder = new FileRepositoryBuilder().findGitDir(root.toFile());
        if (builder.getGitDir() == null) {
            return new Workspace(root, withoutGit(root, givenName), Optional.empty(), below);
        }
        try (org.eclipse.jgit.lib.Repository git = builder.setMustExist(true).build()) {
            if (git.isBare()) {
                return new Workspace(root, withoutGit(root, givenName), Optional.empty(), below);
            }
            Path workTree = git.getWorkTree().toPath().toRealPath();
            String inside = workTree.relativize(root).toString();
            return new Workspace(root, repository(git, workTree, inside, givenName), Optional.of(workTree), below);
        }
    }

    /**
     * What a repository says of itself.
     *
     * @param place its work tree, or the repository itself where it has none
     * @param inside the source's place in it, empty for the root
     */
    private static Repository repository(
            org.eclipse.jgit.lib.Repository git, Path place, String inside, Optional<String> givenName)
            throws IOException {
        Optional<String> origin = Optional.ofNullable(git.getConfig().getString("remote", ORIGIN, "url"))
                // One with control characters leads nowhere.
                .filter(url -> !url.isBlank() && ForeignText.isSafe(url));
        String name = givenName.orElseGet(() -> origin.map(GitUrl::name)
                .filter(text -> !text.isEmpty())
                .orElseGet(() -> git.isBare() ? GitUrl.name(place.toString()) : directoryName(place)));
        // A directory inside a work tree is a source of its own: its paths are relative to it.
        String identity = givenName.orElseGet(() -> origin.map(GitUrl::identity).orElse(name));
        return new Repository(
                inside.isEmpty() ? identity : identity + "//" + inside,
                inside.isEmpty() || givenName.isPresent() ? name : name + "/" + inside,
                origin.map(GitUrl::withoutCredentials),
                Optional.ofNullable(git.resolve(Constants.HEAD)).map(ObjectId::getName),
                branch(git));
    }

    private static Repository withoutGit(Path root, Optional<String> givenName) {
        String name = givenName.orElseGet(() -> directoryName(root));
        return new Repository(name, name, Optional.empty(), Optional.empty(), Optional.empty());
    }

    private static String directoryName(Path directory) {
        Path name = directory.getFileName();
        return name == null ? "root" : name.toString();
    }

    /** The branch that is checked out; empty where HEAD is detached. */
    private static Optional<String> branch(org.eclipse.jgit.lib.Repository git) {
        try {
            return Optional.ofNullable(git.getBranch()).filter(name -> !ObjectId.isId(name.toLowerCase(Locale.ROOT)));
        } catch (IOException e) {
            return Optional.empty(); // HEAD cannot be read: the commit above is empty then too
        }
    }
}
