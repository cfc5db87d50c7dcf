package dev.longshore.worker.jobs;

import dev.longshore.graph.GraphPart;
import dev.longshore.run.Run;
import dev.longshore.run.StepRun;
import dev.longshore.run.StepState;
import dev.longshore.step.StepException;
import dev.longshore.step.StepFailure;
import dev.longshore.worker.RunDirectory;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The parts of the graph that a run's finished steps left. */
final class Parts {
    private final RunDirectory directory;
    private final Run run;

    Parts(RunDirectory directory, Run run) {
        this.directory = directory;
        this.run = run;
    }

    List<GraphPart> all() throws StepException {
        return of(run.pipeline().stepNames());
    }

    /**
     * The parts of those of these steps that made one, in the pipeline's order.
     *
     * @throws StepException one is not there: a graph without it would look whole and not be
     */
    List<GraphPart> of(Collection<String> steps) throws StepException {
        List<GraphPart> parts = new ArrayList<>();
        for (StepRun step : run.steps()) {
            if (steps.contains(step.name()) && step.state() == StepState.SUCCEEDED) {
                if (!Files.isDirectory(directory.part(step.name()))) {
                    throw new StepException(new StepFailure.PartMissing(
                            step.name(), directory.part(step.name()).toString()));
                }
                parts.add(new GraphPart(directory.part(step.name())));
            }
        }
        return parts;
    }
}
