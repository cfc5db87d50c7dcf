package dev.longshore.filesystem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.longshore.graph.Label;
import dev.longshore.graph.Node;
import dev.longshore.source.Source;
import dev.longshore.source.Workspaces;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In a git work tree, the step finds what git lists: held against the real git. */
class GitAgreementTest {
    @TempDir
    Path temp;

    Git git;

    @BeforeEach
    void init() throws Exception {
        git = Git.init(temp.resolve("repository"));
    }

    private StepRun run(Path source) throws Exception {
        return StepRun.on(source, temp.resolve("scratch"));
    }

    private void assertAgreement(Path source) throws Exception {
        assertThat(run(source).leaves()).isEqualTo(new Git(source).listed());
    }

    @Test
    void negationsAndNestedIgnoreFiles() throws Exception {
        git.write(".gitignore", "*.log\n!keep.log\n/build/\ndoc/*.txt\n!doc/keep.txt\n**/deep/**/x\n");
        for (String path : List.of(
                "a.log",
                "keep.log",
                "sub/a.log",
                "sub/keep.log",
                "build/out",
                "sub/build/out",
                "doc/a.txt",
                "doc/keep.txt",
                "doc/more/a.txt",
                "deep/1/x",
                "deep/x",
                "q/deep/1/2/x",
                "q/deep/y")) {
            git.write(path, path);
        }
        git.write("sub/.gitignore", "!a.log\nbuild\n");
        assertAgreement(git.directory());
        assertThat(run(git.directory()).leaves())
                .contains("keep.log", "sub/a.log")
                .doesNotContain("a.log", "build/out");
    }

    @Test
    void trackedFilesCountThoughIgnored() throws Exception {
        git.write("ignored/tracked", "1");
        git.write("ignored/deep/tracked", "2");
        git.write("gone", "3");
        git.commitAll("before the rules");
        git.write(".gitignore", "ignored/\n*.o\n");
        git.write("ignored/untracked", "4");
        git.write("ignored/deep/.gitignore", "!untracked");
        git.write("ignored/deep/untracked", "5");
        git.write("ignored/other/untracked", "6");
        git.write("forced.o", "7");
        git.run("add", "-f", "forced.o");
        Files.delete(git.directory().resolve("gone"));
        assertAgreement(git.directory());
        assertThat(run(git.directory()).leaves())
                .containsExactlyInAnyOrder(".gitignore", "forced.o", "ignored/tracked", "ignored/deep/tracked");
    }

    @Test
    void rulesOutsideTheWorkTree() throws Exception {
        Path global = temp.resolve("global");
        Files.writeString(global, "*.global\n!shown.global\nboth\n");
        git.run("config", "core.excludesFile", global.toString());
        Files.writeString(git.directory().resolve(".git/info/exclude"), "*.local\n!both\n");
        for (String path : List.of("a.global", "shown.global", "a.local", "both", "sub/a.local", "plain")) {
            git.write(path, path);
        }
        assertAgreement(git.directory());
        assertThat(run(git.directory()).leaves()).containsExactlyInAnyOrder("shown.global", "both", "plain");
    }

    @Test
    void aDirectoryInsideTheWorkTree() throws Exception {
        git.write(".gitignore", "*.tmp\n/sub/inner/secret\nbuild/\n");
        git.write("sub/.gitignore", "!kept.tmp\n");
        for (String path : List.of("a.tmp", "kept.tmp", "inner/a.tmp", "inner/kept.tmp", "inner/secret", "build/x")) {
            git.write("sub/" + path, path);
        }
        git.write("beside", "not in the source");
        assertAgreement(git.directory().resolve("sub"));
        assertAgreement(git.directory().resolve("sub/inner"));
        assertThat(run(git.directory().resolve("sub/inner")).leaves()).containsExactly("kept.tmp");
    }

    @Test
    void anIgnoredDirectoryNamedAsTheSourceIsTakenForItself() throws Exception {
        git.write(".gitignore", "out/\n");
        git.write("out/made", "1");
        assertThat(run(git.directory().resolve("out")).leaves()).containsExactly("made");
    }

