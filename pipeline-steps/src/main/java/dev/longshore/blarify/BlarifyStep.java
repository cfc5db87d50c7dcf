package dev.longshore.blarify;

import dev.longshore.container.ContainerOptions;
import dev.longshore.container.ContainerSpec;
import dev.longshore.container.ContainerWork;
import dev.longshore.docker.PullPolicy;
import dev.longshore.step.OptionSpec;
import dev.longshore.step.OptionSpec.Kind;
import dev.longshore.step.Step;
import dev.longshore.step.StepContext;
import dev.longshore.step.StepCounts;
import dev.longshore.step.StepException;
import dev.longshore.step.StepFailure.InvalidOption;
import dev.longshore.step.StepOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The step of type {@code blarify}: a container step whose image is ours. The options it passes on are checked by the image,
 * which names all that are wrong.
 */
public final class BlarifyStep implements Step {
    private static final List<String> LANGUAGES =
            List.of("csharp", "go", "java", "javascript", "php", "python", "ruby", "typescript");
    /** Blarify's own bound. */
    private static final long MAX_FILE_BYTES = 800_000;

    @Override
    public String type() {
        return "blarify";
    }

    @Override
    public List<OptionSpec> options() {
        List<OptionSpec> options = new ArrayList<>(List.of(
                new OptionSpec("image", Kind.TEXT, "", "the analyser's image; empty for the one this version builds"),
                new OptionSpec("references", Kind.FLAG, true, "whether references of Python files are resolved"),
                new OptionSpec("languages", Kind.TEXTS, LANGUAGES, "the languages to analyse"),
                new OptionSpec(
                        "maxFileBytes", Kind.SIZE, MAX_FILE_BYTES, "files above this size are skipped and counted"),
                new OptionSpec("secondsPerFile", Kind.COUNT, 120L, "how long the references of one file may take"),
                new OptionSpec(
                        "workers", Kind.COUNT, 0L, "processes side by side; 0 for as many as there is room for")));
        options.addAll(ContainerOptions.SPECS);
        return List.copyOf(options);
    }

    @Override
    public boolean usesDocker() {
        return true;
    }

    @Override
    public Optional<String> image(StepOptions options) {
        String named = options.text("image");
        return Optional.of(named.isBlank() ? Standard.REFERENCE : named);
    }

    @Override
    public PullPolicy pull(StepOptions options) {
        return ContainerOptions.pull(options);
    }

    @Override
    public List<InvalidOption> problems(StepOptions options) {
        List<InvalidOption> problems = new ArrayList<>(ContainerOptions.problems(options));
        String named = options.text("image");
        if (!named.isBlank()) {
            ContainerOptions.imageProblem(named).ifPresent(problems::add);
        }
        return problems;
    }

    @Override
    public String imageFix(String image) {
        return image.equals(Standard.REFERENCE) ? "longshore images build" : "docker pull " + image;
    }

    @Override
    public StepCounts run(StepContext context) throws StepException, IOException, InterruptedException {
        StepOptions options = context.options();
        String image = image(options).orElseThrow();
        ContainerSpec spec = new ContainerSpec(
                image,
                imageFix(image),
                List.of(),
                List.of(),
                Map.of(),
                Map.of(
                        "references", options.flag("references"),
                        "languages", options.texts("languages"),
                        "maxFileBytes", options.number("maxFileBytes"),
                        "secondsPerFile", options.number("secondsPerFile"),
                        "workers", options.number("workers")),
                ContainerOptions.of(options));
        return new ContainerWork(context, spec).run();
    }

    /** Read and hashed at the first use only: listing the steps must not cost that. */
    private static final class Standard {
        static final String REFERENCE = AnalyserImage.ofThisVersion().reference();
    }
}
