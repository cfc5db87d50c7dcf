package dev.longshore.container;

import dev.longshore.docker.ImageReference;
import dev.longshore.docker.PullPolicy;
import dev.longshore.step.OptionSpec;
import dev.longshore.step.OptionSpec.Kind;
import dev.longshore.step.StepException;
import dev.longshore.step.StepFailure.InvalidOption;
import dev.longshore.step.StepOptions;
import dev.longshore.text.ForeignText;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What every container step takes as options.
 *
 * @param pull when the image is fetched from its registry
 * @param inactivity how long the container may write nothing; empty for as long as it likes
 * @param outputBytes how large all files of {@code /out} together may become
 * @param output how much of it is read
 */
public record ContainerOptions(PullPolicy pull, Optional<Duration> inactivity, long outputBytes, OutputLimits output) {
    public static final List<OptionSpec> SPECS = List.of(
            new OptionSpec(
                    "inactivity",
                    Kind.DURATION,
                    Duration.ofMinutes(5),
                    "how long the container may write no line at all before it is stopped; 0s for no bound"),
            new OptionSpec(
                    "pull",
                    Kind.TEXT,
                    PullPolicy.NEVER.toString(),
                    "when the image is pulled: never, missing, always or daily"),
            new OptionSpec("maxOutputBytes", Kind.SIZE, 2L << 30, "how large all that it writes to /out may become"),
            new OptionSpec(
                    "maxLineBytes", Kind.SIZE, (long) OutputLimits.DEFAULT.lineBytes(), "longest line of its output"),
            new OptionSpec(
                    "maxNodes",
                    Kind.COUNT,
                    OutputLimits.DEFAULT.nodes(),
                    "how many nodes it may write; each takes 64 B"),
            new OptionSpec("maxEdges", Kind.COUNT, OutputLimits.DEFAULT.edges(), "how many edges it may write"));

    private static final long LONGEST_LINE = 1L << 30;

    /** What is wrong with the values of {@link #SPECS} in these options. */
    public static List<InvalidOption> problems(StepOptions options) {
        return Stream.of(
                        pullProblem(options),
                        range(options, "maxOutputBytes", 1, Long.MAX_VALUE),
                        range(options, "maxLineBytes", 1024, LONGEST_LINE),
                        range(options, "maxNodes", 1, Integer.MAX_VALUE / 2),
                        range(options, "maxEdges", 1, Long.MAX_VALUE))
                .flatMap(Optional::stream)
                .toList();
    }

    /** What is wrong with the name of an image, the value of an option {@code image}. */
    public static Optional<InvalidOption> imageProblem(String image) {
        return ImageReference.isValid(image)
                ? Optional.empty()
                : Optional.of(new InvalidOption(
                        "image",
                        ForeignText.quoted(image)
                                + " is no image reference such as alpine:3.20 or example.org/team/analyser:1"));
    }

    /**
     * The bounds that these options give.
     *
     * @throws StepException a value is out of its range
     */
    public static ContainerOptions of(StepOptions options) throws StepException {
        Optional<InvalidOption> problem = problems(options).stream().findFirst();
        if (problem.isPresent()) {
            throw new StepException(problem.get());
        }
        Duration inactivity = options.duration("inactivity");
        return new ContainerOptions(
                pull(options),
                inactivity.isZero() ? Optional.empty() : Optional.of(inactivity),
                options.number("maxOutputBytes"),
                new OutputLimits(
                        (int) options.number("maxLineBytes"), options.number("maxNodes"), options.number("maxEdges")));
    }

    /** When these options have the image pulled; never, if they do not say so in a word that there is. */
    public static PullPolicy pull(StepOptions options) {
        return PullPolicy.parse(options.text("pull")).orElse(PullPolicy.NEVER);
    }

    private static Optional<InvalidOption> pullProblem(StepOptions options) {
        String pull = options.text("pull");
        return PullPolicy.parse(pull).isPresent()
                ? Optional.empty()
                : Optional.of(new InvalidOption(
                        "pull", "must be never, missing, always or daily, not " + ForeignText.quoted(pull)));
    }

    private static Optional<InvalidOption> range(StepOptions options, String name, long least, long most) {
        long value = options.number(name);
        return value >= least && value <= most
                ? Optional.empty()
                : Optional.of(new InvalidOption(name, "must be from " + least + " to " + most + ", not " + value));
    }
}
