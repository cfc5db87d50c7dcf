package dev.longshore.filesystem;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A shell pattern as git understands it, compiled: {@code ?}, {@code *}, {@code [a-z]}, {@code [[:alpha:]]}, backslash and
 * {@code **} between slashes. Works on bytes: names need not be text.
 *
 * <p>Matching keeps the set of all places in the pattern that the text so far may have led to, so that it takes time
 * proportional to pattern times text, whatever a hostile pattern holds.
 */
final class Glob {
    private static final Map<String, IntPredicate> CLASSES = Map.ofEntries(
            Map.entry("alnum", c -> isLower(c) || isUpper(c) || isDigit(c)),
            Map.entry("alpha", c -> isLower(c) || isUpper(c)),
            Map.entry("blank", c -> c == ' ' || c == '\t'),
            Map.entry("cntrl", c -> c < 0x20 || c == 0x7f),
            Map.entry("digit", Glob::isDigit),
            Map.entry("graph", c -> c > 0x20 && c < 0x7f),
            Map.entry("lower", Glob::isLower),
            Map.entry("print", c -> c >= 0x20 && c < 0x7f),
            Map.entry("punct", c -> c > 0x20 && c < 0x7f && !isLower(c) && !isUpper(c) && !isDigit(c)),
            Map.entry("space", c -> c == ' ' || c == '\t' || c == '\n' || c == '\r'),
            Map.entry("upper", Glob::isUpper),
            Map.entry("xdigit", c -> isDigit(c) || "abcdefABCDEF".indexOf(c) >= 0));

    private enum Kind {
        BYTE,
        ANY,
        SET,
        /** Any bytes but slashes. */
        STAR,
        /** Any bytes. */
        STARS,
        /** Nothing, or what the next two tokens (STARS and a slash) match. */
        MAYBE_DIRECTORIES
    }

    private record Token(Kind kind, int value, @Nullable BitSet set) {
        Token(Kind kind) {
            this(kind, 0, null);
        }
    }

    private final Token[] tokens;
    private final boolean path;
    private final boolean ignoreCase;

    private Glob(List<Token> tokens, boolean path, boolean ignoreCase) {
        this.tokens = tokens.toArray(new Token[0]);
        this.path = path;
        this.ignoreCase = ignoreCase;
    }

    /**
     * The compiled pattern, or null if it is malformed and so matches nothing.
     *
     * @param path whether a slash is matched by nothing but a slash and {@code **}
     * @param ignoreCase whether ASCII letters match in either case
     */
    static @Nullable Glob compile(byte[] pattern, int from, boolean path, boolean ignoreCase) {
        return new Compiler(pattern, from, path, ignoreCase).compile();
    }

    boolean matches(byte[] text, int from, int to) {
        boolean[] now = new boolean[tokens.length + 1];
        boolean[] next = new boolean[tokens.length + 1];
        enter(now, 0);
        for (int i = from; i < to; i++) {
            int c = text[i] & 0xff;
            if (!step(now, next, ignoreCase ? lower(c) : c)) {
                return false;
            }
            boolean[] spent = now;
            now = next;
            next = spent;
        }
        return now[tokens.length];
    }

    /** One byte further: from the places {@code now} to the places {@code next}; false if there are none. */
    private boolean step(boolean[] now, boolean[] next, int c) {
        Arrays.fill(next, false);
        boolean alive = false;
        for (int at = 0; at < tokens.length; at++) {
            if (!now[at]) {
                continue;
            }
            Token token = tokens[at];
            int target = switch (token.kind) {
                case BYTE -> token.value == c ? at + 1 : -1;
                case ANY -> path && c == '/' ? -1 : at + 1;
                case SET -> token.set != null && token.set.get(c) ? at + 1 : -1;
                case STAR -> c == '/' ? -1 : at;
                case STARS -> at;
                case MAYBE_DIRECTORIES -> -1;
            };
            if (target >= 0) {
                enter(next, target);
                alive = true;
            }
        }
        return alive;
    }

    /** Marks a place, and those that can be reached from it without a byte. */
    private void enter(boolean[] places, int place) {
        if (places[place]) {
            return;
        }
        places[place] = true;
        if (place < tokens.length) {
            switch (tokens[place].kind) {
                case STAR, STARS -> enter(places, place + 1);
                case MAYBE_DIRECTORIES -> {
                    enter(places, place + 1);
                    enter(places, place + 3);
                }
                default -> {}
            }
        }
    }

    private static int lower(int c) {
        return isUpper(c) ? c + ('a' - 'A') : c;
    }

