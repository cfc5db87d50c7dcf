package dev.longshore.container;

import dev.longshore.step.OptionSpec;
import dev.longshore.step.OptionSpec.Kind;
import dev.longshore.step.StepException;
import dev.longshore.step.StepFailure;
import dev.longshore.step.StepOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The bounds that every container step takes as options.
 *
 * @param inactivity how long the container may write nothing; empty for as long as it likes
 * @param outputBytes how large all files of {@code /out} together may become
 * @param output how much of it is read
 */
public record ContainerOptions(Optional<Duration> inactivity, long outputBytes, OutputLimits output) {
    public static final List<OptionSpec> SPECS = List.of(
            new OptionSpec(
                    "inactivity",
                    Kind.DURATION,
                    Duration.ofMinutes(5),
                    "how long the container may write no line at all before it is stopped; 0s for no bound"),
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

    /**
     * The bounds that these options give.
     *
     * @throws StepException a value is out of its range
     */
    public static ContainerOptions of(StepOptions options) throws StepException {
        Duration inactivity = options.duration("inactivity");
        return new ContainerOptions(
                inactivity.isZero() ? Optional.empty() : Optional.of(inactivity),
                within("maxOutputBytes", options.number("maxOutputBytes"), 1, Long.MAX_VALUE),
                new OutputLimits(
                        (int) within("maxLineBytes", options.number("maxLineBytes"), 1024, LONGEST_LINE),
                        within("maxNodes", options.number("maxNodes"), 1, Integer.MAX_VALUE / 2),
                        within("maxEdges", options.number("maxEdges"), 1, Long.MAX_VALUE)));
    }

    private static long within(String name, long value, long least, long most) throws StepException {
        if (value < least || value > most) {
            throw new StepException(
                    new StepFailure.InvalidOption(name, "must be from " + least + " to " + most + ", not " + value));
        }
        return value;
    }
}
