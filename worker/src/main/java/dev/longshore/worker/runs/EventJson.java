package dev.longshore.worker.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.run.RunEvent;
import dev.longshore.run.RunId;
import dev.longshore.run.RunState;
import dev.longshore.run.StepState;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An event of a run as JSON, as Redis keeps it and as {@code runs watch --json} prints it. */
public final class EventJson {
    private static final Logger LOG = LoggerFactory.getLogger(EventJson.class);

    /** Stands in {@link #waits} for what only the script knows. */
    private static final String FOR_WHICH = "%s";

    private EventJson() {}

    /** The event without its sequence number, which its place in the stream gives. */
    public static ObjectNode write(RunEvent event, Instant time) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("time", time.toString());
        if (event instanceof RunEvent.RunChanged run) {
            json.put("type", "run").put("state", run.state().name());
            putIfAny(json, run.message());
        } else if (event instanceof RunEvent.Waits waits) {
            json.put("type", "waits").put("after", waits.after().value());
        } else if (event instanceof RunEvent.StepChanged step) {
            json.put("type", "step").put("step", step.step());
            json.put("state", step.state().name()).put("attempt", step.attempt());
            putIfAny(json, step.message());
        } else if (event instanceof RunEvent.StepProgressed progress) {
            json.put("type", "progress").put("step", progress.step());
            json.put("done", progress.done()).put("total", progress.total());
            putIfAny(json, progress.message());
        }
        return json;
    }

    private static void putIfAny(ObjectNode json, String message) {
        if (!message.isEmpty()) {
            json.put("message", message);
        }
    }

    /** A {@link RunEvent.Waits} in which the script puts the run. */
    static byte[] waits(Instant time) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("time", time.toString()).put("type", "waits").put("after", FOR_WHICH);
        return RunJson.bytes(json);
    }

    /** The event; empty if it is of a type that only a newer Longshore knows, or none: nobody seals events. */
    static Optional<RunEvent.Entry> read(long sequence, byte[] bytes) {
        try {
            JsonNode json = RunJson.tree(bytes);
            Instant time = Instant.parse(json.required("time").textValue());
            return event(json).map(event -> new RunEvent.Entry(sequence, time, event));
        } catch (IOException | RuntimeException e) {
            // Values of the wrong kinds end in exceptions of many.
            LOG.debug("event {} of a run is left out: it cannot be read", sequence, e);
            return Optional.empty();
        }
    }

    private static Optional<RunEvent> event(JsonNode json) {
        String message = RunJson.text(json, "message").orElse("");
        return switch (json.required("type").textValue()) {
            case "run" ->
                Optional.of(new RunEvent.RunChanged(
                        RunState.valueOf(json.required("state").textValue()), message));
            case "waits" ->
                Optional.of(new RunEvent.Waits(new RunId(json.required("after").textValue())));
            case "step" ->
                Optional.of(new RunEvent.StepChanged(
                        json.required("step").textValue(),
                        StepState.valueOf(json.required("state").textValue()),
                        json.required("attempt").intValue(),
                        message));
            case "progress" ->
                Optional.of(new RunEvent.StepProgressed(
                        json.required("step").textValue(),
                        json.required("done").longValue(),
                        json.required("total").longValue(),
                        message));
            default -> Optional.empty();
        };
    }
}
