package dev.longshore.container;

import dev.longshore.step.OptionSpec;
import dev.longshore.step.OptionSpec.Kind;
import dev.longshore.step.Step;
import dev.longshore.step.StepContext;
import dev.longshore.step.StepCounts;
import dev.longshore.step.StepException;
import dev.longshore.step.StepFailure;
import dev.longshore.step.StepOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The step of type {@code container}: an image that a team brings. */
public final class ContainerStep implements Step {
    @Override
    public String type() {
        return "container";
    }

    @Override
    public List<OptionSpec> options() {
        List<OptionSpec> options = new ArrayList<>(List.of(
                new OptionSpec("image", Kind.TEXT, "", "the image to run; it is never pulled"),
                new OptionSpec("entrypoint", Kind.TEXTS, List.of(), "replaces the image's entrypoint"),
                new OptionSpec("command", Kind.TEXTS, List.of(), "replaces the image's command"),
                new OptionSpec("env", Kind.TEXTS, List.of(), "environment variables, each NAME=value"),
                new OptionSpec("with", Kind.TEXTS, List.of(), "what step.json holds as options, each name=value")));
        options.addAll(ContainerOptions.SPECS);
        return List.copyOf(options);
    }

    @Override
    public boolean usesDocker() {
        return true;
    }

    @Override
    public Optional<String> image(StepOptions options) {
        return Optional.of(options.text("image")).filter(image -> !image.isBlank());
    }

    @Override
    public StepCounts run(StepContext context) throws StepException, IOException, InterruptedException {
        StepOptions options = context.options();
        String image = image(options)
                .orElseThrow(() -> new StepException(
                        new StepFailure.InvalidOption("image", "a step of type container needs an image")));
        ContainerSpec spec = new ContainerSpec(
                image,
                "docker pull " + image,
                options.texts("entrypoint"),
                options.texts("command"),
                pairs("env", options.texts("env")),
                new TreeMap<>(pairs("with", options.texts("with"))),
                ContainerOptions.of(options));
        return new ContainerWork(context, spec).run();
    }

    private static Map<String, String> pairs(String option, List<String> texts) throws StepException {
        Map<String, String> pairs = new TreeMap<>();
        for (String text : texts) {
            int equals = text.indexOf('=');
            if (equals < 1) {
                throw new StepException(new StepFailure.InvalidOption(
                        option, ForeignText.quoted(text) + " is not of the form name=value"));
            }
            if (pairs.put(text.substring(0, equals), text.substring(equals + 1)) != null) {
                throw new StepException(
                        new StepFailure.InvalidOption(option, text.substring(0, equals) + " is there twice"));
            }
        }
        return pairs;
    }
}
