package dev.longshore.docker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.docker.policy.Decision;
import dev.longshore.docker.policy.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** An object of a request being read: each key is taken once, and those that nobody takes are refused by name. */
final class JsonFields {
    private final String key;
    private final JsonNode node;
    private final List<Decision> problems;
    private final List<String> taken = new ArrayList<>();

    /** @param key how to call the object in messages; empty for the request itself */
    JsonFields(String key, JsonNode node, List<Decision> problems) {
        this.key = key;
        this.node = node;
        this.problems = problems;
        if (!node.isObject()) {
            invalid("", "must be an object");
        }
    }

    /** How to call one of its keys; the object itself if empty. */
    String path(String inner) {
        if (inner.isEmpty()) {
            return key.isEmpty() ? "the request" : key;
        }
        return key.isEmpty() ? inner : key + "." + inner;
    }

    private Optional<JsonNode> take(String inner) {
        taken.add(inner);
        return Optional.ofNullable(node.get(inner)).filter(value -> !value.isNull());
    }

    Optional<String> text(String inner) {
        Optional<JsonNode> value = take(inner);
        if (value.isPresent() && !value.get().isTextual()) {
            invalid(inner, "must be text");
            return Optional.empty();
        }
        return value.map(JsonNode::asText);
    }

    /** A text that must be there; empty where it is not. */
    String requiredText(String inner) {
        if (!node.hasNonNull(inner)) {
            invalid(inner, "must be there");
        }
        return text(inner).orElse("");
    }

    /** A number, or a text that holds one with its unit. */
    Optional<String> amount(String inner) {
        Optional<JsonNode> value = take(inner);
        if (value.isPresent() && !value.get().isTextual() && !value.get().isNumber()) {
            invalid(inner, "must be a number, or one with its unit as text");
            return Optional.empty();
        }
        return value.map(JsonNode::asText);
    }

    Optional<Boolean> flag(String inner) {
        Optional<JsonNode> value = take(inner);
        if (value.isPresent() && !value.get().isBoolean()) {
            invalid(inner, "must be true or false");
            return Optional.empty();
        }
        return value.map(JsonNode::asBoolean);
    }

    List<String> texts(String inner) {
        List<String> texts = new ArrayList<>();
        list(inner, (itemKey, item) -> {
            if (item.isTextual()) {
                texts.add(item.asText());
            } else {
                invalid(itemKey, "must be text");
            }
        });
        return texts;
    }

    Optional<JsonFields> object(String inner) {
        return take(inner).map(value -> new JsonFields(path(inner), value, problems));
    }

    void objects(String inner, Consumer<JsonFields> consumer) {
        list(inner, (itemKey, item) -> consumer.accept(new JsonFields(path(itemKey), item, problems)));
    }

    private void list(String inner, BiConsumer<String, JsonNode> consumer) {
        Optional<JsonNode> value = take(inner);
        if (value.isPresent() && !value.get().isArray()) {
            invalid(inner, "must be a list");
            return;
        }
        for (int i = 0; i < value.map(JsonNode::size).orElse(0); i++) {
            consumer.accept(inner + "[" + i + "]", value.orElseThrow().get(i));
        }
    }

    /** Every key with its text. */
    void forEachText(BiConsumer<String, String> consumer) {
        node.properties().forEach(entry -> {
            if (entry.getValue().isTextual()) {
                consumer.accept(entry.getKey(), entry.getValue().asText());
            } else {
                invalid(entry.getKey(), "must be text");
            }
        });
    }

    void finish() {
        node.fieldNames().forEachRemaining(name -> {
            if (!taken.contains(name)) {
                problems.add(Decision.never(
                        Rule.REQUEST_UNKNOWN,
                        Text.oneLine(path(name)),
                        UnsaidWords.reason(name) + "; the words here are " + String.join(", ", taken)));
            }
        });
    }

    private void invalid(String inner, String reason) {
        problems.add(Decision.never(Rule.REQUEST_INVALID, path(inner), reason));
    }
}
