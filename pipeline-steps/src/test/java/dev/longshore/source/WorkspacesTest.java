package dev.longshore.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.revwalk.RevCommit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkspacesTest {
    @TempDir
    Path temporary;

    private Path upstream = Path.of("unset");
    private RevCommit first;
    private RevCommit second;

    @BeforeEach
    void makeRepository() throws Exception {
        upstream = Files.createDirectory(temporary.resolve("upstream"));
        try (Git git = Git.init()
                .setDirectory(upstream.toFile())
                .setInitialBranch("trunk")
                .call()) {
            first = commit(git, "one.txt");
            git.tag()
                    .setName("v1")
                    .setAnnotated(true)
                    .setMessage("v1")
                    .setSigned(false)
                    .call();
            second = commit(git, "two.txt");
            git.branchCreate().setName("old").setStartPoint(first).call();
        }
    }

    private RevCommit commit(Git git, String file) throws Exception {
        Files.writeString(upstream.resolve(file), file);
        git.add().addFilepattern(file).call();
        PersonIdent who = new PersonIdent("Test", "test@example.org");
        return git.commit()
                .setMessage(file)
                .setAuthor(who)
                .setCommitter(who)
                .setSign(false)
                .call();
    }

    private Source.Git remote(Optional<String> ref) {
        return new Source.Git(upstream.toUri().toString(), ref, Optional.empty());
    }

    private Workspace open(Source source) throws Exception {
        return Workspaces.open(source, Optional.empty(), temporary.resolve("clones"), Optional.empty());
    }

    @Test
    void clonesTheDefaultBranchWithoutItsHistory() throws Exception {
        Workspace workspace = open(remote(Optional.empty()));

        assertThat(workspace.repository().commit()).contains(second.getName());
        assertThat(workspace.repository().branch()).contains("trunk");
        assertThat(workspace.root().resolve("two.txt")).hasContent("two.txt");
        try (Git git = Git.open(workspace.root().toFile())) {
            assertThat(git.log().call()).hasSize(1);
        }
    }

    @Test
    void clonesABranchATagOrACommit() throws Exception {
        assertThat(open(remote(Optional.of("old"))).repository().commit()).contains(first.getName());
        Trees.deleteIfExists(temporary.resolve("clones"));
        assertThat(open(remote(Optional.of("v1"))).repository().commit()).contains(first.getName());
        Trees.deleteIfExists(temporary.resolve("clones"));
        assertThat(open(remote(Optional.of(first.getName()))).root().resolve("two.txt"))
                .doesNotExist();
    }

    @Test
    void clonesThePinnedCommitThoughTheBranchMovedOn() throws Exception {
        Repository pinned = open(remote(Optional.of("old"))).repository();
        Trees.deleteIfExists(temporary.resolve("clones"));
        try (Git git = Git.open(upstream.toFile())) {
            git.branchCreate()
                    .setName("old")
                    .setStartPoint(second)
                    .setForce(true)
                    .call();
        }

        Workspace again = Workspaces.open(
                remote(Optional.of("old")), Optional.of(pinned), temporary.resolve("clones"), Optional.empty());

        assertThat(again.root().resolve("two.txt")).doesNotExist();
        assertThat(again.repository()).isEqualTo(pinned);
    }

    @Test
    void findsAFinishedCloneAgainAndMakesAnUnfinishedOneAnew() throws Exception {
        Path root = open(remote(Optional.empty())).root();
        Files.writeString(root.resolve("mark"), "");
        assertThat(open(remote(Optional.empty())).root().resolve("mark")).exists();

        Files.delete(root.resolve(".git/longshore-clone-complete"));
        assertThat(open(remote(Optional.empty())).root().resolve("mark")).doesNotExist();
    }

    @Test
    void saysInOneLineWhyItCannotClone() {
        assertThatThrownBy(() -> open(remote(Optional.of("gone"))))
                .isInstanceOf(InvalidSourceException.class)
                .hasMessageEndingWith("has no branch, tag or full commit id gone");
        assertThatThrownBy(() -> open(new Source.Git(
                        temporary.resolve("nothing").toUri().toString(), Optional.empty(), Optional.empty())))
                .isInstanceOf(InvalidSourceException.class)
                .hasMessageStartingWith("cannot clone file:/")
                .hasMessageNotContaining("\n");
    }

    @Test
    void aDirectoryIsReadAsItIs() throws Exception {
        Files.writeString(upstream.resolve("untracked"), "");

        Workspace workspace = open(new Source.Directory(upstream, Optional.empty()));

        assertThat(workspace.root()).isEqualTo(upstream.toRealPath());
        assertThat(workspace.gitWorkTree()).contains(upstream.toRealPath());
        assertThat(workspace.repository())
                .isEqualTo(new Repository(
                        "upstream", "upstream", Optional.empty(), Optional.of(second.getName()), Optional.of("trunk")));
    }

    @Test
    void aDirectoryInAWorkTreeIsASourceOfItsOwn() throws Exception {
        Path inside = Files.createDirectories(upstream.resolve("docs"));

        Workspace workspace = open(new Source.Directory(inside, Optional.empty()));

        assertThat(workspace.repository().identity()).isEqualTo("upstream//docs");
        assertThat(workspace.gitWorkTree()).contains(upstream.toRealPath());
    }

    @Test
    void aDirectoryOutsideOfGitHasItsName() throws Exception {
        Path plain = Files.createDirectory(temporary.resolve("plain"));

        Workspace workspace = open(new Source.Directory(plain, Optional.empty()));

        assertThat(workspace.repository())
                .isEqualTo(new Repository("plain", "plain", Optional.empty(), Optional.empty(), Optional.empty()));
        assertThat(workspace.gitWorkTree()).isEmpty();
    }

    @Test
    void clonesOfOneOriginAreOneRepository() throws Exception {
        try (Git git = Git.open(upstream.toFile())) {
            git.getRepository().getConfig().setString("remote", "origin", "url", "git@example.org:a/b.git");
            git.getRepository().getConfig().save();
        }

        Repository repository =
                open(new Source.Directory(upstream, Optional.empty())).repository();

        assertThat(repository.identity()).isEqualTo("example.org/a/b");
        assertThat(repository.name()).isEqualTo("b");
    }

    @Test
    void leavesOutWhereTheGraphGoesOnlyBelowTheRoot() throws Exception {
        Source source = new Source.Directory(upstream, Optional.empty());
        Path inside = upstream.toRealPath().resolve("out");

        assertThat(Workspaces.open(source, Optional.empty(), temporary, Optional.of(inside))
                        .exclude())
                .contains(inside);
        assertThat(Workspaces.open(source, Optional.empty(), temporary, Optional.of(temporary.resolve("o")))
                        .exclude())
                .isEmpty();
    }

    @Test
    void leavesOutWhereTheGraphGoesThoughALinkLeadsThere() throws Exception {
        Path link = Files.createSymbolicLink(temporary.resolve("link"), temporary);
        Path out = link.resolve("upstream/not/yet/graph");

        assertThat(Workspaces.open(
                                new Source.Directory(upstream, Optional.empty()),
                                Optional.empty(),
                                temporary,
                                Optional.of(out))
                        .exclude())
                .contains(upstream.toRealPath().resolve("not/yet/graph"));
    }

    @Test
    void theBranchIsTheOneCheckedOutHoweverTheCommitWasNamed() throws Exception {
        Repository named = openAnew(remote(Optional.of("trunk")));
        assertThat(named).isEqualTo(openAnew(remote(Optional.empty())));
        assertThat(named).isEqualTo(openAnew(remote(Optional.of("refs/heads/trunk"))));
        assertThat(named.branch()).contains("trunk");

        assertThat(openAnew(remote(Optional.of("v1"))).branch()).isEmpty();
        assertThat(openAnew(remote(Optional.of(second.getName()))).branch()).isEmpty();
    }

    private Repository openAnew(Source source) throws Exception {
        Trees.deleteIfExists(temporary.resolve("clones"));
        Repository repository = open(source).repository();
        // Known before anything is cloned: by it runs of one repository wait for one another.
        assertThat(Workspaces.identity(source)).isEqualTo(repository.identity());
        return repository;
    }

    @Test
    void aRefOfALocalRepositoryBelongsToTheSameRepositoryAsItsDirectory() throws Exception {
        Source.Directory directory = new Source.Directory(upstream, Optional.empty());
        Source ref = Sources.parse(upstream.toString(), Optional.of("v1"), Optional.empty());
        assertThat(openAnew(ref).identity())
                .isEqualTo(open(directory).repository().identity())
                .isEqualTo("upstream");
        assertThat(openAnew(ref).origin()).isEmpty();
        try (Git git = Git.open(upstream.toFile())) {
            git.getRepository().getConfig().setString("remote", "origin", "url", "https://u:p@example.org/a/b");
            git.getRepository().getConfig().save();
        }

        Repository repository = openAnew(ref);

        assertThat(repository)
                .isEqualTo(new Repository(
                        "example.org/a/b",
                        "b",
                        Optional.of("https://example.org/a/b"),
                        Optional.of(first.getName()),
                        Optional.empty()));
    }

    @Test
    void anOriginThatATerminalWouldObeyIsNone() throws Exception {
        try (Git git = Git.open(upstream.toFile())) {
            git.getRepository().getConfig().setString("remote", "origin", "url", "https://example.org/\u001b[31mb");
            git.getRepository().getConfig().save();
        }

        Repository repository =
                open(new Source.Directory(upstream, Optional.empty())).repository();

        assertThat(repository.origin()).isEmpty();
        assertThat(repository.identity()).isEqualTo("upstream");
    }

    @Test
    void aLocalRepositoryWithoutAWorkTreeHasItsName() throws Exception {
        Path bare = temporary.resolve("served.git");
        Git.cloneRepository()
                .setURI(upstream.toUri().toString())
                .setDirectory(bare.toFile())
                .setBare(true)
                .call()
                .close();
        try (Git git = Git.open(bare.toFile())) {
            git.getRepository().getConfig().unsetSection("remote", "origin");
            git.getRepository().getConfig().save();
        }

        assertThat(openAnew(new Source.Git(bare.toUri().toString(), Optional.empty(), Optional.empty()))
                        .identity())
                .isEqualTo("served");
    }

    @Test
    void understandsWhatUsersName() throws Exception {
        assertThat(Sources.parse(upstream.toString(), Optional.empty(), Optional.empty()))
                .isEqualTo(new Source.Directory(upstream, Optional.empty()));
        assertThat(Sources.parse("https://example.org/a.git", Optional.of("v1"), Optional.empty()))
                .isEqualTo(new Source.Git("https://example.org/a.git", Optional.of("v1"), Optional.empty()));
        assertThat(Sources.parse(upstream.toString(), Optional.of("v1"), Optional.empty()))
                .isInstanceOf(Source.Git.class);
        assertThatThrownBy(
                        () -> Sources.parse(upstream.resolve("one.txt").toString(), Optional.empty(), Optional.empty()))
                .hasMessageContaining("is a file; name the directory that it is in");
        assertThatThrownBy(() -> Sources.parse("no/such/place", Optional.empty(), Optional.empty()))
                .hasMessageContaining("there is no directory no/such/place");
        assertThatThrownBy(() -> Sources.parse(" ", Optional.empty(), Optional.empty()))
                .hasMessageContaining("the source is empty");
    }

    @Test
    void removesLinksWithoutFollowingThem() throws IOException {
        Path kept = Files.writeString(temporary.resolve("kept"), "");
        Path tree = Files.createDirectories(temporary.resolve("tree/below"));
        Files.createSymbolicLink(tree.resolve("link"), kept);
        Files.createSymbolicLink(tree.resolve("up"), temporary);

        Trees.deleteIfExists(temporary.resolve("tree"));
        Trees.deleteIfExists(temporary.resolve("tree"));

        assertThat(temporary.resolve("tree")).doesNotExist();
        assertThat(kept).exists();
    }
}
