package dev.longshore.step.example;

import dev.longshore.graph.Label;
import dev.longshore.graph.Node;
import dev.longshore.step.OptionSpec;
import dev.longshore.step.Step;
import dev.longshore.step.StepContext;
import dev.longshore.step.StepCounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Counts the lines of every file that is text. */
public final class LinesStep implements Step {
    @Override
    public String type() {
        return "lines";
    }

    @Override
    public List<OptionSpec> options() {
        return List.of(
                new OptionSpec("maxBytes", OptionSpec.Kind.SIZE, 1L << 20, "larger files are left out and counted"));
    }

    @Override
    public StepCounts run(StepContext context) throws IOException, InterruptedException {
        StepCounts counts = new StepCounts();
        context.earlier().forEachNode(node -> {
            if (node.label() == Label.FILE && Boolean.FALSE.equals(node.property("binary"))) {
                count(context, node, counts);
            }
        });
        if (Thread.interrupted()) {
            throw new InterruptedException("cancelled");
        }
        return counts;
    }

    private static void count(StepContext context, Node file, StepCounts counts) throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            return;
        }
        Path path = context.workspace().root().resolve(file.text("path"));
        // The source may change while it is read, and a link may have taken the file's place.
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            counts.add("skipped.vanished");
        } else if (Files.size(path) > context.options().number("maxBytes")) {
            counts.add("skipped.tooLarge");
        } else {
            int lines = 0;
            for (byte b : Files.readAllBytes(path)) {
                lines += b == '\n' ? 1 : 0;
            }
            context.graph().node(new Node(file.id(), Label.FILE, Map.of("path", file.text("path"), "lines", lines)));
            counts.add("files");
        }
        context.progress().advance(1);
    }
}
