package dev.longshore.worker.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.pipeline.DockerNeed;
import dev.longshore.pipeline.Pipeline;
import dev.longshore.pipeline.StepSpec;
import dev.longshore.run.DockerMode;
import dev.longshore.run.RunId;
import dev.longshore.run.RunSpec;
import dev.longshore.source.Source;
import dev.longshore.step.ContainerLimits;
import dev.longshore.step.StepOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What a run is asked to do, as JSON; {@link RunJson} says what may change in it. */
final class SpecJson {
    private SpecJson() {}

    /** @param secrets whether the source keeps the user and password of its URL, which only those who clone it need */
    static ObjectNode write(RunSpec spec, boolean secrets) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", spec.id().value());
        json.set("source", source(spec.source(), secrets));
        json.set("pipeline", pipeline(spec.pipeline()));
        json.put("docker", spec.docker().name());
        json.put("out", spec.out().toString());
        json.put("created", spec.created().toString());
        return json;
    }

    static RunSpec read(JsonNode json) {
        return new RunSpec(
                new RunId(json.required("id").textValue()),
                source(json.required("source")),
                pipeline(json.required("pipeline")),
                DockerMode.valueOf(json.required("docker").textValue()),
                Path.of(json.required("out").textValue()),
                Instant.parse(json.required("created").textValue()));
    }

    private static ObjectNode source(Source source, boolean secrets) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        if (source instanceof Source.Git git) {
            json.put("git", secrets ? git.url() : git.display());
            git.ref().ifPresent(ref -> json.put("ref", ref));
            git.name().ifPresent(name -> json.put("name", name));
        } else {
            Source.Directory directory = (Source.Directory) source;
            json.put("directory", directory.path().toString());
            directory.name().ifPresent(name -> json.put("name", name));
        }
        return json;
    }

    private static Source source(JsonNode json) {
        Optional<String> name = RunJson.text(json, "name");
        return json.has("git")
                ? new Source.Git(json.get("git").textValue(), RunJson.text(json, "ref"), name)
                : new Source.Directory(Path.of(json.required("directory").textValue()), name);
    }

    private static ObjectNode pipeline(Pipeline pipeline) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("name", pipeline.name());
        ArrayNode steps = json.putArray("steps");
        pipeline.steps().forEach(step -> steps.add(step(step)));
        return json;
    }

    private static Pipeline pipeline(JsonNode json) {
        List<StepSpec> steps = new ArrayList<>();
        json.required("steps").forEach(step -> steps.add(step(step)));
        return new Pipeline(json.required("name").textValue(), steps);
    }

    private static ObjectNode step(StepSpec step) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("name", step.name());
        json.put("type", step.type());
        step.after().forEach(json.putArray("after")::add);
        json.put("docker", step.docker().name());
        json.put("timeout", step.timeout().toString());
        json.put("attempts", step.retry().attempts());
        json.put("backoff", step.retry().backoff().toString());
        json.put("memory", step.limits().memoryBytes());
        json.put("cpus", step.limits().cpus());
        json.put("pids", step.limits().pids());
        ObjectNode options = json.putObject("options");
        step.options().values().forEach((name, value) -> options.set(name, option(value)));
        return json;
    }

    private static StepSpec step(JsonNode json) {
        Set<String> after = new LinkedHashSet<>();
        json.required("after").forEach(name -> after.add(name.textValue()));
        Map<String, Object> options = new TreeMap<>();
        json.required("options").properties().forEach(entry -> options.put(entry.getKey(), option(entry.getValue())));
        return new StepSpec(
                json.required("name").textValue(),
                json.required("type").textValue(),
                after,
                DockerNeed.valueOf(json.required("docker").textValue()),
                Duration.parse(json.required("timeout").textValue()),
                new StepSpec.Retry(
                        json.required("attempts").intValue(),
                        Duration.parse(json.required("backoff").textValue())),
                new ContainerLimits(
                        json.required("memory").longValue(),
                        json.required("cpus").doubleValue(),
                        json.required("pids").intValue()),
                new StepOptions(options));
    }

    /** A value of an option, whose Java type tells its kind; a duration would look like a text otherwise. */
    private static JsonNode option(Object value) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        if (value instanceof Boolean flag) {
            return nodes.booleanNode(flag);
        }
        if (value instanceof Long number) {
            return nodes.numberNode(number);
        }
        if (value instanceof String text) {
            return nodes.textNode(text);
        }
        if (value instanceof Duration duration) {
            return nodes.objectNode().put("duration", duration.toString());
        }
        if (value instanceof List<?> texts) {
            ArrayNode list = nodes.arrayNode();
            texts.forEach(text -> list.add((String) text));
            return list;
        }
        throw new IllegalArgumentException("no option has a " + value.getClass().getName());
    }

    private static Object option(JsonNode json) {
        return switch (json.getNodeType()) {
            case BOOLEAN -> json.booleanValue();
            case NUMBER -> json.longValue();
            case STRING -> json.textValue();
            case OBJECT -> Duration.parse(json.required("duration").textValue());
            case ARRAY -> {
                List<String> texts = new ArrayList<>();
                json.forEach(text -> texts.add(text.textValue()));
                yield List.copyOf(texts);
            }
            default -> throw new IllegalArgumentException("no option is " + json);
        };
    }
}
