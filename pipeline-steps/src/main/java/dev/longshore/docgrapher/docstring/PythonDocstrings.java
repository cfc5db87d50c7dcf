package dev.longshore.docgrapher.docstring;

import dev.longshore.docgrapher.docstring.Definitions.Definition;
import dev.longshore.docgrapher.docstring.Docstring.Owner;
import dev.longshore.docgrapher.docstring.SyntaxTree.Found;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.treesitter.TSNode;

/** Python's docstrings: a string that is the first statement of a module, class or function. */
final class PythonDocstrings {
    private final SyntaxTree tree;

    PythonDocstrings(SyntaxTree tree) {
        this.tree = tree;
    }

    List<Docstring> read() {
        List<Docstring> docstrings = new ArrayList<>();
        stringThatOpens(tree.root())
                .flatMap(this::value)
                .ifPresent(value -> docstrings.add(new Docstring(Owner.FILE, "", 1, 0, value.line(), value.text())));
        Definitions definitions = new Definitions(tree);
        for (Found found : tree.find()) {
            Definition definition = definitions.next(found);
            TSNode body = definition.node().getChildByFieldName("body");
            if (!body.isNull()) {
                stringThatOpens(body)
                        .flatMap(this::value)
                        .ifPresent(value -> docstrings.add(definition.documentedBy(value.line(), value.text())));
            }
        }
        return docstrings;
    }

    private record Value(int line, String text) {}

    private Optional<Value> value(TSNode node) {
        List<TSNode> parts = new ArrayList<>();
        if (node.getType().equals("concatenated_string")) {
            for (int i = 0; i < node.getNamedChildCount(); i++) {
                TSNode part = node.getNamedChild(i);
                if (part.getType().equals("string")) {
                    parts.add(part);
                }
            }
        } else {
            parts.add(node);
        }
        StringBuilder text = new StringBuilder();
        for (TSNode part : parts) {
            Optional<String> value = PythonString.value(tree.text(part));
            if (value.isEmpty()) {
                return Optional.empty();
            }
            text.append(value.get());
        }
        String clean = PythonString.clean(text.toString());
        return clean.isEmpty() ? Optional.empty() : Optional.of(new Value(tree.line(node.getStartByte()), clean));
    }

    /** The string literal that is the first statement of a block, comments aside. */
    private static Optional<TSNode> stringThatOpens(TSNode block) {
        TSNode statement = firstNotComment(block);
        if (statement == null || !statement.getType().equals("expression_statement")) {
            return Optional.empty();
        }
        if (statement.getNamedChildCount() != 1) {
            return Optional.empty();
        }
        TSNode expression = statement.getNamedChild(0);
        while (expression.getType().equals("parenthesized_expression") && expression.getNamedChildCount() == 1) {
            expression = expression.getNamedChild(0);
        }
        return switch (expression.getType()) {
            case "string", "concatenated_string" -> Optional.of(expression);
            default -> Optional.empty();
        };
    }

    private static @org.jspecify.annotations.Nullable TSNode firstNotComment(TSNode block) {
        if (block.getNamedChildCount() == 0) {
            return null;
        }
        TSNode child = block.getNamedChild(0);
        while (!child.isNull() && child.getType().equals("comment")) {
            child = child.getNextNamedSibling();
        }
        return child.isNull() ? null : child;
    }
}
