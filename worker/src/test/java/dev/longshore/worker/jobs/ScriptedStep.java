package dev.longshore.worker.jobs;

import dev.longshore.graph.Label;
import dev.longshore.graph.Node;
import dev.longshore.step.OptionSpec;
import dev.longshore.step.Step;
import dev.longshore.step.StepContext;
import dev.longshore.step.StepCounts;
import dev.longshore.step.StepException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A step that does what a test tells it, and then writes one node named after itself. */
final class ScriptedStep implements Step {
    /** What a test has a step do. */
    interface Script {
        void run(StepContext context, int attempt) throws StepException, IOException, InterruptedException;
    }

    private final String type;
    private final Script script;
    final AtomicInteger attempts = new AtomicInteger();

    ScriptedStep(String type, Script script) {
        this.type = type;
        this.script = script;
    }

    @Override
    public String type() {
        return type;
    }

    @Override
    public List<OptionSpec> options() {
        return List.of();
    }

    @Override
    public StepCounts run(StepContext context) throws StepException, IOException, InterruptedException {
        script.run(context, attempts.incrementAndGet());
        context.graph().node(new Node(context.ids().ofPath(Label.FILE, type), Label.FILE, Map.of("path", type)));
        StepCounts counts = new StepCounts();
        counts.add("scripted");
        return counts;
    }
}
