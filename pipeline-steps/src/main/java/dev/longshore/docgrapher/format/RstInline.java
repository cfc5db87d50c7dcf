package dev.longshore.docgrapher.format;

import dev.longshore.docgrapher.format.ParsedDocument.Link.Kind;
import java.util.Set;

/** Links and names in reStructuredText's running text. Each character is looked at a bounded number of times. */
final class RstInline {
    private static final Set<String> LABELS = Set.of("ref", "numref", "std:ref");
    private static final Set<String> NAMES = Set.of(
            "class",
            "func",
            "meth",
            "attr",
            "mod",
            "exc",
            "obj",
            "data",
            "const",
            "function",
            "method",
            "any",
            "code",
            "file",
            "literal",
            "program",
            "type",
            "struct",
            "macro",
            "member",
            "enum",
            "c:func",
            "c:type");
    /** Roles that say what kind of code the text is, but not that it names a definition. */
    private static final Set<String> PLAIN_CODE = Set.of("code", "file", "literal", "program", "any");

    /** Markup that is not closed within so many characters is text. */
    private static final int LONGEST = 2000;

    private final DocumentBuilder document;
    private final RstTargets targets;

    RstInline(DocumentBuilder document, RstTargets targets) {
        this.document = document;
        this.targets = targets;
    }

