package dev.longshore.docgrapher.format;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The hyperlink targets of a document that lead elsewhere: {@code .. _name: https://…}, and the anonymous ones. */
final class RstTargets {
    private final Map<String, String> named = new HashMap<>();
    private final List<String> anonymous = new ArrayList<>();
    private int nextAnonymous;

    static RstTargets of(Lines lines) {
        RstTargets targets = new RstTargets();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            String text = line.stripLeading();
            if (text.startsWith("__ ")) {
                targets.anonymous.add(text.substring(3).strip());
            } else if (text.startsWith(".. _")) {
                targets.add(text.substring(3), continued(lines, i));
            }
        }
        return targets;
    }

    private void add(String markup, String continuation) {
        int colon = nameEnd(markup);
        if (colon <= 0) {
            return;
        }
        String name = unquoted(markup.substring(1, colon));
        String value = markup.substring(colon + 1).strip() + continuation;
        if (name.equals("_")) {
            anonymous.add(value);
        } else if (!value.isEmpty()) {
            named.putIfAbsent(normalised(name), value);
        }
    }

    /** A long URL may go on in indented lines. */
    private static String continued(Lines lines, int first) {
        int indent = RstLines.indent(lines.get(first));
        StringBuilder more = new StringBuilder();
        for (int i = first + 1; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.isBlank()
                    || RstLines.indent(line) <= indent
                    || line.strip().startsWith("..")) {
                break;
            }
            more.append(line.strip());
        }
        return more.toString();
    }

    /** The index of the colon that ends the name in {@code _name: value}, or -1. */
    static int nameEnd(String markup) {
        if (markup.startsWith("_`")) {
            int close = markup.indexOf("`:", 2);
            return close < 0 ? -1 : close + 1;
        }
        for (int i = 1; i < markup.length(); i++) {
            if (markup.charAt(i) == '\\') {
                i++;
            } else if (markup.charAt(i) == ':' && (i + 1 == markup.length() || markup.charAt(i + 1) == ' ')) {
                return i;
            }
        }
        return -1;
    }

    static String unquoted(String name) {
        String plain = name.startsWith("`") && name.endsWith("`") && name.length() > 1
                ? name.substring(1, name.length() - 1)
                : name;
        return plain.replace("\\", "");
    }

    /** The URL that a name stands for, through other names; empty if it is a place in the document. */
    Optional<String> url(String name) {
        String value = named.get(normalised(name));
        for (int hops = 0; value != null && value.endsWith("_") && hops < 8; hops++) {
            String next = named.get(normalised(unquoted(value.substring(0, value.length() - 1))));
            if (next == null) {
                break;
            }
            value = next;
        }
        return Optional.ofNullable(value).map(url -> url.replace("\\", ""));
    }

    /** The URL of the next anonymous target. */
    Optional<String> anonymous() {
        return nextAnonymous < anonymous.size() ? Optional.of(anonymous.get(nextAnonymous++)) : Optional.empty();
    }

    /** A reference name as docutils compares it: lower case, white space as single spaces. */
    static String normalised(String name) {
        return String.join(" ", name.strip().toLowerCase(Locale.ROOT).split("\\s+", -1));
    }
}
