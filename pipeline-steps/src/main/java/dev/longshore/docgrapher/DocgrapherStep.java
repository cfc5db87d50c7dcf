package dev.longshore.docgrapher;

import dev.longshore.docgrapher.FileWork.Task;
import dev.longshore.step.OptionSpec;
import dev.longshore.step.OptionSpec.Kind;
import dev.longshore.step.Step;
import dev.longshore.step.StepContext;
import dev.longshore.step.StepCounts;
import java.io.IOException;
import java.util.List;

/**
 * Reads the documents and docstrings among the files of the earlier graph: their sections, code blocks and links, and what
 * they name and describe. Where no earlier step found classes and functions, those edges are not there; all else is.
 */
public final class DocgrapherStep implements Step {
    private static final String MAX_FILE_SIZE = "maxFileSize";
    private static final String DOCUMENTS = "documents";
    private static final String DOCSTRINGS = "docstrings";

    @Override
    public String type() {
        return "docgrapher";
    }

    @Override
    public List<OptionSpec> options() {
        return List.of(
                new OptionSpec(MAX_FILE_SIZE, Kind.SIZE, "10MiB", "leave larger files out"),
                new OptionSpec(DOCUMENTS, Kind.FLAG, true, "read Markdown, reStructuredText, AsciiDoc and plain text"),
                new OptionSpec(DOCSTRINGS, Kind.FLAG, true, "read docstrings, Javadoc and JSDoc"));
    }

    @Override
    public StepCounts run(StepContext context) throws IOException, InterruptedException {
        StepCounts counts = new StepCounts();
        FileTasks tasks = new FileTasks(
                context.options().flag(DOCUMENTS), context.options().flag(DOCSTRINGS));
        context.progress().message("reading the graph so far");
        GraphIndex index = GraphIndex.read(context.earlier(), context.ids());
        context.progress().total(tasks.count(context.earlier()));
        context.progress().message("reading documents");

        PlaceIndex places = new PlaceIndex();
        try (WorkspaceFiles files = new WorkspaceFiles(context.workspace().root());
                WaitingLinks waiting = new WaitingLinks(context.resources().scratch())) {
            LinkWriter links =
                    new LinkWriter(context.ids(), context.graph(), counts, new LinkTargets(index.files()), waiting);
            FileWork work = new FileWork(
                    files,
                    context.options().number(MAX_FILE_SIZE),
                    new DocumentWriter(context.ids(), context.graph(), counts, new CodeNames(index), places, links),
                    new DocstringWriter(context.ids(), context.graph(), counts, index.definitions()),
                    counts);
            try (Workers<Task> workers = new Workers<>(context.resources().threads(), task -> {
                work.run(task);
                context.progress().advance(1);
            })) {
                tasks.forEach(context.earlier(), counts, workers::submit);
                workers.finish();
            }
            waiting.forEach(linksOfOneDocument -> links.finish(linksOfOneDocument, places));
        }
        return counts;
    }
}
