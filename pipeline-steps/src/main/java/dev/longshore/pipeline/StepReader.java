package dev.longshore.pipeline;

import dev.longshore.step.ContainerLimits;
import dev.longshore.step.Durations;
import dev.longshore.step.OptionSpec;
import dev.longshore.step.Sizes;
import dev.longshore.step.Step;
import dev.longshore.step.StepFailure.InvalidOption;
import dev.longshore.step.StepOptions;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Reads one step of a pipeline; what is wrong is noted, and something harmless stands in its place. */
final class StepReader {
    private static final Duration TIMEOUT = Duration.ofMinutes(30);
    private static final Duration LONGEST = Duration.ofDays(7);
    private static final StepSpec.Retry RETRY = new StepSpec.Retry(3, Duration.ofSeconds(10));
    private static final int MOST_ATTEMPTS = 100;

    private final StepTypes types;
    private final List<PipelineProblem> problems;

    StepReader(StepTypes types, List<PipelineProblem> problems) {
        this.types = types;
        this.problems = problems;
    }

    /** A step as read. {@code afterLine} is where its {@code after} stands. */
    record Read(StepSpec spec, int afterLine) {}

    Read read(String name, NodeTuple entry) {
        Node node = entry.getValueNode();
        // `filesystem:` with nothing after it is a step with nothing but standard values.
        boolean bare = node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.NULL);
        YamlMap map = bare
                ? YamlMap.empty("step " + name, entry.getKeyNode(), problems)
                : new YamlMap("step " + name, node, problems);
        if (!PipelineLoader.NAME.matcher(name).matches()) {
            map.problem(entry.getKeyNode(), "a name may have letters, digits, '.', '_' and '-' only, 63 at most");
        }
        String type = map.takeScalar("type").map(ScalarNode::getValue).orElse(name);
        Optional<Step> step = types.find(type);
        if (step.isEmpty()) {
            map.problem(
                    entry.getKeyNode(),
                    "unknown step type " + type + "; known are " + String.join(", ", types.types()));
        }
        Optional<Node> afterNode = map.take("after");
        Set<String> after = afterNode.map(n -> names(map, n)).orElse(Set.of());
        DockerNeed docker = docker(map, step);
        Duration timeout = duration(map, "timeout").orElse(TIMEOUT);
        StepSpec.Retry retry = map.take("retry").map(n -> retry(name, n)).orElse(RETRY);
        ContainerLimits limits = map.take("limits").map(n -> limits(name, n)).orElse(ContainerLimits.DEFAULT);
        StepOptions options = options(name, map, step);
        map.finish();
        return new Read(
                new StepSpec(name, type, after, docker, timeout, retry, limits, options),
                afterNode.map(YamlMap::lineOf).orElse(map.line()));
    }

    private static Set<String> names(YamlMap map, Node node) {
        Optional<Object> names = new OptionSpec("after", OptionSpec.Kind.TEXTS, List.of(), "")
                .checked(YamlMap.value(node).orElse(false));
        if (names.isEmpty()) {
            map.problem(node, "after must be a step's name or a list of them");
        }
        return names.map(list ->
                        ((List<?>) list).stream().map(String.class::cast).toList())
                .map(list -> (Set<String>) new LinkedHashSet<>(list))
                .orElse(Set.of());
    }

    private static DockerNeed docker(YamlMap map, Optional<Step> step) {
        boolean uses = step.map(Step::usesDocker).orElse(false);
        DockerNeed standard = uses ? DockerNeed.REQUIRED : DockerNeed.NONE;
        Optional<ScalarNode> node = map.takeScalar("docker");
        if (node.isEmpty()) {
            return standard;
        }
        String text = node.get().getValue();
        Optional<DockerNeed> need = List.of(DockerNeed.values()).stream()
                .filter(value -> value.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst();
        if (need.isEmpty()) {
            map.problem(node.get(), "docker must be required, optional or none, not " + text);
        } else if (step.isPresent() && uses == (need.get() == DockerNeed.NONE)) {
            map.problem(
                    node.get(),
                    "docker is " + text + ", but a step of type " + step.get().type()
                            + (uses ? " runs in a container" : " uses no Docker"));
        }
        return need.orElse(standard);
    }

    private static Optional<Duration> duration(YamlMap map, String key) {
        Optional<ScalarNode> node = map.takeScalar(key);
        Optional<Duration> duration =
                node.flatMap(n -> Durations.parse(n.getValue())).filter(d -> !d.isZero() && d.compareTo(LONGEST) <= 0);
        if (node.isPresent() && duration.isEmpty()) {
            map.problem(
                    node.get(),
                    key + " must be a duration such as 90s, 10m or 1h, at most 7d, not "
                            + node.get().getValue());
        }
        return duration;
    }

    private static <T> Optional<T> number(YamlMap map, String key, String range, Function<String, Optional<T>> parse) {
        Optional<ScalarNode> node = map.takeScalar(key);
        Optional<T> number = node.flatMap(n -> parse.apply(n.getValue()));
        if (node.isPresent() && number.isEmpty()) {
            map.problem(
                    node.get(),
                    key + " must be " + range + ", not " + node.get().getValue());
        }
        return number;
    }

    private StepSpec.Retry retry(String step, Node node) {
        YamlMap map = new YamlMap("step " + step + ", retry", node, problems);
        int attempts = number(
                        map,
                        "attempts",
                        "a whole number from 1 to " + MOST_ATTEMPTS,
                        text -> whole(text, 1, MOST_ATTEMPTS))
                .orElse(RETRY.attempts());
        Duration backoff = duration(map, "backoff").orElse(RETRY.backoff());
        map.finish();
        return new StepSpec.Retry(attempts, backoff);
    }

    private ContainerLimits limits(String step, Node node) {
        YamlMap map = new YamlMap("step " + step + ", limits", node, problems);
        // The guard's own bounds, told here with their line.
        long memory = number(
                        map,
                        "memory",
                        "a size such as 512MiB or 2GiB, at least 8MiB",
                        text -> Sizes.parse(text).filter(size -> size >= 8L << 20))
                .orElse(ContainerLimits.DEFAULT.memoryBytes());
        double cpus = number(map, "cpus", "a number from 0.01 to 1024", StepReader::cpus)
                .orElse(ContainerLimits.DEFAULT.cpus());
        int pids = number(map, "pids", "a whole number from 2 to 4194304", text -> whole(text, 2, 4_194_304))
                .orElse(ContainerLimits.DEFAULT.pids());
        map.finish();
        return new ContainerLimits(memory, cpus, pids);
    }

    private static Optional<Integer> whole(String text, int least, int most) {
        try {
            int number = Integer.parseInt(text);
            return number >= least && number <= most ? Optional.of(number) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Optional<Double> cpus(String text) {
        try {
            double number = Double.parseDouble(text);
            return number >= 0.01 && number <= 1024 ? Optional.of(number) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private StepOptions options(String name, YamlMap stepMap, Optional<Step> step) {
        Optional<Node> node = stepMap.take("options");
        if (step.isEmpty()) {
            return new StepOptions(Map.of());
        }
        List<OptionSpec> specs = step.get().options();
        YamlMap map = node.map(n -> new YamlMap("step " + name + ", options", n, problems))
                .orElse(stepMap);
        Map<String, Node> written = new HashMap<>();
        Map<String, Object> given = new HashMap<>();
        if (node.isPresent()) {
            map.forEach((key, entry) -> {
                written.put(key, entry.getValueNode());
                option(map, key, entry, specs).ifPresent(value -> given.put(key, value));
            });
        }
        StepOptions options = StepOptions.of(specs, given);
        for (InvalidOption problem : step.get().problems(options)) {
            Node where = written.get(problem.name());
            if (where == null) {
                map.problem(problem.message());
            } else if (given.containsKey(problem.name())) {
                map.problem(where, problem.message());
            }
            // Else it is of the wrong kind, which is noted: what stands in for it was nobody's wish.
        }
        return options;
    }

    private static Optional<Object> option(YamlMap map, String key, NodeTuple entry, List<OptionSpec> specs) {
        Optional<OptionSpec> spec =
                specs.stream().filter(s -> s.name().equals(key)).findFirst();
        if (spec.isEmpty()) {
            map.problem(
                    entry.getKeyNode(),
                    "unknown option " + key + "; known are "
                            + specs.stream().map(OptionSpec::name).collect(Collectors.joining(", ")));
            return Optional.empty();
        }
        Optional<Object> value = YamlMap.value(entry.getValueNode())
                .filter(raw -> spec.get().checked(raw).isPresent());
        if (value.isEmpty()) {
            map.problem(
                    entry.getValueNode(),
                    "option " + key + " must be " + spec.get().kind().form());
        }
        return value;
    }
}