    private static boolean isLower(int c) {
        return c >= 'a' && c <= 'z';
    }

    private static boolean isUpper(int c) {
        return c >= 'A' && c <= 'Z';
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private static final class Compiler {
        private final byte[] pattern;
        private final int start;
        private final boolean path;
        private final boolean ignoreCase;
        private final List<Token> tokens = new ArrayList<>();
        private int at;

        Compiler(byte[] pattern, int start, boolean path, boolean ignoreCase) {
            this.pattern = pattern;
            this.start = start;
            this.path = path;
            this.ignoreCase = ignoreCase;
            this.at = start;
        }

        @Nullable Glob compile() {
            while (at < pattern.length) {
                int c = peek(0);
                if (c == '*') {
                    stars();
                } else if (c == '?') {
                    tokens.add(new Token(Kind.ANY));
                    at++;
                } else if (c == '\\') {
                    if (at + 1 == pattern.length) {
                        return null;
                    }
                    // git folds the text but not an escaped byte: \A matches nothing where case is ignored.
                    tokens.add(new Token(Kind.BYTE, peek(1), null));
                    at += 2;
                } else if (c == '[') {
                    BitSet set = set();
                    if (set == null) {
                        return null;
                    }
                    tokens.add(new Token(Kind.SET, 0, set));
                } else {
                    tokens.add(new Token(Kind.BYTE, ignoreCase ? lower(c) : c, null));
                    at++;
                }
            }
            return new Glob(tokens, path, ignoreCase);
        }

        private int peek(int ahead) {
            return at + ahead < pattern.length ? pattern[at + ahead] & 0xff : -1;
        }

        private void stars() {
            int first = at;
            while (peek(0) == '*') {
                at++;
            }
            boolean startsName = first == start || pattern[first - 1] == '/';
            boolean endsName = at == pattern.length || peek(0) == '/' || (peek(0) == '\\' && peek(1) == '/');
            if (!path) {
                tokens.add(new Token(Kind.STARS));
            } else if (at - first == 1 || !startsName || !endsName) {
                tokens.add(new Token(Kind.STAR));
            } else {
                if (peek(0) == '/') {
                    tokens.add(new Token(Kind.MAYBE_DIRECTORIES));
                }
                tokens.add(new Token(Kind.STARS));
            }
        }

        /** The set of bytes between brackets, or null where it is malformed. */
        private @Nullable BitSet set() {
            BitSet set = new BitSet(256);
            at++;
            boolean negated = peek(0) == '!' || peek(0) == '^';
            at += negated ? 1 : 0;
            int previous = 0;
            do {
                int c = peek(0);
                if (c < 0) {
                    return null;
                }
                if (c == '\\') {
                    at++;
                    c = peek(0);
                    if (c < 0) {
                        return null;
                    }
                    set.set(c);
                } else if (c == '-' && previous != 0 && peek(1) >= 0 && peek(1) != ']') {
                    at++;
                    c = peek(0);
                    if (c == '\\') {
                        at++;
                        c = peek(0);
                        if (c < 0) {
                            return null;
                        }
                    }
                    range(set, previous, c);
                    c = 0; // the end of one range cannot start another
                } else if (c == '[' && peek(1) == ':') {
                    int close = at + 2;
                    while (close < pattern.length && pattern[close] != ']') {
                        close++;
                    }
                    if (close == pattern.length) {
                        return null;
                    }
                    if (close - 1 < at + 2 || pattern[close - 1] != ':') {
                        set.set('['); // no :] follows: a bracket like any other byte
                    } else {
                        if (!named(set, at + 2, close - 1)) {
                            return null;
                        }
                        at = close;
                        c = 0;
                    }
                } else {
                    set.set(c);
                }
                previous = c;
                at++;
            } while (peek(0) != ']');
            at++;
            if (negated) {
                set.flip(0, 256);
            }
            if (path) {
                set.clear('/');
            }
            return set;
        }

        private void range(BitSet set, int first, int last) {
            for (int c = first; c <= last; c++) {
                set.set(c);
                if (ignoreCase && isUpper(c)) {
                    set.set(lower(c));
                }
            }
        }

        private boolean named(BitSet set, int from, int to) {
            String name = new String(pattern, from, to - from, ISO_8859_1);
            IntPredicate members = CLASSES.get(name);
            if (members == null) {
                return false;
            }
            for (int c = 0; c < 256; c++) {
                if (members.test(c) || (ignoreCase && name.equals("upper") && isLower(c))) {
                    set.set(c);
                }
            }
            return true;
        }
    }
}
