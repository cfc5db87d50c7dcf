package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.docker.BindRules.Checked;
import dev.longshore.docker.policy.Decision;
import dev.longshore.docker.policy.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is put in a source's place between the check and the start does not go unseen. */
class BoundSourcesTest {
    @TempDir
    Path temporary;

    private EscapeWorld world;
    private Path source;

    @BeforeEach
    void open() throws IOException {
        world = new EscapeWorld(temporary);
        source = Files.createDirectories(world.root.resolve("sources/parent/source"));
    }

    /** Ways to swap. */
    enum Swap {
        A_LINK_IN_ITS_PLACE {
            @Override
            void of(Path source, Path elsewhere) throws IOException {
                Files.delete(source);
                Files.createSymbolicLink(source, elsewhere);
            }
        },
        A_LINK_IN_ITS_PARENTS_PLACE {
            @Override
            void of(Path source, Path elsewhere) throws IOException {
                Path parent = source.resolve("..").normalize();
                Files.move(parent, parent.resolveSibling("moved"));
                Files.createSymbolicLink(parent, elsewhere);
                Files.createDirectories(elsewhere.resolve("source"));
            }
        },
        ANOTHER_DIRECTORY_IN_ITS_PLACE {
            @Override
            void of(Path source, Path elsewhere) throws IOException {
                Files.move(source, source.resolveSibling("moved"));
                Files.createDirectory(source);
            }
        },
        A_FILE_IN_ITS_PLACE {
            @Override
            void of(Path source, Path elsewhere) throws IOException {
                Files.move(source, source.resolveSibling("moved"));
                Files.createFile(source);
            }
        },
        NOTHING_IN_ITS_PLACE {
            @Override
            void of(Path source, Path elsewhere) throws IOException {
                Files.delete(source);
            }
        };

        abstract void of(Path source, Path elsewhere) throws IOException;
    }

    @ParameterizedTest
    @EnumSource
    void isSeen(Swap swap) throws IOException {
        try (EscapeWorld here = world) {
            Checked checked = here.binds().check(new Mount.ReadOnlyBind(source, "/workspace"));
            assertThat(checked.decision().allowed()).isTrue();
            BoundSources sources = new BoundSources(List.of(checked));
            assertThat(sources.changed()).isEmpty();

            swap.of(source, here.root.resolve("elsewhere"));

            assertThat(sources.changed()).map(Decision::rule).contains(Rule.BIND_CHANGED);
        }
    }

    @Test
    void whatOnlyChangesInsideIsTheSame() throws IOException {
        try (EscapeWorld here = world) {
            BoundSources sources =
                    new BoundSources(List.of(here.binds().check(new Mount.ReadOnlyBind(source, "/workspace"))));
            Files.writeString(source.resolve("new"), "x");

            assertThat(sources.changed()).isEmpty();
        }
    }

    @Test
    void translatedPathsAreLookedAtByName() throws IOException {
        try (EscapeWorld here = world) {
            BindRules rules = here.binds();

            assertThat(List.of("/", "/proc", "/etc/x", "/run/docker.sock", "/var", "/a/../etc", "relative"))
                    .allSatisfy(path -> assertThat(rules.recheck(Path.of(path), Optional.empty()))
                            .map(Decision::rule)
                            .contains(Rule.BIND_PROTECTED));
            assertThat(rules.recheck(Path.of("/srv/sources/a"), Optional.empty()))
                    .isEqualTo(Optional.empty());
            assertThat(rules.recheck(Path.of("/var/lib/docker/volumes/longshore_work/_data/run"), Optional.empty()))
                    .isEmpty();
            assertThat(rules.recheck(Path.of("/var/lib/docker/volumes"), Optional.empty()))
                    .isPresent();
            assertThat(rules.recheck(Path.of("/var/lib/docker/volumes/a/b/_data"), Optional.empty()))
                    .isPresent();
        }
    }
}
