package dev.longshore.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the threat model says is shown by a test that is there. */
class ThreatModelTest {
    private static final Pattern NAMED = Pattern.compile("`([A-Z]\\w*Test)\\.([a-z]\\w*)`");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (.+?) \\| (.+) \\| (.+) \\|$");

    private static Path root() {
        return Path.of("..").toAbsolutePath().normalize();
    }

    private static Map<String, String> testSources(Path root) throws IOException {
        Map<String, String> sources = new HashMap<>();
        try (Stream<Path> modules = Files.list(root)) {
            for (Path module : modules.toList()) {
                Path tests = module.resolve("src/test/java");
                if (Files.isDirectory(tests)) {
                    try (Stream<Path> files = Files.walk(tests)) {
                        for (Path file : files.filter(one -> one.toString().endsWith("Test.java"))
                                .toList()) {
                            String name = file.getFileName().toString();
                            sources.merge(name.substring(0, name.length() - 5), Files.readString(file), String::concat);
                        }
                    }
                }
            }
        }
        return sources;
    }

    @Test
    void everyTestItNamesIsThere() throws IOException {
        String text = Files.readString(root().resolve("docs/threat-model.md"));
        Map<String, String> sources = testSources(root());
        List<String> missing = new ArrayList<>();
        Matcher named = NAMED.matcher(text);
        int count = 0;
        while (named.find()) {
            count++;
            boolean there = Pattern.compile("\\bvoid " + named.group(2) + "\\(")
                    .matcher(sources.getOrDefault(named.group(1), ""))
                    .find();
            if (!there) {
                missing.add(named.group());
            }
        }
        assertThat(count).isGreaterThan(40);
        assertThat(missing).isEmpty();
    }

    @Test
    void everyThingThatCannotBeDoneNamesATest() throws IOException {
        String text = Files.readString(root().resolve("docs/threat-model.md"));
        List<String> without = new ArrayList<>();
        boolean claims = false;
        int rows = 0;
        for (String line : text.lines().toList()) {
            if (line.startsWith("| cannot |")) {
                claims = true;
            } else if (claims && ROW.matcher(line).matches() && !line.startsWith("|---")) {
                rows++;
                if (!NAMED.matcher(line).find()) {
                    without.add(line);
                }
            } else if (!line.startsWith("|")) {
                claims = false;
            }
        }
        assertThat(rows).isGreaterThan(30);
        assertThat(without).isEmpty();
    }
}
