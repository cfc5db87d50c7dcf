package dev.longshore.docker.audit;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes secrets out of text that others wrote. It knows secrets by their form or by what they are called, and so cannot know all:
 * what is likely to hold one, such as the values of a container's environment, is not to be written down in the first place.
 */
final class Redaction {
    static final String MASK = "[redacted]";

    private static final int LONGEST = 2048;
    private static final String SECRET_NAME =
            "[\\w.-]{0,64}(?:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential"
                    + "|auth|authorization|cookie|session[_-]?id|signature)[\\w.-]{0,64}";
    /** What is between quotes, blanks and all; to the end of the text where that is cut before the second quote. */
    private static final String DOUBLE_QUOTED = "\"((?:[^\"\\\\]++|\\\\[\\s\\S]){1,2100})";

    private static final String SINGLE_QUOTED = "'((?:[^'\\\\]++|\\\\[\\s\\S]){1,2100})";

    /** Looking for these first makes text without secrets, nearly all of it, cheap. */
    private static final List<String> NAMES = List.of(
            "passw",
            "passphrase",
            "pwd",
            "secret",
            "token",
            "api",
            "access",
            "private",
            "credential",
            "auth",
            "cookie",
            "session",
            "signature");

    private static final List<Secret> SECRETS = List.of(
            // https://user:secret@host
            new Secret(
                    List.of("://"), "\\b[a-zA-Z][a-zA-Z0-9+.-]{1,20}://[^\\s/:@\"']{0,100}:([^\\s/@\"']{1,500})(?=@)"),
            // Authorization: Bearer secret
            new Secret(List.of("bearer", "basic"), "(?i)\\b(?:bearer|basic)\\s+([A-Za-z0-9._~+/=-]{8,2000})"),
            // --password="a secret", 'token': 'a secret'
            new Secret(NAMES, "(?i)" + SECRET_NAME + "[\"']?\\s{0,3}[=:]\\s{0,3}" + DOUBLE_QUOTED),
            new Secret(NAMES, "(?i)" + SECRET_NAME + "[\"']?\\s{0,3}[=:]\\s{0,3}" + SINGLE_QUOTED),
            // --password "a secret"
            new Secret(NAMES, "(?i)--?" + SECRET_NAME + "\\s{1,3}" + DOUBLE_QUOTED),
            new Secret(NAMES, "(?i)--?" + SECRET_NAME + "\\s{1,3}" + SINGLE_QUOTED),
            // --password=secret, "token": "secret", PASSWORD: secret
            new Secret(NAMES, "(?i)" + SECRET_NAME + "[\"']?\\s{0,3}[=:]\\s{0,3}[\"']?([^\\s\"',;&]{1,2000})"),
            // --password secret
            new Secret(NAMES, "(?i)--?" + SECRET_NAME + "\\s{1,3}([^\\s\"',;&-][^\\s\"',;&]{0,2000})"),
            // What services issue, by its form.
            new Secret(
                    List.of("gh", "glpat-", "xox", "sk-", "akia", "asia", "npm_", "dckr_pat_", "hf_"),
                    "\\b((?:gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|sk-|AKIA|ASIA|npm_|dckr_pat_|hf_)"
                            + "[A-Za-z0-9_-]{10,255})"),
            new Secret(List.of("eyj"), "\\b(eyJ[A-Za-z0-9_-]{5,2000}\\.[A-Za-z0-9_-]{5,2000}\\.[A-Za-z0-9_-]{5,2000})"),
            new Secret(List.of("-----begin"), "(-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\\s\\S]{0,4000})"));

    private static final Pattern NAMED = Pattern.compile("(?i)-{0,2}" + SECRET_NAME);

    /**
     * One form of secrets.
     *
     * @param signs in lower case; text with none of them has no such secret
     * @param form with the secret as its group
     */
    private record Secret(List<String> signs, Pattern form) {
        Secret(List<String> signs, String form) {
            this(signs, Pattern.compile(form));
        }
    }

    private Redaction() {}

    /** The text without the secrets that can be seen in it, cut at 2,048 characters. */
    static String text(String text) {
        String out = text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
        String lower = out.toLowerCase(Locale.ROOT);
        for (Secret secret : SECRETS) {
            if (secret.signs().stream().anyMatch(lower::contains)) {
                out = mask(secret.form(), out);
            }
        }
        return wellFormed(out);
    }

    /** Whether a word is what secrets are called: an option whose value is the next word. */
    static boolean namesSecret(String word) {
        return NAMED.matcher(word).matches();
    }

    private static String mask(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length());
        int from = 0;
        do {
            out.append(text, from, matcher.start(1));
            out.append(MASK);
            from = matcher.end(1);
        } while (matcher.find());
        return out.append(text, from, text.length()).toString();
    }

    /** Half a character cannot be written as UTF-8. */
    private static String wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                StringBuilder out = new StringBuilder(text.length());
                text.codePoints()
                        .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
                        .forEach(out::appendCodePoint);
                return out.toString();
            }
        }
        return text;
    }
}
