package dev.longshore.worker.jobs;

import dev.longshore.graph.GraphPart;
import dev.longshore.graph.GraphWriter;
import dev.longshore.graph.NodeIds;
import dev.longshore.graph.PartSummary;
import dev.longshore.pipeline.StepSpec;
import dev.longshore.run.Run;
import dev.longshore.run.StepRun;
import dev.longshore.run.StepState;
import dev.longshore.source.InvalidSourceException;
import dev.longshore.source.Trees;
import dev.longshore.source.Workspace;
import dev.longshore.step.EarlierGraph;
import dev.longshore.step.Progress;
import dev.longshore.step.StepContext;
import dev.longshore.step.StepCounts;
import dev.longshore.step.StepException;
import dev.longshore.step.StepFailure;
import dev.longshore.worker.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One attempt at a step: lays out what the step needs, runs it, and puts its part of the graph in place. */
final class Attempt {
    private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);

    private final Services services;
    private final Run run;
    private final StepSpec spec;
    private final RunDirectory directory;

    Attempt(Services services, Run run, StepSpec spec) {
        this.services = services;
        this.run = run;
        this.spec = spec;
        this.directory = services.directory(run);
    }

    /** Returns once the part is in place; without a return, nothing is. */
    StepRun.Outcome make(Progress progress, Instant deadline)
            throws StepException, IOException, InterruptedException, InvalidSourceException {
        Workspace workspace = services.workspace(run);
        Path scratch = directory.scratch(spec.name(), run.step(spec.name()).attempt());
        Path staged = scratch.resolve("part");
        Path stepScratch = Files.createDirectory(scratch.resolve("step"));
        Path sortScratch = Files.createDirectory(scratch.resolve("sort"));
        try (GraphWriter writer = new GraphWriter(staged, sortScratch)) {
            StepCounts counts = services.types()
                    .of(spec)
                    .run(new StepContext(
                            new StepContext.StepId(run.id().value(), spec.name()),
                            workspace,
                            spec.options(),
                            new NodeIds(workspace.repository().identity()),
                            new EarlierGraph(earlierParts()),
                            writer,
                            progress,
                            new StepContext.Resources(services.threads(), stepScratch, deadline, spec.limits()),
                            services.docker()));
            PartSummary summary = writer.finish();
            putInPlace(staged);
            return new StepRun.Outcome(counts.asMap(), summary);
        } finally {
            if (services.pool()) {
                services.progress().close(run.id(), spec.name());
            }
            discard(scratch);
        }
    }

    /** What cannot be deleted now goes with the run's directory: it is no reason for a finished step to fail. */
    private void discard(Path scratch) {
        try {
            Trees.deleteIfExists(scratch);
        } catch (IOException e) {
            LOG.warn("cannot delete {}", scratch, e);
        }
    }

    private void putInPlace(Path staged) throws IOException, StepException {
        StepRun now = services.runs().get(run.id()).step(spec.name());
        if (now.state() != StepState.RUNNING
                || now.attempt() != run.step(spec.name()).attempt()) {
            // Taken for dead and made again by another worker: its part may be in use.
            throw new StepException(new StepFailure.InputOutput("another attempt has taken over"));
        }
        Path part = directory.part(spec.name());
        // An earlier attempt may have come this far and died before it could say so.
        Trees.deleteIfExists(part);
        Files.createDirectories(part.resolveSibling("."));
        Files.move(staged, part, StandardCopyOption.ATOMIC_MOVE);
    }

    /** The parts of all steps that this one comes after, straight or through others, that made one. */
    private List<GraphPart> earlierParts() throws StepException {
        Set<String> before = new HashSet<>();
        Deque<String> open = new ArrayDeque<>(spec.after());
        while (!open.isEmpty()) {
            String name = open.remove();
            if (before.add(name)) {
                open.addAll(run.pipeline().step(name).after());
            }
        }
        return new Parts(directory, run).of(before);
    }
}
