package dev.longshore.filesystem;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rules of one ignore file, in its order. Immutable. */
final class IgnoreRules {
    static final IgnoreRules NONE = new IgnoreRules(List.of());

    private final IgnoreRule[] rules;

    private IgnoreRules(List<IgnoreRule> rules) {
        this.rules = rules.toArray(new IgnoreRule[0]);
    }

    /** The rules in the bytes of an ignore file. */
    static IgnoreRules parse(byte[] file, boolean ignoreCase) {
        List<IgnoreRule> rules = new ArrayList<>();
        int start = startsWithByteOrderMark(file) ? 3 : 0;
        while (start < file.length) {
            int end = start;
            while (end < file.length && file[end] != '\n') {
                end++;
            }
            int textEnd = end > start && file[end - 1] == '\r' ? end - 1 : end;
            add(rules, Arrays.copyOfRange(file, start, textEnd), ignoreCase);
            start = end + 1;
        }
        return rules.isEmpty() ? NONE : new IgnoreRules(rules);
    }

    /** The rules in these patterns, each a line of an ignore file. */
    static IgnoreRules of(List<String> patterns) {
        List<IgnoreRule> rules = new ArrayList<>();
        for (String pattern : patterns) {
            add(rules, pattern.getBytes(UTF_8), false);
        }
        return rules.isEmpty() ? NONE : new IgnoreRules(rules);
    }

    private static void add(List<IgnoreRule> rules, byte[] line, boolean ignoreCase) {
        IgnoreRule rule = IgnoreRule.parse(line, ignoreCase);
        if (rule != null) {
            rules.add(rule);
        }
    }

    private static boolean startsWithByteOrderMark(byte[] file) {
        return file.length >= 3 && file[0] == (byte) 0xef && file[1] == (byte) 0xbb && file[2] == (byte) 0xbf;
    }

    boolean isEmpty() {
        return rules.length == 0;
    }

    /** The last rule that matches, or null; see {@link IgnoreRule#matches}. */
    @Nullable IgnoreRule lastMatch(byte[] path, int baseEnd, int nameStart, int end, boolean directory) {
        for (int i = rules.length - 1; i >= 0; i--) {
            if (rules[i].matches(path, baseEnd, nameStart, end, directory)) {
                return rules[i];
            }
        }
        return null;
    }
}
