package dev.longshore.container;

import dev.longshore.docker.DockerSettings;
import dev.longshore.docker.GuardedDocker;
import dev.longshore.docker.Owner;
import dev.longshore.graph.Edge;
import dev.longshore.graph.GraphPart;
import dev.longshore.graph.GraphWriter;
import dev.longshore.graph.Node;
import dev.longshore.graph.NodeIds;
import dev.longshore.source.Repository;
import dev.longshore.source.Workspace;
import dev.longshore.step.ContainerLimits;
import dev.longshore.step.EarlierGraph;
import dev.longshore.step.Progress;
import dev.longshore.step.Step;
import dev.longshore.step.StepContext;
import dev.longshore.step.StepException;
import dev.longshore.step.StepFailure;
import dev.longshore.step.StepOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs one step on a workspace with the real daemon, without a pipeline around it. */
public final class StepBench implements AutoCloseable {
    public static final String BUSYBOX =
            System.getenv().getOrDefault("LONGSHORE_TEST_BUSYBOX_IMAGE", "longshore-busybox:dev");

    private final Path directory;
    private final GuardedDocker docker;
    private final DockerSettings settings;
    public final Path workspace;
    public EarlierGraph earlier = new EarlierGraph(List.of());
    public Duration timeout = Duration.ofMinutes(2);
    public ContainerLimits limits = new ContainerLimits(64L << 20, 1.0, 64);
    public Progress progress = Progress.NONE;

    /** @param directory an empty one of the test's own */
    public StepBench(Path directory) throws IOException {
        this(
                directory,
                DockerSettings.of(
                        "container-step-test-" + ProcessHandle.current().pid()));
    }

    public StepBench(Path directory, DockerSettings settings) throws IOException {
        this.directory = directory;
        this.workspace = Files.createDirectory(directory.resolve("workspace"));
        this.settings = settings;
        this.docker = GuardedDocker.open(settings);
    }

    public GuardedDocker docker() {
        return docker;
    }

    /** What a step wrote and counted. */
    public record Result(List<Node> nodes, List<Edge> edges, Map<String, Long> counts, Path part) {}

    public Result run(Step step, Map<String, Object> options) throws Exception {
        Path attempt = Files.createTempDirectory(directory, "attempt");
        Path scratch = Files.createDirectory(attempt.resolve("scratch"));
        Path part = attempt.resolve("part");
        Map<String, Long> counts;
        try (GraphWriter graph = new GraphWriter(part, Files.createDirectory(attempt.resolve("spill")))) {
            StepContext context = new StepContext(
                    new StepContext.StepId("run-" + ProcessHandle.current().pid(), "step"),
                    new Workspace(
                            workspace,
                            new Repository(
                                    "example.org/fixture",
                                    "fixture",
                                    Optional.empty(),
                                    Optional.empty(),
                                    Optional.empty()),
                            Optional.empty(),
                            Optional.empty()),
                    StepOptions.of(step.options(), options),
                    new NodeIds("example.org/fixture"),
                    earlier,
                    graph,
                    progress,
                    new StepContext.Resources(2, scratch, Instant.now().plus(timeout), limits),
                    () -> docker);
            counts = step.run(context).asMap();
            graph.finish();
        }
        List<Node> nodes = new ArrayList<>();
        List<Edge> edges = new ArrayList<>();
        new GraphPart(part).forEachNode(nodes::add);
        new GraphPart(part).forEachEdge(edges::add);
        return new Result(nodes, edges, counts, part);
    }

    /** Runs what must fail. */
    public StepFailure failure(Step step, Map<String, Object> options) throws Exception {
        try {
            run(step, options);
        } catch (StepException e) {
            return e.failure();
        }
        throw new AssertionError("the step did not fail");
    }

    /** Gives the graph these files, and the workspace too. */
    public void files(String... names) throws IOException {
        for (String name : names) {
            Path file = workspace.resolve(name);
            Files.createDirectories(file.getParent());
            if (!Files.exists(file)) {
                Files.writeString(file, "content of " + name + "\n");
            }
        }
        earlier = OutputFixture.listing(Files.createTempDirectory(directory, "graph"), names);
    }

    /** The containers that are left of this process's runs; none, or the step left something behind. They are removed. */
    public List<String> leftovers() throws InterruptedException {
        return docker.removeLeftovers(Owner.of(settings.owner().id()));
    }

    @Override
    public void close() {
        docker.close();
    }
}
