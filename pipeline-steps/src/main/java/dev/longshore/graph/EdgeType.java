package dev.longshore.graph;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What an edge says of its two nodes. The constant's name is what {@code edges.jsonl} holds. */
public enum EdgeType {
    /** Repository or directory → directory, file or symlink. */
    CONTAINS,
    /** File, class or function → class or function. */
    DEFINES,
    CALLS,
    IMPORTS,
    INHERITS,
    INSTANTIATES,
    USES_TYPE,
    ASSIGNS,
    USES,
    /** Document or section → section. */
    HAS_SECTION,
    /** Document or section → code block. */
    HAS_CODE_BLOCK,
    /** Document or section → file, directory, section or URL. */
    LINKS_TO,
    /** Document or section → file, class or function named in it. */
    REFERENCES,
    /** Document → the file it was read from; docstring → its owner. */
    DESCRIBES;

    private static final Map<String, EdgeType> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(EdgeType::name, Function.identity()));

    /** The type written as {@code text}, or empty if there is none such. */
    public static Optional<EdgeType> of(String text) {
        return Optional.ofNullable(BY_NAME.get(text));
    }
}
