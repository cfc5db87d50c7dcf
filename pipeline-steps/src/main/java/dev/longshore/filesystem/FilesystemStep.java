package dev.longshore.filesystem;

import dev.longshore.step.OptionSpec;
import dev.longshore.step.Step;
import dev.longshore.step.StepContext;
import dev.longshore.step.StepCounts;
import dev.longshore.step.StepException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Finds the files of a source: the repository, its directories, files and symbolic links, and what contains what. What
 * belongs to the source is what git says, less what {@code .longshoreignore} and the option {@code ignore} leave out.
 *
 * <p>The rules, the nodes' properties and the counts are in docs/steps/filesystem.md.
 */
public final class FilesystemStep implements Step {
    /** What pipelines call this step. */
    public static final String TYPE = "filesystem";

    /** The option with patterns to leave out. */
    public static final String IGNORE_OPTION = "ignore";

    private static final OptionSpec IGNORE = new OptionSpec(
            IGNORE_OPTION, OptionSpec.Kind.TEXTS, List.of(), "patterns to leave out, as in a .gitignore");
    private static final OptionSpec MAX_CONTENT_BYTES = new OptionSpec(
            "maxContentBytes",
            OptionSpec.Kind.SIZE,
            10L << 20,
            "larger files get their node and hash, and no later step reads them");
    private static final OptionSpec GIT_IGNORES = new OptionSpec(
            "gitIgnores",
            OptionSpec.Kind.FLAG,
            true,
            "outside git, leave out what .gitignore files name; in a git work tree they always count");
    private static final OptionSpec BUILTIN_IGNORES = new OptionSpec(
            "builtinIgnores",
            OptionSpec.Kind.FLAG,
            true,
            "outside git, leave out what tools make: node_modules, __pycache__, …");

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public List<OptionSpec> options() {
        return List.of(IGNORE, MAX_CONTENT_BYTES, GIT_IGNORES, BUILTIN_IGNORES);
    }

    @Override
    public StepCounts run(StepContext context) throws StepException, IOException, InterruptedException {
        SourceScope scope = SourceScope.of(
                context.workspace(),
                context.options().texts(IGNORE.name()),
                context.options().flag(GIT_IGNORES.name()),
                context.options().flag(BUILTIN_IGNORES.name()));
        Findings findings = new Findings();
        SourceGraph graph = new SourceGraph(
                context.graph(),
                context.ids(),
                findings,
                scope.start(),
                context.options().number(MAX_CONTENT_BYTES.name()));
        Optional<Dirt> dirt = scope.git().map(git -> new Dirt(git, scope.rootFolder().tracked));
        Entries entries = new Entries(scope, graph, findings, context.progress(), dirt);
        new SourceWalk(scope, entries, context.progress(), context.resources().threads()).run();
        graph.repository(context.workspace().repository(), dirt.map(Dirt::isDirty));
        return findings.toCounts();
    }
}
