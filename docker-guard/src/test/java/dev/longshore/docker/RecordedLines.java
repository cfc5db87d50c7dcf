package dev.longshore.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.docker.audit.AuditReport;
import dev.longshore.docker.audit.AuditVerifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What an audit log says. */
final class RecordedLines {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path directory;

    RecordedLines(Path directory) {
        this.directory = directory;
    }

    List<JsonNode> all() {
        try {
            List<JsonNode> lines = new ArrayList<>();
            for (String line : Files.readAllLines(directory.resolve("audit.jsonl"))) {
                lines.add(JSON.readTree(line));
            }
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Event, operation and result of each, without those of the log itself. */
    List<String> told() {
        return all().stream()
                .filter(line -> line.has("operation"))
                .map(line -> line.path("event").asText() + " "
                        + line.path("operation").asText()
                        + (line.has("result") ? " " + line.path("result").asText() : ""))
                .toList();
    }

    /** The first with this event and operation. */
    JsonNode line(String event, String operation) {
        return all().stream()
                .filter(line -> line.path("event").asText().equals(event)
                        && line.path("operation").asText().equals(operation))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + event + " " + operation + " in " + told()));
    }

    String text() {
        try {
            return Files.readString(directory.resolve("audit.jsonl"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    AuditReport verify() {
        return new AuditVerifier(Optional.empty(), Optional.empty()).directory(directory);
    }
}
