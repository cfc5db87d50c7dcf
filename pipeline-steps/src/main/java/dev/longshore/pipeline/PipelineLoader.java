package dev.longshore.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Reads pipelines from YAML and checks all of a file before it says what is wrong: unknown keys and types, wrong values,
 * {@code after} that names nothing or goes round in a circle. The form is in docs/pipelines.md.
 */
public final class PipelineLoader {
    /** Letters, digits and a few marks: a name goes into file names, labels and job ids. */
    static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    private static final long LONGEST_FILE = 1 << 20;

    private final StepTypes types;

    public PipelineLoader(StepTypes types) {
        this.types = types;
    }

    /** The pipeline that runs where none is named; it ships with the program. */
    public Pipeline standard() {
        String resource = "default-pipeline.yaml";
        try (InputStream in = PipelineLoader.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is missing from the program");
            }
            return parse(resource, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The pipeline in a file.
     *
     * @throws InvalidPipelineException with all that is wrong with it
     * @throws IOException the file cannot be read
     */
    public Pipeline load(Path file) throws IOException {
        if (Files.size(file) > LONGEST_FILE) {
            throw new InvalidPipelineException(
                    file.toString(), List.of(PipelineProblem.nowhere("longer than 1 MiB: this is no pipeline")));
        }
        return parse(file.toString(), Files.readString(file));
    }

    /** @param origin how to call the text in messages: its file's name */
    Pipeline parse(String origin, String yaml) {
        List<PipelineProblem> problems = new ArrayList<>();
        Pipeline pipeline = compose(yaml, problems)
                .map(root -> pipeline(root, problems))
                .orElseGet(() -> new Pipeline("none", List.of()));
        if (!problems.isEmpty()) {
            problems.sort((a, b) -> Integer.compare(a.line(), b.line()));
            throw new InvalidPipelineException(origin, problems);
        }
        return pipeline;
    }

    private static Optional<Node> compose(String yaml, List<PipelineProblem> problems) {
        try {
            Optional<Node> root = new Compose(
                            LoadSettings.builder().setAllowDuplicateKeys(true).build())
                    .composeString(yaml);
            if (root.isEmpty()) {
                problems.add(PipelineProblem.nowhere("the file is empty"));
            }
            return root;
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(Mark::getLine).orElse(-1) + 1;
            problems.add(new PipelineProblem(line, "not YAML: " + e.getProblem()));
        } catch (YamlEngineException e) {
            problems.add(PipelineProblem.nowhere("not YAML: " + e.getMessage()));
        }
        return Optional.empty();
    }

    private Pipeline pipeline(Node root, List<PipelineProblem> problems) {
        YamlMap map = new YamlMap("the pipeline", root, problems);
        if (!problems.isEmpty()) {
            return new Pipeline("none", List.of());
        }
        String name = map.takeScalar("name").map(node -> node.getValue()).orElse("unnamed");
        if (!NAME.matcher(name).matches()) {
            map.problem("name may have letters, digits, '.', '_' and '-' only, 63 at most");
        }
        Map<String, StepReader.Read> steps = new LinkedHashMap<>();
        Optional<Node> stepsNode = map.take("steps");
        if (stepsNode.isEmpty()) {
            map.problem("has no steps");
        } else {
            YamlMap stepsMap = new YamlMap("steps", stepsNode.get(), problems);
            StepReader reader = new StepReader(types, problems);
            stepsMap.forEach((stepName, entry) -> steps.put(stepName, reader.read(stepName, entry)));
            if (stepsMap.isEmpty()) {
                stepsMap.problem("there must be at least one");
            }
        }
        map.finish();
        return new Pipeline(name, new StepOrder(steps, problems).ordered());
    }
}
