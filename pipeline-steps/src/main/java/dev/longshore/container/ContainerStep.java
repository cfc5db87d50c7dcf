package dev.longshore.container;

import dev.longshore.docker.ContainerRequest;
import dev.longshore.docker.PullPolicy;
import dev.longshore.step.OptionSpec;
import dev.longshore.step.OptionSpec.Kind;
import dev.longshore.step.Step;
import dev.longshore.step.StepContext;
import dev.longshore.step.StepCounts;
import dev.longshore.step.StepException;
import dev.longshore.step.StepFailure.InvalidOption;
import dev.longshore.step.StepOptions;
import dev.longshore.text.ForeignText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
                new OptionSpec("image", Kind.TEXT, "", "the image to run"),
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
    public PullPolicy pull(StepOptions options) {
        return ContainerOptions.pull(options);
    }

    @Override
    public List<InvalidOption> problems(StepOptions options) {
        List<InvalidOption> problems = new ArrayList<>();
        String image = options.text("image");
        if (image.isBlank()) {
            problems.add(new InvalidOption("image", "a step of type container needs an image"));
        } else {
            ContainerOptions.imageProblem(image).ifPresent(problems::add);
        }
        for (String option : List.of("env", "with")) {
            pairsProblem(option, options.texts(option)).ifPresent(problems::add);
        }
        problems.addAll(guardProblems(options));
        problems.addAll(ContainerOptions.problems(options));
        return problems;
    }

    /** What docker-guard would refuse when the step runs. */
    private static List<InvalidOption> guardProblems(StepOptions options) {
        List<InvalidOption> problems = new ArrayList<>();
        for (String option : List.of("entrypoint", "command")) {
            ContainerRequest.commandProblem(options.texts(option))
                    .ifPresent(problem -> problems.add(new InvalidOption(option, problem)));
        }
        for (String pair : options.texts("env")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                ContainerRequest.variableProblem(pair.substring(0, equals), pair.substring(equals + 1))
                        .ifPresent(problem -> problems.add(new InvalidOption("env", problem)));
            }
        }
        return problems;
    }

    @Override
    public StepCounts run(StepContext context) throws StepException, IOException, InterruptedException {
        StepOptions options = context.options();
        Optional<InvalidOption> problem = problems(options).stream().findFirst();
        if (problem.isPresent()) {
            throw new StepException(problem.get());
        }
        String image = options.text("image");
        ContainerSpec spec = new ContainerSpec(
                image,
                imageFix(image),
                options.texts("entrypoint"),
                options.texts("command"),
                pairs(options.texts("env")),
                new TreeMap<>(pairs(options.texts("with"))),
                ContainerOptions.of(options));
        return new ContainerWork(context, spec).run();
    }

    private static Optional<InvalidOption> pairsProblem(String option, List<String> texts) {
        Set<String> names = new HashSet<>();
        for (String text : texts) {
            int equals = text.indexOf('=');
            if (equals < 1) {
                return Optional.of(
                        new InvalidOption(option, ForeignText.quoted(text) + " is not of the form name=value"));
            }
            if (!names.add(text.substring(0, equals))) {
                return Optional.of(new InvalidOption(option, text.substring(0, equals) + " is there twice"));
            }
        }
        return Optional.empty();
    }

    private static Map<String, String> pairs(List<String> texts) {
        Map<String, String> pairs = new TreeMap<>();
        for (String text : texts) {
            int equals = text.indexOf('=');
            pairs.put(text.substring(0, equals), text.substring(equals + 1));
        }
        return pairs;
    }
}
