package dev.longshore.docgrapher.docstring;

import dev.longshore.docgrapher.docstring.NativeLibraries.LibraryUser;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.treesitter.TSLanguage;
import org.treesitter.TSParser;
import org.treesitter.TSQuery;
import org.treesitter.TreeSitterJava;
import org.treesitter.TreeSitterJavascript;
import org.treesitter.TreeSitterPython;
import org.treesitter.TreeSitterTsx;
import org.treesitter.TreeSitterTypescript;

/**
 * The grammar of each language, and the query that finds definitions and comments in it. Made once, at the first source
 * that is read; safe for use by many threads.
 */
final class Grammars {
    private static final String PYTHON = """
            (class_definition) @class
            (function_definition) @function
            """;

    private static final String JAVA = """
            (block_comment) @comment
            (line_comment) @comment
            (package_declaration) @package
            [(class_declaration) (interface_declaration) (enum_declaration) (record_declaration)
             (annotation_type_declaration)] @class
            [(method_declaration) (constructor_declaration) (compact_constructor_declaration)
             (annotation_type_element_declaration)] @function
            """;

    private static final String JAVASCRIPT = """
            (comment) @comment
            (decorator) @decorator
            (class_declaration) @class
            [(function_declaration) (generator_function_declaration) (method_definition)] @function
            (variable_declarator value: [(arrow_function) (function_expression)]) @function
            """;

    private static final String TYPESCRIPT = JAVASCRIPT + """
            [(abstract_class_declaration) (interface_declaration) (enum_declaration) (type_alias_declaration)] @class
            [(function_signature) (method_signature) (abstract_method_signature)] @function
            """;

    /**
     * What reads one language.
     *
     * @param captures what kind of thing each capture of the query is
     */
    record Grammar(TSLanguage language, TSQuery query, List<Kind> captures) {
        /** What a query can find. */
        enum Kind {
            CLASS,
            FUNCTION,
            COMMENT,
            DECORATOR,
            PACKAGE
        }
    }

    private static final Map<SourceLanguage, Grammar> ALL = load();

    private Grammars() {}

    static Grammar of(SourceLanguage language) {
        Grammar grammar = ALL.get(language);
        if (grammar == null) {
            throw new IllegalStateException("no grammar for " + language);
        }
        return grammar;
    }

    private static Map<SourceLanguage, Grammar> load() {
        NativeLibraries.load(List.of(
                new LibraryUser("tree-sitter", () -> new TSParser().close()),
                new LibraryUser("tree-sitter-python", TreeSitterPython::new),
                new LibraryUser("tree-sitter-java", TreeSitterJava::new),
                new LibraryUser("tree-sitter-javascript", TreeSitterJavascript::new),
                new LibraryUser("tree-sitter-typescript", TreeSitterTypescript::new),
                new LibraryUser("tree-sitter-tsx", TreeSitterTsx::new)));
        Map<SourceLanguage, Grammar> all = new EnumMap<>(SourceLanguage.class);
        all.put(SourceLanguage.PYTHON, grammar(new TreeSitterPython(), PYTHON));
        all.put(SourceLanguage.JAVA, grammar(new TreeSitterJava(), JAVA));
        all.put(SourceLanguage.JAVASCRIPT, grammar(new TreeSitterJavascript(), JAVASCRIPT));
        all.put(SourceLanguage.TYPESCRIPT, grammar(new TreeSitterTypescript(), TYPESCRIPT));
        all.put(SourceLanguage.TSX, grammar(new TreeSitterTsx(), TYPESCRIPT));
        return all;
    }

    private static Grammar grammar(TSLanguage language, String text) {
        TSQuery query = new TSQuery(language, text);
        Grammar.Kind[] captures = new Grammar.Kind[query.getCaptureCount()];
        for (int i = 0; i < captures.length; i++) {
            captures[i] = Grammar.Kind.valueOf(query.getCaptureNameForId(i).toUpperCase(java.util.Locale.ROOT));
        }
        return new Grammar(language, query, List.of(captures));
    }
}
