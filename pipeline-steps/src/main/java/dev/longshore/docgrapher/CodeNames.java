package dev.longshore.docgrapher;

import dev.longshore.docgrapher.format.ParsedDocument.CodeName;
import dev.longshore.graph.Label;
import dev.longshore.graph.NodeId;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds what the names in code stand for: {@code Flask.route()}, {@code src/app.py}, {@code flask.app}. Only what names
 * exactly one thing of the graph counts. Safe for use by many threads.
 */
final class CodeNames {
    private static final Pattern DOTTED =
            Pattern.compile("[\\p{L}_$][\\p{L}\\p{N}_$]*(\\.[\\p{L}_$][\\p{L}\\p{N}_$]*)*");
    private static final Pattern PATH = Pattern.compile("[\\p{L}\\p{N}_.@+~\\[\\]$-]+(/[\\p{L}\\p{N}_.@+~\\[\\]$-]+)*");
    private static final Pattern FILE_NAME = Pattern.compile(".*[\\p{L}\\p{N}_-]\\.[A-Za-z][A-Za-z0-9]{0,9}");
    private static final List<String> MODULE_FILES = List.of(".py", "/__init__.py", ".pyi", ".java");

    private final GraphIndex index;

    CodeNames(GraphIndex index) {
        this.index = index;
    }

    /** What a name stands for; empty if the text is no name at all. */
    Optional<Match> resolve(String document, CodeName code) {
        String role = code.role().substring(code.role().lastIndexOf(':') + 1);
        String text = code.text();
        if (role.isEmpty()) {
            Match file = file(document, text);
            if (!(file instanceof Match.None)) {
                return Optional.of(file);
            }
        }
        boolean called = text.endsWith(")") && text.indexOf('(') > 0;
        String name = bare(text);
        if (!DOTTED.matcher(name).matches()) {
            return PATH.matcher(text).matches() && isFileName(text) ? Optional.of(Match.NONE) : Optional.empty();
        }
        List<String> parts = Arrays.asList(name.split("\\.", -1));
        Match match = index.definitions().named(parts, label(role), isTopLevel(role, called, name));
        if (match instanceof Match.None && (parts.size() > 1 || role.equals("mod"))) {
            match = module(parts);
        }
        boolean likelyName = !role.isEmpty() || called || !isPlainWord(name);
        return match instanceof Match.None && !likelyName ? Optional.empty() : Optional.of(match);
    }

    private static boolean isTopLevel(String role, boolean called, String name) {
        return role.isEmpty() ? !called && isPlainWord(name) : role.equals("data") || role.equals("const");
    }

    /** A file by its path from the document, from the root, or by the end of its path if only one ends so. */
    private Match file(String document, String text) {
        if (!PATH.matcher(text).matches() || !isFileName(text)) {
            return Match.NONE;
        }
        String path = text;
        while (path.startsWith("./")) {
            path = path.substring(2);
        }
        String directory = document.substring(0, document.lastIndexOf('/') + 1);
        Optional<NodeId> file = index.files().file(directory + path);
        if (file.isEmpty()) {
            file = index.files().file(path);
        }
        return file.<Match>map(Match.Found::new).orElse(Match.NONE) instanceof Match.Found found
                ? found
                : index.files().endingWith(path);
    }

    /** A dotted name as a module's file: {@code flask.app} is {@code …/flask/app.py}. */
    private Match module(List<String> parts) {
        String path = String.join("/", parts);
        for (String ending : MODULE_FILES) {
            Match match = index.files().endingWith(path + ending);
            if (!(match instanceof Match.None)) {
                return match;
            }
        }
        return Match.NONE;
    }

    private static boolean isFileName(String text) {
        return text.indexOf('/') > 0 || FILE_NAME.matcher(text).matches();
    }

    /** The dotted name in a piece of code: without a call's arguments, a decorator's sign, C++'s and Ruby's separators. */
    static String bare(String text) {
        String name = text;
        int call = name.indexOf('(');
        if (call > 0 && name.endsWith(")")) {
            name = name.substring(0, call);
        }
        int generic = name.indexOf('<');
        if (generic > 0 && name.endsWith(">")) {
            name = name.substring(0, generic);
        }
        int from = 0;
        while (from < name.length() && "@~!.".indexOf(name.charAt(from)) >= 0) {
            from++;
        }
        return name.substring(from).replace("::", ".").replace('#', '.').strip();
    }

    /**
     * Whether a name could as well be an English word or a variable: {@code name}, {@code value}. Such a one stands for a
     * definition at the top of a file only, not for whatever method is called so.
     */
    private static boolean isPlainWord(String name) {
        return name.chars().allMatch(c -> c >= 'a' && c <= 'z');
    }

    private static @Nullable Label label(String role) {
        return switch (role) {
            case "class", "exc" -> Label.CLASS;
            case "func", "meth" -> Label.FUNCTION;
            default -> null;
        };
    }
}
