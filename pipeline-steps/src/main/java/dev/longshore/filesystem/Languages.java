package dev.longshore.filesystem;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells the language of a file, by its name, else its extension, else its first line. The table is {@code languages.txt}
 * beside this class.
 */
final class Languages {
    /** A name whose extension says what it is for rather than what it is: {@code Dockerfile.alpine}, Makefile.am. */
    private static final Pattern NAMED_FIRST = Pattern.compile("(dockerfile|containerfile|makefile|kconfig)\\..+");

    private static final Pattern INTERPRETER =
            Pattern.compile("#!\\s*(?:\\S*/)?(?<first>[^\\s/]+)(?<arguments>(?:\\s.*)?)");
    private static final Pattern ARGUMENTS = Pattern.compile("\\s+");
    private static final Pattern VERSION = Pattern.compile("[-.\\d]+$");

    private static final Languages TABLE = read();

    private final Map<String, String> byExtension = new HashMap<>();
    private final Map<String, String> byName = new HashMap<>();
    private final Map<String, String> byInterpreter = new HashMap<>();

    private Languages() {}

    /**
     * The language's id, or empty if it is not known.
     *
     * @param name the file's name
     * @param shebang its first line, if that starts with {@code #!}
     */
    static Optional<String> of(String name, @Nullable String shebang) {
        String language = TABLE.byFileName(name);
        return language != null || shebang == null
                ? Optional.ofNullable(language)
                : Optional.ofNullable(TABLE.byShebang(shebang));
    }

    private @Nullable String byFileName(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        String language = byName.get(lower);
        if (language != null) {
            return language;
        }
        int dot = lower.lastIndexOf('.');
        if (dot > 0) {
            // Upper case tells C++ from C, and only there.
            language = name.endsWith(".C") || name.endsWith(".H") ? "cpp" : byExtension.get(lower.substring(dot + 1));
        }
        if (language == null && NAMED_FIRST.matcher(lower).matches()) {
            language = byName.get(lower.substring(0, lower.indexOf('.')));
        }
        return language;
    }

    private @Nullable String byShebang(String line) {
        Matcher matcher = INTERPRETER.matcher(line);
        if (!matcher.matches()) {
            return null;
        }
        String program = matcher.group("first");
        if (program.equals("env")) {
            program = "";
            for (String argument : ARGUMENTS.split(matcher.group("arguments").strip(), -1)) {
                if (!argument.startsWith("-") && argument.indexOf('=') < 0) {
                    program = argument.substring(argument.lastIndexOf('/') + 1);
                    break;
                }
            }
        }
        program = program.toLowerCase(Locale.ROOT);
        String language = byInterpreter.get(program);
        return language != null
                ? language
                : byInterpreter.get(VERSION.matcher(program).replaceFirst(""));
    }

    private static Languages read() {
        Languages languages = new Languages();
        try (InputStream in = Languages.class.getResourceAsStream("languages.txt")) {
            if (in == null) {
                throw new IllegalStateException("languages.txt is missing from the program");
            }
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    languages.add(line);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("reading languages.txt", e);
        }
        return languages;
    }

    private void add(String line) {
        int colon = line.indexOf(':');
        String language = line.substring(0, colon);
        for (String sign : ARGUMENTS.split(line.substring(colon + 1).strip(), -1)) {
            String before;
            if (sign.startsWith("#!")) {
                before = byInterpreter.put(sign.substring(2), language);
            } else if (sign.startsWith("=")) {
                before = byName.put(sign.substring(1), language);
            } else if (sign.startsWith(".")) {
                before = byExtension.put(sign.substring(1), language);
            } else {
                throw new IllegalStateException("languages.txt: " + sign);
            }
            if (before != null) {
                throw new IllegalStateException("languages.txt: " + sign + " is both " + before + " and " + language);
            }
        }
    }
}
