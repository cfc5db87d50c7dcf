package dev.longshore.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.lib.PersonIdent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clones over ssh, with a program in ssh's place that runs the server's end here. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SshProgramTest {
    @TempDir
    Path temporary;

    private Path upstream = Path.of("unset");

    @BeforeEach
    void makeRepository() throws Exception {
        UnobtrusiveGit.install();
        upstream = Files.createDirectory(temporary.resolve("upstream"));
        try (Git git = Git.init()
                .setDirectory(upstream.toFile())
                .setInitialBranch("trunk")
                .call()) {
            PersonIdent who = new PersonIdent("Test", "test@example.org");
            for (String file : List.of("one.txt", "two.txt")) {
                Files.writeString(upstream.resolve(file), file);
                git.add().addFilepattern(file).call();
                git.commit()
                        .setMessage(file)
                        .setAuthor(who)
                        .setCommitter(who)
                        .setSign(false)
                        .call();
            }
        }
    }

    private Path arguments() {
        return temporary.resolve("arguments");
    }

    private SshProgram program(String last) throws IOException {
        Path script = temporary.resolve("fake-ssh");
        Files.writeString(
                script,
                "#!/bin/sh\nprintf '%s\\n' \"$@\" \"$GIT_PROTOCOL\" > '" + arguments() + "'\nfor last; do :; done\n"
                        + last + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return new SshProgram(script.toString());
    }

    private Path clone(String url, SshProgram ssh) throws Exception {
        return new ShallowClone(new Source.Git(url, Optional.empty(), Optional.empty()), Optional.empty(), ssh)
                .into(temporary.resolve("clones"));
    }

    @Test
    void clonesThroughTheProgramAndGivesItNoPassword() throws Exception {
        Path clone = clone("ssh://git:s@cret@example.org:2222" + upstream, program("exec sh -c \"$last\""));

        assertThat(clone.resolve("two.txt")).hasContent("two.txt");
        try (Git git = Git.open(clone.toFile())) {
            assertThat(git.log().call()).hasSize(1);
        }
        assertThat(arguments())
                .content()
                .contains("BatchMode=yes\n", "ConnectTimeout=60\n", "-p\n2222\n", "git@example.org\n", "version=2\n")
                .doesNotContain("cret");
        assertThat(clone.resolve(".git/config")).content().doesNotContain("cret");
    }

    @Test
    void understandsTheShortForm() throws Exception {
        Path clone = clone("git@example.org:" + upstream, program("exec sh -c \"$last\""));

        assertThat(clone.resolve("one.txt")).hasContent("one.txt");
    }

    @Test
    void saysWhatSshSays() {
        assertThatThrownBy(() -> clone(
                        "git@example.org:a/b",
                        program("echo 'git@example.org: Permission denied (publickey).' >&2; exit 255")))
                .isInstanceOfSatisfying(
                        InvalidSourceException.class,
                        e -> assertThat(e.retryable()).isFalse())
                .hasMessageContaining("Permission denied (publickey)")
                .hasMessageNotContaining("\n");
        assertThatThrownBy(() -> clone(
                        "git@example.org:a/b",
                        program("echo 'ssh: connect to host example.org port 22: Connection timed out' >&2; exit 255")))
                .isInstanceOfSatisfying(
                        InvalidSourceException.class,
                        e -> assertThat(e.retryable()).isTrue());
    }

    @Test
    void aHostThatSshWouldTakeForAnOptionIsRefused() {
        assertThatThrownBy(() -> clone("ssh://-oProxyCommand=x/a", program("exit 1")))
                .isInstanceOf(InvalidSourceException.class);
        assertThat(arguments()).doesNotExist();
    }

    @Test
    void aProgramThatIsNotThereIsSaid() {
        assertThatThrownBy(() -> clone(
                        "git@example.org:a/b",
                        new SshProgram(temporary.resolve("nothing").toString())))
                .isInstanceOf(InvalidSourceException.class)
                .hasMessageContaining("nothing");
    }

    @Test
    void anInterruptEndsTheWaitForASilentServer() throws Exception {
        SshProgram silent = program("exec cat");
        Thread cloning = Thread.currentThread();
        CountDownLatch over = new CountDownLatch(1);
        Thread interrupter = new Thread(() -> {
            // JGit may lose an interrupt that comes between two of its reads: who cancels repeats it, as the worker
            // does.
            while (!within100Millis(over)) {
                synchronized (over) {
                    if (Files.exists(arguments()) && over.getCount() > 0) { // the program waits
                        cloning.interrupt();
                    }
                }
            }
        });
        interrupter.start();

        assertThatThrownBy(() -> clone("git@example.org:a/b", silent)).isInstanceOf(InterruptedException.class);

        synchronized (over) {
            over.countDown();
        }
        Thread.interrupted(); // one that came after the exception
        interrupter.join();
    }

    private static boolean within100Millis(CountDownLatch latch) {
        try {
            return latch.await(100, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
