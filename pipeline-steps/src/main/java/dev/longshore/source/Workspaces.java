package dev.longshore.source;

import java.io.IOException;
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
            found = describe(clone, git.name(), exclude, git.ref());
        } else {
            Source.Directory directory = (Source.Directory) source;
            found = describe(directory.path().toRealPath(), directory.name(), exclude, Optional.empty());
        }
        return new Workspace(found.root(), pinned.orElse(found.repository()), found.gitWorkTree(), found.exclude());
    }

    private static Workspace describe(
            Path root, Optional<String> givenName, Optional<Path> exclude, Optional<String> ref) throws IOException {
        Optional<Path> below = exclude.map(path -> path.toAbsolutePath().normalize())
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
            Optional<String> origin = Optional.ofNullable(git.getConfig().getString("remote", ORIGIN, "url"))
                    .filter(url -> !url.isBlank());
            String name = givenName.orElseGet(() ->
                    origin.map(GitUrl::name).filter(text -> !text.isEmpty()).orElseGet(() -> directoryName(workTree)));
            // A directory inside a work tree is a source of its own: its paths are relative to it.
            String identity =
                    givenName.orElseGet(() -> origin.map(GitUrl::identity).orElse(name));
            Repository repository = new Repository(
                    inside.isEmpty() ? identity : identity + "//" + inside,
                    inside.isEmpty() || givenName.isPresent() ? name : name + "/" + inside,
                    origin.map(GitUrl::withoutCredentials),
                    Optional.ofNullable(git.resolve(Constants.HEAD)).map(ObjectId::getName),
                    ref.or(() -> branch(git)));
            return new Workspace(root, repository, Optional.of(workTree), below);
        }
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
