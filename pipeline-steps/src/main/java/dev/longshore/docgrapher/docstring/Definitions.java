package dev.longshore.docgrapher.docstring;

import dev.longshore.docgrapher.docstring.Docstring.Owner;
import dev.longshore.docgrapher.docstring.Grammars.Grammar.Kind;
import dev.longshore.docgrapher.docstring.SyntaxTree.Found;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.treesitter.TSNode;

/** Names the definitions of one source as they come, outer ones before those in them. */
final class Definitions {
    /**
     * A class or function.
     *
     * @param qualifiedName its dotted chain of definitions inside the file
     * @param overload 1 for the first of its kind and name, 2 for the second, …
     */
    record Definition(Owner owner, String qualifiedName, int overload, int line, TSNode node) {
        Docstring documentedBy(int docLine, String text) {
            return new Docstring(owner, qualifiedName, overload, line, docLine, text);
        }
    }

    private record Open(int end, String qualifiedName) {}

    private record Key(Owner owner, String qualifiedName) {}

    private final SyntaxTree tree;
    private final Deque<Open> open = new ArrayDeque<>();
    private final Map<Key, Integer> seen = new HashMap<>();

    Definitions(SyntaxTree tree) {
        this.tree = tree;
    }

    /** Takes the next class or function in the order of the text. */
    Definition next(Found found) {
        while (!open.isEmpty() && open.getLast().end() <= found.start()) {
            open.removeLast();
        }
        String name = unquoted(tree.text(found.node().getChildByFieldName("name")));
        String qualifiedName = open.isEmpty() ? name : open.getLast().qualifiedName() + "." + name;
        open.addLast(new Open(found.end(), qualifiedName));
        Owner owner = found.kind() == Kind.CLASS ? Owner.CLASS : Owner.FUNCTION;
        int overload = seen.merge(new Key(owner, qualifiedName), 1, Integer::sum);
        return new Definition(owner, qualifiedName, overload, tree.line(found.start()), found.node());
    }

    /** A JavaScript method may have its name in quotes. */
    private static String unquoted(String name) {
        boolean quoted = name.length() >= 2
                && (name.charAt(0) == '"' || name.charAt(0) == '\'')
                && name.charAt(name.length() - 1) == name.charAt(0);
        return quoted ? name.substring(1, name.length() - 1) : name;
    }
}