    /** @param firstLine the line of the document that {@code text} begins on */
    void scan(String text, int firstLine) {
        int line = firstLine;
        int plainFrom = 0;
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '\n') {
                urls(text, plainFrom, at, line);
                line++;
                at++;
                plainFrom = at;
            } else if (c == '\\') {
                at += 2;
            } else if (c == '`') {
                int end = backquoted(text, at, line);
                if (end > at) {
                    urls(text, plainFrom, at, line);
                    line += newlines(text, at, end);
                    plainFrom = end;
                    at = end;
                } else {
                    at++;
                }
            } else if (c == '_') {
                simpleReference(text, at, line);
                at++;
            } else {
                at++;
            }
        }
        urls(text, plainFrom, text.length(), line);
    }

    /** Reads what stands in backquotes at {@code at}, and gives the index after it; {@code at} if it is not closed. */
    private int backquoted(String text, int at, int line) {
        if (text.startsWith("``", at)) {
            int close = close(text, "``", at + 2);
            if (close < 0) {
                return at;
            }
            document.codeName(line, text.substring(at + 2, close).replace('\n', ' '), "");
            return close + 2;
        }
        int close = close(text, "`", at + 1);
        if (close < 0) {
            return at;
        }
        String content = text.substring(at + 1, close).replace('\n', ' ').strip();
        int end = close + 1;
        String role = roleBefore(text, at);
        if (role.isEmpty() && end < text.length() && text.charAt(end) == ':') {
            int roleEnd = end + 1;
            while (roleEnd < text.length()
                    && RstLines.isDirectiveName(text.charAt(roleEnd))
                    && text.charAt(roleEnd) != ':') {
                roleEnd++;
            }
            if (roleEnd > end + 1 && roleEnd < text.length() && text.charAt(roleEnd) == ':') {
                role = text.substring(end + 1, roleEnd);
                end = roleEnd + 1;
            }
        }
        if (!role.isEmpty()) {
            role(role, content, line);
        } else if (at > 0 && text.charAt(at - 1) == '_') {
            document.anchor(RstTargets.normalised(content));
        } else if (text.startsWith("__", end)) {
            anonymous(content, line);
            end += 2;
        } else if (text.startsWith("_", end)) {
            reference(content, line);
            end++;
        }
        return end;
    }

    private static int close(String text, String mark, int from) {
        int limit = Math.min(text.length(), from + LONGEST);
        for (int i = from; i + mark.length() <= limit; i++) {
            if (text.charAt(i) == '\\' && mark.length() == 1) {
                i++;
            } else if (text.startsWith(mark, i) && i > from) {
                return i;
            }
        }
        return -1;
    }

    private static String roleBefore(String text, int backquote) {
        if (backquote < 2 || text.charAt(backquote - 1) != ':') {
            return "";
        }
        int start = backquote - 1;
        while (start > 0 && RstLines.isDirectiveName(text.charAt(start - 1)) && backquote - start < 64) {
            start--;
        }
        String role = text.substring(start, backquote - 1);
        return role.startsWith(":") ? role.substring(1) : "";
    }

    private void role(String role, String content, int line) {
        String last = role.substring(role.lastIndexOf(':') + 1);
        if (role.equals("doc")) {
            document.link(line, Kind.DOC, target(content));
        } else if (LABELS.contains(role)) {
            document.link(line, Kind.LABEL, RstTargets.normalised(target(content)));
        } else if (role.equals("download")) {
            document.link(line, Kind.HREF, target(content));
        } else if (role.equals("pep") || role.equals("rfc")) {
            standard(role, target(content), line);
        } else if (NAMES.contains(last)) {
            document.codeName(line, target(content), PLAIN_CODE.contains(last) ? "" : role);
        }
    }

    /** A Python enhancement proposal or an RFC by its number, with or without a place in it. */
    private void standard(String role, String number, int line) {
        int hash = number.indexOf('#');
        String digits = (hash < 0 ? number : number.substring(0, hash)).strip();
        String place = hash < 0 ? "" : number.substring(hash);
        if (digits.isEmpty() || digits.length() > 5 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return;
        }
        String url = role.equals("pep")
                ? "https://peps.python.org/pep-" + "0".repeat(Math.max(0, 4 - digits.length())) + digits
                : "https://tools.ietf.org/html/rfc" + Integer.parseInt(digits) + ".html";
        document.link(line, Kind.HREF, url + place);
    }

    private void anonymous(String content, int line) {
        if (content.endsWith(">") && content.indexOf('<') >= 0) {
            embedded(target(content), line);
        } else {
            targets.anonymous().ifPresent(url -> document.link(line, Kind.HREF, url));
        }
    }

    private void reference(String content, int line) {
        if (content.endsWith(">") && content.indexOf('<') >= 0) {
            embedded(target(content), line);
        } else {
            document.link(line, Kind.HREF, targets.url(content).orElse("#" + RstTargets.normalised(content)));
        }
    }

    private void embedded(String target, int line) {
        if (target.endsWith("_") && !target.contains("://")) {
            String name = RstTargets.unquoted(target.substring(0, target.length() - 1));
            document.link(line, Kind.HREF, targets.url(name).orElse("#" + RstTargets.normalised(name)));
        } else {
            String uri = target.replace(" ", "").replace("\\", "");
            boolean mail = uri.indexOf('@') > 0 && uri.indexOf('/') < 0 && uri.indexOf(':') < 0;
            document.link(line, Kind.HREF, mail ? "mailto:" + uri : uri);
        }
    }

    /** A word that ends with an underscore is a reference if there is a target of that name. */
    private void simpleReference(String text, int underscore, int line) {
        boolean doubled = underscore + 1 < text.length() && text.charAt(underscore + 1) == '_';
        int after = underscore + (doubled ? 2 : 1);
        if (after < text.length() && (Character.isLetterOrDigit(text.charAt(after)) || text.charAt(after) == '_')) {
            return;
        }
        int start = underscore;
        if (underscore > 2 && text.charAt(underscore - 1) == '|') {
            // |substitution|_ is a reference by the substitution's name.
            int open = text.lastIndexOf('|', underscore - 2);
            if (open >= 0 && underscore - open < 200) {
                named(text.substring(open + 1, underscore - 1), doubled, line);
            }
            return;
        }
        while (start > 0 && underscore - start < 200 && isNamePart(text.charAt(start - 1))) {
            start--;
        }
        if (start == underscore || text.charAt(underscore - 1) == '_') {
            return;
        }
        named(text.substring(start, underscore), doubled, line);
    }

    private void named(String name, boolean anonymous, int line) {
        if (anonymous) {
            targets.anonymous().ifPresent(url -> document.link(line, Kind.HREF, url));
        } else {
            targets.url(name).ifPresent(url -> document.link(line, Kind.HREF, url));
        }
    }

    private static boolean isNamePart(char c) {
        return Character.isLetterOrDigit(c) || "-_.+:".indexOf(c) >= 0;
    }

    private void urls(String text, int from, int to, int line) {
        if (from < to) {
            BareUrls.find(text.substring(from, to), url -> document.link(line, Kind.HREF, ascii(url)));
        }
    }

    /** Up to the first character that no URL has: in Chinese and Japanese text no space follows one. */
    private static String ascii(String url) {
        int end = 0;
        while (end < url.length() && url.charAt(end) < 0x80 && url.charAt(end) != '\\') {
            end++;
        }
        return url.substring(0, end);
    }

    private static int newlines(String text, int from, int to) {
        int count = 0;
        for (int i = from; i < to; i++) {
            count += text.charAt(i) == '\n' ? 1 : 0;
        }
        return count;
    }

    /** The target in {@code title <target>}, or the whole text. */
    static String target(String content) {
        int open = content.lastIndexOf('<');
        return content.endsWith(">") && open >= 0 ? content.substring(open + 1, content.length() - 1) : content;
    }

    /** A title without its markup. */
    static String plain(String text) {
        if (text.indexOf('`') < 0 && text.indexOf('*') < 0 && text.indexOf('\\') < 0 && text.indexOf('|') < 0) {
            return text;
        }
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); ) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                plain.append(text.charAt(i + 1) == ' ' ? "" : text.substring(i + 1, i + 2));
                i += 2;
            } else if (text.startsWith("``", i) && text.indexOf("``", i + 2) > i) {
                int close = text.indexOf("``", i + 2);
                plain.append(text, i + 2, close);
                i = close + 2;
            } else if (c == '`' && text.indexOf('`', i + 1) > i) {
                int close = text.indexOf('`', i + 1);
                removeRole(plain);
                plain.append(shown(text.substring(i + 1, close)));
                i = close + 1;
                while (i < text.length() && text.charAt(i) == '_') {
                    i++;
                }
            } else if (c == '*' && text.indexOf('*', i + 1) > i && !text.startsWith("* ", i)) {
                int marks = text.startsWith("**", i) ? 2 : 1;
                int close = text.indexOf("*".repeat(marks), i + marks);
                if (close < 0) {
                    plain.append(c);
                    i++;
                } else {
                    plain.append(text, i + marks, close);
                    i = close + marks;
                }
            } else {
                plain.append(c);
                i++;
            }
        }
        return plain.toString();
    }

    private static void removeRole(StringBuilder plain) {
        if (plain.length() > 2 && plain.charAt(plain.length() - 1) == ':') {
            int start = plain.length() - 1;
            while (start > 0 && RstLines.isDirectiveName(plain.charAt(start - 1))) {
                start--;
            }
            if (plain.charAt(start) == ':') {
                plain.setLength(start);
            }
        }
    }

    private static String shown(String content) {
        int open = content.lastIndexOf('<');
        if (content.endsWith(">") && open > 0) {
            return content.substring(0, open).strip();
        }
        return content.startsWith("~") ? content.substring(content.lastIndexOf('.') + 1) : content;
    }
}
