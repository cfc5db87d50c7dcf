package dev.longshore.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.TransportCommand;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.api.errors.JGitInternalException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.EmptyProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.StoredConfig;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.SshTransport;
import org.eclipse.jgit.transport.UsernamePasswordCredentialsProvider;

/** Fetches one commit of a git repository and checks it out, without the history before it. */
final class ShallowClone {
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    /** Seconds without a byte before the server is given up on. */
    private static final int IDLE_TIMEOUT = 60;

    private static final String DONE = "longshore-clone-complete";

    private final Source.Git source;
    private final Optional<String> commit;
    private final Optional<GitUrl.Credentials> credentials;
    private final String url;
    private final SshProgram ssh;

    /** @param commit fetched instead of what the source's ref names now */
    ShallowClone(Source.Git source, Optional<String> commit) {
        this(source, commit, SshProgram.ofTheUser());
    }

    ShallowClone(Source.Git source, Optional<String> commit, SshProgram ssh) {
        this.ssh = ssh;
        this.source = source;
        this.commit = commit;
        this.credentials = GitUrl.credentials(source.url());
        // Containers see the clone's configuration.
        this.url = GitUrl.withoutCredentials(source.url());
    }

    /** The work tree, below {@code clones}; a finished clone that is there already is used again. */
    Path into(Path clones) throws InvalidSourceException, IOException, InterruptedException {
        Path directory = clones.resolve("clone");
        if (Files.exists(directory.resolve(".git").resolve(DONE))) {
            return directory;
        }
        Trees.deleteIfExists(directory);
        Files.createDirectories(directory);
        try (Git git = Git.init().setDirectory(directory.toFile()).call()) {
            configure(git.getRepository().getConfig());
            fetchAndCheckOut(git, wanted());
            Files.createFile(directory.resolve(".git").resolve(DONE));
            return directory;
        } catch (GitAPIException | JGitInternalException | org.eclipse.jgit.errors.TransportException e) {
            if (Thread.interrupted() || ssh.interrupted()) {
                throw new InterruptedException("cloning was interrupted");
            }
            throw CloneFailures.of(e, url, source.display());
        }
    }

    /** The bytes of the commit, whatever this user's own git would make of line ends and links. */
    private void configure(StoredConfig config) throws IOException {
        config.setString("core", null, "autocrlf", "false");
        config.setBoolean("core", null, "symlinks", true);
        // One fetch, one checkout: nothing to collect, and no thread of JGit's left behind to do it.
        config.setInt("gc", null, "auto", 0);
        config.setBoolean("gc", null, "autoDetach", false);
        config.setString("remote", "origin", "url", url);
        config.save();
    }

    /** A commit to fetch, and the branch it is the head of, if it is one's. */
    private record Wanted(String commit, Optional<String> branch) {}

    private Wanted wanted() throws GitAPIException, InvalidSourceException {
        String ref = commit.or(source::ref).orElse(Constants.HEAD);
        if (COMMIT.matcher(ref).matches()) {
            return new Wanted(ref, Optional.empty());
        }
        Collection<Ref> refs =
                authenticated(Git.lsRemoteRepository().setRemote(url)).call();
        for (String name : List.of(ref, Constants.R_HEADS + ref, Constants.R_TAGS + ref, "refs/" + ref)) {
            for (Ref found : refs) {
                if (found.getName().equals(name)) {
                    return wanted(found, refs);
                }
            }
        }
        throw new InvalidSourceException(
                source.ref().isPresent()
                        ? source.display() + " has no branch, tag or full commit id " + ref
                        : source.display() + " is empty: it has no commit");
    }

    private static Wanted wanted(Ref found, Collection<Ref> refs) {
        Ref leaf = found.getLeaf();
        String name = leaf.getName();
        if (name.equals(Constants.HEAD)) {
            // Old servers do not say what HEAD stands for: the branch of the same commit.
            name = refs.stream()
                    .filter(ref -> ref.getName().startsWith(Constants.R_HEADS)
                            && ref.getObjectId().equals(leaf.getObjectId()))
                    .map(Ref::getName)
                    .sorted()
                    .findFirst()
                    .orElse(name);
        }
        Optional<String> branch = name.startsWith(Constants.R_HEADS)
                ? Optional.of(name.substring(Constants.R_HEADS.length()))
                : Optional.empty();
        ObjectId commit = leaf.getPeeledObjectId() == null ? leaf.getObjectId() : leaf.getPeeledObjectId();
        return new Wanted(commit.getName(), branch);
    }

    private void fetchAndCheckOut(Git git, Wanted wanted) throws GitAPIException, IOException {
        authenticated(git.fetch().setRemote(url))
                .setDepth(1)
                .setRefSpecs(new RefSpec(wanted.commit()))
                .setProgressMonitor(new UntilInterrupted())
                .call();
        String branch = wanted.branch().orElse("");
        if (!branch.isEmpty()) {
            RefUpdate update = git.getRepository().updateRef(Constants.R_HEADS + branch);
            update.setNewObjectId(ObjectId.fromString(wanted.commit()));
            RefUpdate.Result result = update.forceUpdate();
            if (result != RefUpdate.Result.NEW && result != RefUpdate.Result.NO_CHANGE) {
                throw new IOException("cannot make the branch " + branch + " in the clone: " + result);
            }
        }
        git.checkout()
                .setProgressMonitor(new UntilInterrupted())
                .setName(branch.isEmpty() ? wanted.commit() : branch)
                .setForced(true)
                .call();
    }

    private <C extends TransportCommand<C, ?>> C authenticated(C command) {
        credentials.ifPresent(found -> command.setCredentialsProvider(
                new UsernamePasswordCredentialsProvider(found.user(), found.password())));
        if (GitUrl.isSsh(url)) {
            command.setTransportConfigCallback(transport -> {
                if (transport instanceof SshTransport viaSsh) {
                    viaSsh.setSshSessionFactory(ssh);
                }
            });
        }
        return command.setTimeout(IDLE_TIMEOUT);
    }

    /** Ends JGit's work when the thread is interrupted. */
    private static final class UntilInterrupted extends EmptyProgressMonitor {
        @Override
        public boolean isCancelled() {
            return Thread.currentThread().isInterrupted();
        }
    }
}
