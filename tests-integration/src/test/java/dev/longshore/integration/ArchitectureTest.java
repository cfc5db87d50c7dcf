package dev.longshore.integration;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.longshore.worker.Main;
import dev.longshore.worker.cli.LongshoreCommand;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The arrows between the modules, as the design draws them. */
class ArchitectureTest {
    private static final String ROOT = "dev.longshore";
    private static final String GUARD = "dev.longshore.docker..";
    private static final String REDIS = "dev.longshore.redis..";
    private static final String DASHBOARD = "dev.longshore.dashboard..";
    private static final String WORKER = "dev.longshore.worker..";
    private static final String[] STEPS = {
        "dev.longshore.graph..",
        "dev.longshore.pipeline..",
        "dev.longshore.run..",
        "dev.longshore.step..",
        "dev.longshore.source..",
        "dev.longshore.text..",
        "dev.longshore.filesystem..",
        "dev.longshore.container..",
        "dev.longshore.blarify..",
        "dev.longshore.docgrapher.."
    };

    private static final JavaClasses PROGRAM = new ClassFileImporter()
            .withImportOption(location -> !location.contains("/dev/longshore/integration/"))
            .importPackages(ROOT);

    /** Without this, a rule about a package that has moved would hold of nothing. */
    @Test
    void everyPackageBelongsToOneModule() {
        Set<String> known = Set.of(
                "docker",
                "redis",
                "dashboard",
                "worker",
                "graph",
                "pipeline",
                "run",
                "step",
                "source",
                "text",
                "filesystem",
                "container",
                "blarify",
                "docgrapher");
        Set<String> found = PROGRAM.stream()
                .map(JavaClass::getPackageName)
                .map(name -> name.substring(ROOT.length() + 1).replaceAll("\\..*", ""))
                .collect(Collectors.toSet());

        assertThat(known).containsAll(found);
        assertThat(found).contains("docker", "worker", "graph", "step", "filesystem", "container", "blarify");
    }

    @Test
    void modulesUseOnlyThoseBelowThem() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("dev.longshore..")
                .withOptionalLayers(true)
                .layer("worker")
                .definedBy(WORKER)
                .layer("dashboard-config")
                .definedBy(DASHBOARD)
                .layer("redis-storage")
                .definedBy(REDIS)
                .layer("pipeline-steps")
                .definedBy(STEPS)
                .layer("docker-guard")
                .definedBy(GUARD)
                .whereLayer("worker")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("dashboard-config")
                .mayOnlyBeAccessedByLayers("worker")
                .whereLayer("redis-storage")
                .mayOnlyBeAccessedByLayers("worker")
                .whereLayer("pipeline-steps")
                .mayOnlyBeAccessedByLayers("worker", "dashboard-config")
                .whereLayer("docker-guard")
                .mayOnlyBeAccessedByLayers("worker", "dashboard-config", "pipeline-steps")
                .check(PROGRAM);
    }

    @Test
    void nothingButTheGuardTouchesDockerJava() {
        noClasses()
                .that()
                .resideOutsideOfPackage(GUARD)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.github.dockerjava..")
                .because("the guard is the one way in for Docker")
                .check(PROGRAM);
    }

    @Test
    void stepsKnowNeitherJobsNorRedisNorServers() {
        noClasses()
                .that()
                .resideInAnyPackage(STEPS)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.jobrunr..", "redis.clients..", "io.lettuce..", "com.sun.net.httpserver..")
                .check(PROGRAM);
    }

    @Test
    void theGuardKnowsNoJobs() {
        noClasses()
                .that()
                .resideInAPackage(GUARD)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.jobrunr..", "picocli..")
                .check(PROGRAM);
    }

    @Test
    void theRedisStoreKnowsNoDocker() {
        noClasses()
                .that()
                .resideInAPackage(REDIS)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.github.dockerjava..")
                // It has no classes before its issue.
                .allowEmptyShould(true)
                .check(PROGRAM);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("dev.longshore.(**)")
                .should()
                .beFreeOfCycles()
                // The program's start is in the package at the top, and uses one below it. Nothing uses it back:
                .ignoreDependency(Main.class, LongshoreCommand.class)
                .check(PROGRAM);
        noClasses()
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(Main.class)
                .check(PROGRAM.that(DescribedPredicate.not(JavaClass.Predicates.equivalentTo(Main.class))));
    }
}