    @Test
    void submodulesAndNestedRepositories() throws Exception {
        Git other = Git.init(temp.resolve("other"));
        other.write("in-submodule", "1");
        other.commitAll("first");
        git.run(
                "-c",
                "protocol.file.allow=always",
                "submodule",
                "add",
                "-q",
                other.directory().toString(),
                "module");
        git.commitAll("with a submodule");
        Git nested = Git.init(git.directory().resolve("lib/nested"));
        nested.write("in-nested", "2");
        git.write("not-a-repository/.git/config", "no HEAD here");
        git.write("not-a-repository/file", "3");
        Files.createDirectories(git.directory().resolve("empty"));
        assertAgreement(git.directory());

        StepRun run = run(git.directory());
        assertThat(run.leaves()).containsExactlyInAnyOrder(".gitmodules", "not-a-repository/file");
        assertThat(run.node(Label.DIRECTORY, "module").properties())
                .containsEntry("submodule", true)
                .containsEntry("commit", other.run("rev-parse", "HEAD").strip());
        Node nestedNode = run.node(Label.DIRECTORY, "lib/nested");
        assertThat(nestedNode.properties()).containsEntry("nestedRepository", true);
        assertThat(run.containerOf(nestedNode)).isEqualTo("lib");
        assertThat(run.paths(Label.DIRECTORY)).doesNotContain("empty");
        assertThat(run.counts()).containsEntry("submodules", 1L).containsEntry("nestedRepositories", 1L);
    }

    @Test
    void aLinkedWorkTreeHasItsOwnIndexAndTheSharedRules() throws Exception {
        git.write("tracked", "1");
        git.commitAll("first");
        Files.writeString(git.directory().resolve(".git/info/exclude"), "*.local\n");
        Path linked = temp.resolve("linked");
        git.run("worktree", "add", "-q", linked.toString());
        Files.writeString(linked.resolve("a.local"), "2");
        Files.writeString(linked.resolve("new"), "3");
        assertAgreement(linked);
        assertThat(run(linked).leaves()).containsExactlyInAnyOrder("tracked", "new");
    }

    @Test
    void linksAndNamesThatAreNotAscii() throws Exception {
        assumeTrue(
                "UTF-8".equals(System.getProperty("sun.jnu.encoding")),
                "in this locale a Java test cannot make such a name; FilesystemStepTest has a shell make them");
        git.write("dir/été ☃", "1");
        Files.createSymbolicLink(git.directory().resolve("link"), Path.of("dir"));
        Files.createSymbolicLink(git.directory().resolve("dangling"), Path.of("/nowhere/at all"));
        git.write(".gitignore", "dangling/\n*☃x\n");
        assertAgreement(git.directory());
        StepRun run = run(git.directory());
        assertThat(run.leaves()).contains("dir/été ☃");
        assertThat(run.node(Label.SYMLINK, "link").properties()).containsEntry("target", "dir");
    }

    @Test
    void aFileWhereTheIndexHasADirectoryAndTheOtherWayRound() throws Exception {
        git.write("a/inside", "1");
        git.write("b", "2");
        git.commitAll("first");
        Files.delete(git.directory().resolve("a/inside"));
        Files.delete(git.directory().resolve("a"));
        Files.delete(git.directory().resolve("b"));
        git.write("a", "file now");
        git.write("b/inside", "directory now");
        assertAgreement(git.directory());
        assertThat(run(git.directory()).leaves()).containsExactlyInAnyOrder("a", "b/inside");
    }

    @Test
    void caseIsIgnoredWhereTheRepositorySaysSo() throws Exception {
        git.run("config", "core.ignoreCase", "true");
        git.write(".gitignore", "*.LOG\nBuild/\n[A-C]x\n\\Ay\n");
        for (String path : List.of("a.log", "build/x", "bx", "ay", "dx")) {
            git.write(path, path);
        }
        assertAgreement(git.directory());
    }

    @Test
    void thisRepository() throws Exception {
        Path here = Path.of("").toAbsolutePath();
        assertAgreement(here);
        Path top = Path.of(new Git(here).run("rev-parse", "--show-toplevel").strip());
        assertAgreement(top.resolve("docker-guard"));
    }

    @Test
    void dirtyAsGitDescribesIt() throws Exception {
        git.write("a", "one\n");
        git.write("b", "two\r\n");
        git.write("c.sh", "echo");
        git.commitAll("first");
        assertThat(dirty()).isEqualTo(false);
        git.write("untracked", "does not count");
        assertThat(dirty()).isEqualTo(false);
        git.write("a", "ONE\n");
        assertThat(dirty()).as("content of the same size").isEqualTo(true);
        git.write("a", "one\n");
        assertThat(dirty()).as("other times, same content").isEqualTo(false);
        assertThat(git.directory().resolve("c.sh").toFile().setExecutable(true)).isTrue();
        assertThat(dirty()).as("executable").isEqualTo(true);
        assertThat(git.directory().resolve("c.sh").toFile().setExecutable(false))
                .isTrue();
        git.write("new", "staged");
        git.run("add", "new");
        assertThat(dirty()).as("staged").isEqualTo(true);
        git.run("rm", "-q", "--cached", "new");
        Files.delete(git.directory().resolve("b"));
        assertThat(dirty()).as("deleted").isEqualTo(true);
    }

    private Object dirty() throws Exception {
        return Optional.ofNullable(run(git.directory()).repository().property("dirty"))
                .orElse("not told");
    }

