package dev.longshore.docgrapher;

import dev.longshore.docgrapher.FileWork.Task;
import dev.longshore.docgrapher.docstring.SourceLanguage;
import dev.longshore.docgrapher.format.DocumentFormat;
import dev.longshore.graph.Label;
import dev.longshore.graph.Node;
import dev.longshore.graph.NodeIdSet;
import dev.longshore.step.EarlierGraph;
import dev.longshore.step.StepCounts;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Optional;

/** Which files of the earlier graph are read, and as what. */
final class FileTasks {
    interface TaskConsumer {
        void accept(Task task) throws IOException, InterruptedException;
    }

    private final boolean documents;
    private final boolean docstrings;

    /**
     * @param documents whether documents are read
     * @param docstrings whether sources are read
     */
    FileTasks(boolean documents, boolean docstrings) {
        this.documents = documents;
        this.docstrings = docstrings;
    }

    /** How many files will be read, at most. */
    long count(EarlierGraph earlier) throws IOException, InterruptedException {
        long[] count = {0};
        forEach(earlier, new StepCounts(), task -> count[0]++);
        return count[0];
    }

    /** Gives every file once, and counts those that are left out though their name says they are documents or sources. */
    void forEach(EarlierGraph earlier, StepCounts counts, TaskConsumer consumer)
            throws IOException, InterruptedException {
        NodeIdSet given = new NodeIdSet();
        try {
            earlier.forEachNode(node -> {
                // A part that only refers to a file of the filesystem step's has nothing but its path.
                if (node.label() != Label.FILE || node.property("size") == null || !given.add(node.id())) {
                    return;
                }
                Optional<Task> task = task(node);
                if (task.isPresent() && !isLeftOut(node, counts)) {
                    accept(consumer, task.get());
                }
            });
        } catch (Interruption e) {
            throw new InterruptedException(e.getMessage());
        }
    }

    private Optional<Task> task(Node node) {
        String path = node.text("path");
        String name = path.substring(path.lastIndexOf('/') + 1);
        String language = node.property("language") instanceof String text ? text : "";
        Optional<DocumentFormat> format = documents ? DocumentFormat.of(name, language) : Optional.empty();
        Optional<SourceLanguage> source = docstrings ? SourceLanguage.of(name, language) : Optional.empty();
        return format.isEmpty() && source.isEmpty()
                ? Optional.empty()
                : Optional.of(new Task(path, node.id(), format, source));
    }

    private static boolean isLeftOut(Node node, StepCounts counts) {
        if (Boolean.TRUE.equals(node.property("binary"))) {
            counts.add("skipped.binary");
        } else if (node.property("oversized") != null) {
            counts.add("skipped.oversized");
        } else if (node.property("nameBytes") != null) {
            counts.add("skipped.nameNotUtf8");
        } else {
            return false;
        }
        return true;
    }

    private static void accept(TaskConsumer consumer, Task task) throws IOException {
        try {
            consumer.accept(task);
        } catch (InterruptedException e) {
            Interruption interruption = new Interruption();
            interruption.initCause(e);
            throw interruption;
        }
    }

    /** Carries an interruption through the graph's reader, which knows input and output only. */
    private static final class Interruption extends InterruptedIOException {
        private static final long serialVersionUID = 1L;
    }
}
