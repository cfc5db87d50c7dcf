package dev.longshore.worker.runs;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.graph.PartSummary;
import dev.longshore.run.Run;
import dev.longshore.run.RunState;
import dev.longshore.run.StepRun;
import dev.longshore.run.StepState;
import dev.longshore.source.Repository;
import dev.longshore.step.StepFailure;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A run as JSON, as Redis keeps it. Workers of neighbouring versions read one another's runs: fields may be added, but the
 * meaning of one changes only together with {@link #FORMAT}, and a worker leaves runs of a format that it does not know
 * alone. Times are ISO-8601.
 */
final class RunJson {
    /** What this class writes, and the newest that it reads. */
    private static final int FORMAT = 1;

    private static final JsonMapper JSON = new JsonMapper();

    private RunJson() {}

    static byte[] write(Run run) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("format", FORMAT);
        json.set("spec", SpecJson.write(run.spec(), !run.state().isFinal()));
        json.put("state", run.state().name());
        run.repository().ifPresent(repository -> json.set("repository", repository(repository)));
        var steps = json.putArray("steps");
        run.steps().forEach(step -> steps.add(step(step)));
        run.ended().ifPresent(time -> json.put("ended", time.toString()));
        run.failure().ifPresent(failure -> json.set("failure", failure(failure)));
        return bytes(json);
    }

    /** Throws UnreadableRunException where it was written by a newer version, or by something else. */
    static Run read(byte[] bytes) {
        try {
            JsonNode json = JSON.readTree(bytes);
            int format = json.required("format").intValue();
            if (format > FORMAT) {
                throw new UnreadableRunException(
                        "a run was stored by a newer Longshore, in format " + format + ": upgrade this one");
            }
            return run(json);
        } catch (UnreadableRunException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // Values of the wrong kinds end in exceptions of many.
            throw new UnreadableRunException("what Redis has for a run cannot be read: " + e.getMessage(), e);
        }
    }

    private static Run run(JsonNode json) {
        List<StepRun> steps = new ArrayList<>();
        json.required("steps").forEach(step -> steps.add(step(step)));
        return new Run(
                SpecJson.read(json.required("spec")),
                RunState.valueOf(json.required("state").textValue()),
                Optional.ofNullable(json.get("repository")).map(RunJson::repository),
                steps,
                time(json, "ended"),
                Optional.ofNullable(json.get("failure")).map(RunJson::failure));
    }

    static byte[] bytes(JsonNode json) {
        try {
            return JSON.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of plain values is JSON", e);
        }
    }

    static JsonNode tree(byte[] bytes) throws IOException {
        return JSON.readTree(bytes);
    }

    static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }

    static Optional<String> text(JsonNode json, String field) {
        return Optional.ofNullable(json.get(field)).map(JsonNode::textValue);
    }

    private static Optional<Instant> time(JsonNode json, String field) {
        return text(json, field).map(Instant::parse);
    }

    private static ObjectNode repository(Repository repository) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("identity", repository.identity());
        json.put("name", repository.name());
        repository.origin().ifPresent(origin -> json.put("origin", origin));
        repository.commit().ifPresent(commit -> json.put("commit", commit));
        repository.branch().ifPresent(branch -> json.put("branch", branch));
        return json;
    }

    private static Repository repository(JsonNode json) {
        return new Repository(
                json.required("identity").textValue(),
                json.required("name").textValue(),
                text(json, "origin"),
                text(json, "commit"),
                text(json, "branch"));
    }

    private static ObjectNode step(StepRun step) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("name", step.name());
        json.put("state", step.state().name());
        json.put("attempt", step.attempt());
        json.put("failures", step.failures());
        step.started().ifPresent(time -> json.put("started", time.toString()));
        step.ended().ifPresent(time -> json.put("ended", time.toString()));
        step.failure().ifPresent(failure -> json.set("failure", failure(failure)));
        step.skipped()
                .ifPresent(why -> json.putObject("skipped")
                        .put("reason", why.reason().name())
                        .put("message", why.message()));
        step.outcome().ifPresent(made -> {
            ObjectNode outcome = json.putObject("outcome");
            outcome.set("counts", counts(made.counts()));
            outcome.set("nodes", counts(made.part().nodes()));
            outcome.set("edges", counts(made.part().edges()));
            outcome.put("digest", made.part().digest());
        });
        return json;
    }

    private static StepRun step(JsonNode json) {
        return new StepRun(
                json.required("name").textValue(),
                StepState.valueOf(json.required("state").textValue()),
                json.required("attempt").intValue(),
                json.required("failures").intValue(),
                time(json, "started"),
                time(json, "ended"),
                Optional.ofNullable(json.get("failure")).map(RunJson::failure),
                Optional.ofNullable(json.get("skipped"))
                        .map(why -> new StepRun.Skipped(
                                StepRun.Skipped.Reason.valueOf(
                                        why.required("reason").textValue()),
                                why.required("message").textValue())),
                Optional.ofNullable(json.get("outcome"))
                        .map(made -> new StepRun.Outcome(
                                counts(made.required("counts")),
                                new PartSummary(
                                        counts(made.required("nodes")),
                                        counts(made.required("edges")),
                                        made.required("digest").textValue()))));
    }

    private static ObjectNode failure(StepFailure failure) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("code", failure.code())
                .put("message", failure.message())
                .put("retryable", failure.retryable())
                .put("fix", failure.fix());
    }

    private static StepFailure failure(JsonNode json) {
        return new StepFailure.Recorded(
                json.required("code").textValue(),
                json.required("message").textValue(),
                json.required("retryable").booleanValue(),
                json.required("fix").textValue());
    }

    private static ObjectNode counts(Map<String, Long> counts) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        counts.forEach(json::put);
        return json;
    }

    private static SortedMap<String, Long> counts(JsonNode json) {
        SortedMap<String, Long> counts = new TreeMap<>();
        json.properties()
                .forEach(entry -> counts.put(entry.getKey(), entry.getValue().longValue()));
        return counts;
    }
}
