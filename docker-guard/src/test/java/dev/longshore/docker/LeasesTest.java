package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who lives, by lease: said of a process only what is known. */
class LeasesTest {
    private static final Leases PROCESS = Leases.ofProcess();

    @TempDir
    Path directory;

    @Test
    void ownLeaseIsHeldAndFitForALabel() throws IOException {
        assertThat(PROCESS.standing(PROCESS.own())).isEqualTo(new Leases.Held());
        assertThat(Leases.isValid(PROCESS.own())).isTrue();
        try (DirectoryLeases leases = DirectoryLeases.take(directory)) {
            assertThat(leases.standing(leases.own())).isEqualTo(new Leases.Held());
            assertThat(Leases.isValid(leases.own())).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "process:unknown",
                "process:a:1:0:1:1",
                "dir:a:b",
                "dir:../../x:y",
                "dir:a:../../etc/passwd"
            })
    void whatIsNoLeaseOfHereIsNotKnown(String lease) throws IOException {
        assertThat(PROCESS.standing(lease)).isEqualTo(new Leases.Unknown());
        try (DirectoryLeases leases = DirectoryLeases.take(directory)) {
            assertThat(leases.standing(lease)).isEqualTo(new Leases.Unknown());
        }
    }

    @Test
    void processThatWasKilledHasNoLeaseAnyMore() throws Exception {
        try (DirectoryLeases leases = DirectoryLeases.take(directory);
                OtherJvm other = OtherJvm.holdingLease(directory)) {
            String byDirectory = other.word();
            String byProcess = other.word();
            assertThat(leases.standing(byDirectory)).isEqualTo(new Leases.Held());
            assertThat(PROCESS.standing(byProcess)).isEqualTo(new Leases.Held());

            Instant before = Instant.now().minusSeconds(1); // files keep time less finely
            other.kill();

            assertThat(PROCESS.standing(byProcess)).isEqualTo(new Leases.Over(Optional.empty()));
            Leases.Standing first = leases.standing(byDirectory);
            assertThat(first)
                    .isInstanceOfSatisfying(
                            Leases.Over.class,
                            over -> assertThat(over.since().orElseThrow()).isBetween(before, Instant.now()));
            // The time of the discovery is kept, so that a grace ends.
            assertThat(leases.standing(byDirectory)).isEqualTo(first);
            try (DirectoryLeases later = DirectoryLeases.take(directory)) {
                assertThat(later.standing(byDirectory)).isEqualTo(first);
            }
        }
    }

    @Test
    void processWithTheNumberOfADeadOneIsAnother() {
        String[] own = PROCESS.own().split(":", -1);
        own[5] = Long.toString(Long.parseLong(own[5]) - 1);

        assertThat(PROCESS.standing(String.join(":", own))).isEqualTo(new Leases.Over(Optional.empty()));
    }

    @Test
    void processOfAnotherBootOrNamespaceIsNotKnown() {
        String[] boot = PROCESS.own().split(":", -1);
        boot[1] = "00000000-0000-0000-0000-000000000000";
        assertThat(PROCESS.standing(String.join(":", boot))).isEqualTo(new Leases.Unknown());

        String[] namespace = PROCESS.own().split(":", -1);
        namespace[2] = "1";
        assertThat(PROCESS.standing(String.join(":", namespace))).isEqualTo(new Leases.Unknown());
    }

    @Test
    void leaseThatWasGivenUpIsOver() throws IOException {
        DirectoryLeases gone = DirectoryLeases.take(directory);
        try (DirectoryLeases leases = DirectoryLeases.take(directory)) {
            assertThat(leases.standing(gone.own())).isEqualTo(new Leases.Held());
            gone.close();
            gone.close();
            assertThat(leases.standing(gone.own())).isEqualTo(new Leases.Over(Optional.empty()));
        }
    }

    /** What everybody has lost says nothing about anybody. */
    @Test
    void directoryThatWasEmptiedEndsNoLease() throws IOException {
        try (DirectoryLeases leases = DirectoryLeases.take(directory);
                DirectoryLeases other = DirectoryLeases.take(directory)) {
            try (var files = Files.list(directory.resolve("leases"))) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            assertThat(leases.standing(other.own())).isEqualTo(new Leases.Unknown());
            try (DirectoryLeases later = DirectoryLeases.take(directory)) {
                assertThat(later.standing(other.own())).isEqualTo(new Leases.Unknown());
            }
        }
    }

    @Test
    void leasesOfAnotherDirectoryAreNotKnown() throws IOException {
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        try (DirectoryLeases leases = DirectoryLeases.take(directory);
                DirectoryLeases other = DirectoryLeases.take(elsewhere)) {
            assertThat(leases.standing(other.own())).isEqualTo(new Leases.Unknown());
        }
    }

    @Test
    void leaseThatIsNoLabelIsRefused() {
        Leases broken = new Leases() {
            @Override
            public String own() {
                return "a b";
            }

            @Override
            public Standing standing(String lease) {
                return new Unknown();
            }
        };
        assertThatThrownBy(() -> DockerSettings.of("x").withLeases(broken)).hasMessageContaining("lease");
    }

    @Test
    void nameTellsWhoTookAContainerOver() {
        String name = ContainerName.of("run_1", "step");
        assertThat(ContainerName.claimant(name)).isEmpty();

        String claimed = ContainerName.claimedBy(PROCESS.own(), name);
        assertThat(ContainerName.claimant(claimed)).contains(PROCESS.own());
        assertThat(claimed).startsWith(name).matches("[a-zA-Z0-9][a-zA-Z0-9_.-]+");

        // Taken over once more, it does not get longer.
        String again = ContainerName.claimedBy("dir:a:b", claimed);
        assertThat(again).isEqualTo(name + "_by_dir_a_b");
        assertThat(ContainerName.claimant(again)).contains("dir:a:b");
    }
}
