package dev.longshore.graph;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What a node stands for. The text is what {@code nodes.jsonl} holds. */
public enum Label {
    REPOSITORY("Repository"),
    DIRECTORY("Directory"),
    FILE("File"),
    SYMLINK("Symlink"),
    CLASS("Class"),
    FUNCTION("Function"),
    DOCUMENT("Document"),
    SECTION("Section"),
    CODE_BLOCK("CodeBlock"),
    DOCSTRING("Docstring"),
    URL("Url");

    private static final Map<String, Label> BY_TEXT =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(Label::text, Function.identity()));

    private final String text;

    Label(String text) {
        this.text = text;
    }

    public String text() {
        return text;
    }

    /** The label written as {@code text}, or empty if there is none such. */
    public static Optional<Label> of(String text) {
        return Optional.ofNullable(BY_TEXT.get(text));
    }
}
