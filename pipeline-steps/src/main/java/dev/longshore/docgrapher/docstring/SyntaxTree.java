package dev.longshore.docgrapher.docstring;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.treesitter.TSInputEncoding;
import org.treesitter.TSNode;
import org.treesitter.TSParser;
import org.treesitter.TSQueryCapture;
import org.treesitter.TSQueryCursor;
import org.treesitter.TSQueryMatch;
import org.treesitter.TSTree;

/** One source, parsed. Holds native memory until it is closed. */
final class SyntaxTree implements AutoCloseable {
    /** What the query found, where it starts and ends (byte offsets). */
    record Found(Grammars.Grammar.Kind kind, TSNode node, int start, int end) {}

    private static final int CHUNK = 64 * 1024;
    /**
     * How often the parser may report progress, once for each hundred of its operations, while it recovers from an error.
     * What is hardly a program at all can cost it quadratic time, and a limit in operations, unlike one in seconds, is the
     * same on every machine.
     */
    private static final int ERROR_REPORTS = 200;

    /** Brackets open at once. Hand-written programs have dozens; the parser's time is quadratic in the unclosed ones. */
    private static final int NESTING = 2000;

    /** The last resort, for what the limits above do not foresee: no program takes a hundredth of it. */
    private static final long LONGEST_NANOS = Duration.ofSeconds(30).toNanos();

    private final Grammars.Grammar grammar;
    private final byte[] source;
    private final TSTree tree;
    private final int[] lineStarts;

    private SyntaxTree(Grammars.Grammar grammar, byte[] source, TSTree tree) {
        this.grammar = grammar;
        this.source = source;
        this.tree = tree;
        this.lineStarts = lineStarts(source);
    }

    /**
     * Parses a source.
     *
     * @throws TooComplexException it would take far more work than any program of its size
     * @throws InterruptedException the thread was interrupted while the source was parsed
     */
    static SyntaxTree parse(SourceLanguage language, byte[] utf8) throws InterruptedException, TooComplexException {
        Grammars.Grammar grammar = Grammars.of(language);
        if (nesting(utf8) > NESTING) {
            throw new TooComplexException();
        }
        int[] reports = {0};
        long start = System.nanoTime();
        try (TSParser parser = new TSParser()) {
            parser.setLanguage(grammar.language());
            TSTree tree = parser.parseWithOptions(
                    new byte[CHUNK],
                    null,
                    (buffer, offset, position) -> {
                        int length = Math.max(0, Math.min(buffer.length, utf8.length - offset));
                        System.arraycopy(utf8, utf8.length - Math.max(0, utf8.length - offset), buffer, 0, length);
                        return length;
                    },
                    TSInputEncoding.TSInputEncodingUTF8,
                    state -> (state.hasError() && ++reports[0] > ERROR_REPORTS)
                            || System.nanoTime() - start > LONGEST_NANOS
                            || Thread.currentThread().isInterrupted());
            if (tree == null) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("interrupted while parsing");
                }
                throw new TooComplexException();
            }
            return new SyntaxTree(grammar, utf8, tree);
        }
    }

    /** How many brackets are open at once, at most; those in strings and comments are counted too. */
    private static int nesting(byte[] source) {
        int depth = 0;
        int deepest = 0;
        for (byte b : source) {
            switch (b) {
                case '(', '[', '{' -> deepest = Math.max(deepest, ++depth);
                case ')', ']', '}' -> depth = Math.max(0, depth - 1);
                default -> {
                    // No bracket.
                }
            }
        }
        return deepest;
    }

    TSNode root() {
        return tree.getRootNode();
    }

    /** Definitions and comments in the order of the text, an outer one before what it holds. */
    List<Found> find() {
        List<Found> all = new ArrayList<>();
        try (TSQueryCursor cursor = new TSQueryCursor()) {
            cursor.exec(grammar.query(), root());
            TSQueryMatch match = new TSQueryMatch();
            while (cursor.nextMatch(match)) {
                for (TSQueryCapture capture : match.getCaptures()) {
                    TSNode node = capture.getNode();
                    all.add(new Found(
                            grammar.captures().get(capture.getIndex()), node, node.getStartByte(), node.getEndByte()));
                }
            }
        }
        all.sort(Comparator.comparingInt(Found::start).thenComparing(Found::end, Comparator.reverseOrder()));
        return all;
    }

    /** The source text of a node; empty for a node that is not there. */
    String text(TSNode node) {
        return node == null || node.isNull() ? "" : text(node.getStartByte(), node.getEndByte());
    }

    String text(int start, int end) {
        return new String(source, start, end - start, UTF_8);
    }

    /** The 1-based line of a byte offset. Lines end with LF, as tree-sitter counts them. */
    int line(int offset) {
        int index = Arrays.binarySearch(lineStarts, offset);
        return index >= 0 ? index + 1 : -index - 1;
    }

    private static int[] lineStarts(byte[] source) {
        int[] starts = new int[64];
        int count = 1;
        for (int i = 0; i < source.length; i++) {
            if (source[i] == '\n') {
                if (count == starts.length) {
                    starts = Arrays.copyOf(starts, count * 2);
                }
                starts[count++] = i + 1;
            }
        }
        return Arrays.copyOf(starts, count);
    }

    @Override
    public void close() {
        tree.close();
    }
}
