package dev.longshore.container;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.longshore.step.Progress;
import dev.longshore.text.ForeignText;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The lines by which an image tells how far it is: {@code {"progress":{"done":3,"total":10,"message":"reading"}}}, each field
 * optional. A line that is anything else is log. Not thread-safe.
 *
 * <p>An image may work in phases, each counting from 0 again: what the phases before had in all stays done.
 */
final class ProgressLines {
    private static final String START = "{\"progress\"";
    private static final int LONGEST_LINE = 4096;
    private static final int LONGEST_MESSAGE = 120;
    /** Above this a number is no count of anything. */
    private static final long MOST = 1L << 40;

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(4).build())
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private final Progress progress;
    private long doneBefore;
    private long done;
    private long total;

    ProgressLines(Progress progress) {
        this.progress = progress;
    }

    /** Takes the line if it is one of these; false if it is log. */
    boolean take(String line) {
        if (!line.startsWith(START) || line.length() > LONGEST_LINE) {
            return false;
        }
        Told told = parse(line);
        if (told == null || told.done > MOST || told.total > MOST) {
            return false;
        }
        if (told.done >= 0 && told.done < done) {
            progress.advance(Math.max(0, total - done));
            doneBefore += Math.max(total, done);
            done = 0;
            total = 0;
        }
        if (told.total >= 0 && told.total != total) {
            total = told.total;
            progress.total(doneBefore + total);
        }
        if (told.done > done) {
            progress.advance(told.done - done);
            done = told.done;
        }
        if (!told.message.isEmpty()) {
            progress.message(ForeignText.oneLine(told.message, LONGEST_MESSAGE));
        }
        return true;
    }

    private static final class Told {
        long done = -1;
        long total = -1;
        String message = "";
    }

    private static @Nullable Told parse(String line) {
        try (JsonParser json = JSON.createParser(line)) {
            json.nextToken();
            json.nextToken();
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            Told told = new Told();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                JsonToken value = json.nextToken();
                switch (name) {
                    case "done" -> told.done = count(json, value);
                    case "total" -> told.total = count(json, value);
                    case "message" -> told.message = value == JsonToken.VALUE_STRING ? json.getText() : "";
                    default -> json.skipChildren();
                }
            }
            return json.nextToken() == JsonToken.END_OBJECT && json.nextToken() == null ? told : null;
        } catch (IOException e) {
            // Whatever it is, it is no progress; the caller logs the line.
            return null;
        }
    }

    private static long count(JsonParser json, JsonToken value) throws IOException {
        return value == JsonToken.VALUE_NUMBER_INT ? Math.max(json.getLongValue(), -1) : -1;
    }
}