    @Test
    void ownRulesGoOnTopAndHoldForTrackedFilesToo() throws Exception {
        git.write("a.txt", "1");
        git.write("b.txt", "2");
        git.write("gen/x", "3");
        git.write("gen/deep/y", "4");
        git.write("node_modules/z", "5");
        git.commitAll("all tracked");
        git.write(".gitignore", "hidden\n");
        git.write("hidden", "6");
        git.write(".longshoreignore", "gen/*\n!gen/deep/\n*.txt\n!hidden\n");
        git.write("sub/.longshoreignore", "!*.txt\n/only\n");
        git.write("sub/c.txt", "7");
        git.write("sub/only", "8");
        StepRun run =
                StepRun.on(git.directory(), temp.resolve("scratch"), Map.of("ignore", List.of("!a.txt", "sub/c*")));
        assertThat(run.leaves())
                .containsExactlyInAnyOrder(
                        ".gitignore",
                        ".longshoreignore",
                        "a.txt",
                        "gen/deep/y",
                        "node_modules/z",
                        "sub/.longshoreignore");
        assertThat(run.repository().property("dirty"))
                .as("what is left out is not looked at")
                .isEqualTo(false);
    }

    @Test
    void theDirectoryOfTheRunIsLeftOut() throws Exception {
        git.write("a", "1");
        git.write("out/graph", "2");
        var workspace = Workspaces.open(
                new Source.Directory(git.directory(), Optional.empty()),
                Optional.empty(),
                temp,
                Optional.of(git.directory().resolve("out")));
        assertThat(StepRun.on(workspace, temp.resolve("scratch"), Map.of(), 2).leaves())
                .containsExactly("a");
    }

    /**
     * Random ignore files over one tree of files with awkward names. A round that fails prints its rules; the seeds are
     * fixed, so it fails again.
     */
    @Test
    void randomRules() throws Exception {
        List<String> names = List.of(
                "a", "b", "foo", "foo.o", "Foo", "a b", "x ", "[x]", "st*r", "q\\q", "#h", "!n", "a.b.c", "-", "]",
                ".h");
        List<String> directories = new ArrayList<>(List.of(""));
        for (String first : List.of("a", "foo", "d.o", "b c")) {
            directories.add(first + "/");
            for (String second : List.of("a", "foo", "Dir")) {
                directories.add(first + "/" + second + "/");
            }
        }
        directories.add("a/foo/deep/a/");
        for (String directory : directories) {
            Files.createDirectories(git.directory().resolve(directory));
        }
        for (String directory : directories) {
            for (String name : names) {
                Path file = git.directory().resolve(directory + name);
                if (!Files.exists(file)) {
                    git.write(directory + name, "");
                }
            }
        }
        Random random = new Random(20261120);
        for (int round = 0; round < Integer.getInteger("longshore.fuzz.rounds", 120); round++) {
            StringBuilder told = new StringBuilder("round " + round);
            if (round % 40 == 30 || round % 40 == 0) {
                git.run("config", "core.ignoreCase", round % 40 == 30 ? "true" : "false");
            }
            for (String ignoreFile : List.of(".gitignore", "a/.gitignore", "foo/a/.gitignore", ".git/info/exclude")) {
                String rules = rules(random);
                git.write(ignoreFile, rules);
                told.append("\n--- ").append(ignoreFile).append('\n').append(rules);
            }
            assertThat(run(git.directory()).leaves()).as(told.toString()).isEqualTo(git.listed());
        }
    }

    private static String rules(Random random) {
        String[] parts = {
            "a",
            "b",
            "foo",
            "foo",
            ".o",
            "Dir",
            "deep",
            " ",
            "x ",
            "#h",
            "!n",
            ".b",
            "-",
            "/",
            "/",
            "/",
            "*",
            "*",
            "**",
            "**/",
            "/**/",
            "/**",
            "?",
            "[a-c]",
            "[!a]",
            "[^f]",
            "[]x]",
            "[[:upper:]]",
            "[[:alpha:]",
            "[a-",
            "[",
            "]",
            "\\",
            "\\ ",
            "\\*",
            "\\[",
            "[\\]]",
            "[--0]",
            "\t",
            "oo",
            "***",
            "[[:punct:][:space:]]"
        };
        StringBuilder rules = new StringBuilder();
        int lines = random.nextInt(6);
        for (int i = 0; i < lines; i++) {
            rules.append(random.nextInt(4) == 0 ? "!" : "");
            int length = 1 + random.nextInt(4);
            for (int j = 0; j < length; j++) {
                rules.append(parts[random.nextInt(parts.length)]);
            }
            rules.append(random.nextInt(5) == 0 ? "/" : "").append(random.nextInt(6) == 0 ? "  " : "");
            rules.append(random.nextInt(8) == 0 ? "\r\n" : "\n");
        }
        return rules.toString();
    }
}
