package dev.longshore.docgrapher.docstring;

import dev.longshore.docgrapher.docstring.Definitions.Definition;
import dev.longshore.docgrapher.docstring.Docstring.Owner;
import dev.longshore.docgrapher.docstring.SyntaxTree.Found;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Javadoc and JSDoc: a comment that begins with two asterisks and stands right before a class or function. Between the two
 * only white space, other comments, decorators and words such as {@code export} may stand.
 */
final class DocComments {
    /** What may stand between a JSDoc comment and the definition's own node. */
    private static final Set<String> WORDS =
            Set.of("export", "default", "declare", "abstract", "async", "const", "let", "var");

    private static final int LONGEST_GAP = 200;
    private static final Pattern FILE_TAG =
            Pattern.compile("(?m)^\\s*@(fileoverview|file|module|packageDocumentation|overview)\\b");

    private final SyntaxTree tree;
    private final List<Docstring> docstrings = new ArrayList<>();
    /** The comment that waits for its definition, and the end of what belongs to it. */
    private @Nullable Found waiting;

    private int waitingEnd;

    DocComments(SyntaxTree tree) {
        this.tree = tree;
    }

    List<Docstring> read() {
        Definitions definitions = new Definitions(tree);
        for (Found found : tree.find()) {
            switch (found.kind()) {
                case COMMENT -> comment(found);
                case DECORATOR -> {
                    if (waiting != null && isGap(waitingEnd, found.start())) {
                        waitingEnd = found.end();
                    }
                }
                case PACKAGE -> {
                    Found doc = take(found.start());
                    if (doc != null) {
                        addFile(doc, CommentText.of(tree.text(doc.start(), doc.end())));
                    }
                }
                case CLASS, FUNCTION -> definition(definitions.next(found), found);
            }
        }
        return docstrings;
    }

    private void comment(Found found) {
        boolean documentation = isDocumentation(found);
        if (documentation) {
            String text = CommentText.of(tree.text(found.start(), found.end()));
            if (FILE_TAG.matcher(text).find()) {
                addFile(found, text);
                waiting = null;
                return;
            }
            waiting = found;
            waitingEnd = found.end();
        } else if (waiting != null && isGap(waitingEnd, found.start())) {
            waitingEnd = found.end();
        }
    }

    private void definition(Definition definition, Found found) {
        Found doc = take(found.start());
        if (doc == null) {
            return;
        }
        String text = CommentText.of(tree.text(doc.start(), doc.end()));
        if (!text.isEmpty()) {
            docstrings.add(definition.documentedBy(tree.line(doc.start()), text));
        }
    }

    private void addFile(Found doc, String text) {
        // A file has one documentation: its first.
        if (!text.isEmpty() && docstrings.stream().noneMatch(known -> known.owner() == Owner.FILE)) {
            docstrings.add(new Docstring(Owner.FILE, "", 1, 0, tree.line(doc.start()), text));
        }
    }

    /** The comment that waits, if it stands right before {@code start}; it waits no longer. */
    private @Nullable Found take(int start) {
        Found doc = waiting;
        if (doc == null || start < waitingEnd) {
            return null;
        }
        waiting = null;
        return isGap(waitingEnd, start) ? doc : null;
    }

    private boolean isDocumentation(Found found) {
        return found.end() - found.start() > "/***/".length()
                && tree.text(found.start(), found.start() + 3).equals("/**")
                && !tree.text(found.start() + 3, found.start() + 4).equals("/");
    }

    private boolean isGap(int from, int to) {
        if (to - from > LONGEST_GAP) {
            return tree.text(from, to).isBlank();
        }
        for (String word : tree.text(from, to).strip().split("\\s+", -1)) {
            if (!word.isEmpty() && !WORDS.contains(word)) {
                return false;
            }
        }
        return true;
    }
}
