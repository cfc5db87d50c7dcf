package dev.longshore.docker.audit;

import static dev.longshore.docker.audit.Tampering.findings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A log of twelve lines, and everything that may be done to it. */
class AuditVerifierTest {
    @TempDir
    Path temp;

    private Tampering log;
    private String head;

    @BeforeEach
    void write() {
        log = new Tampering(temp.resolve("log"));
        head = write(AuditSettings.in(log.directory));
    }

    /** Opened, ten calls, closed. */
    private static String write(AuditSettings settings) {
        AuditLog written = AuditLog.open(settings);
        try (written) {
            for (int i = 0; i < 10; i++) {
                written.record(AuditEntry.of(AuditEntry.Event.CALL)
                        .put("operation", "create")
                        .put("target", "container-" + i));
            }
        }
        return new Tampering(settings.directory()).end();
    }

    static Stream<Arguments> deeds() {
        return Stream.of(
                deed("nothing", log -> {}),
                deed("a value changed", change(4, "container-3", "container-9"), "CHANGED audit.jsonl:5 #5"),
                deed("the last line changed", change(11, "closed", "opened"), "CHANGED audit.jsonl:12 #12"),
                deed("a hash changed", hash(4), "CHANGED audit.jsonl:5 #5"),
                deed("a number changed", change(4, "\"seq\":5", "\"seq\":9"), "CHANGED audit.jsonl:5 #9"),
                deed("white space added", change(4, "\"operation\":", "\"operation\": "), "CHANGED audit.jsonl:5 #5"),
                deed("a line removed", edit(lines -> lines.remove(4)), "REMOVED audit.jsonl:5 #5"),
                deed("three lines removed", edit(lines -> lines.subList(4, 7).clear()), "REMOVED audit.jsonl:5 #5"),
                deed("the first line removed", edit(lines -> lines.remove(0)), "REMOVED :1 #1"),
                deed("two lines swapped", edit(lines -> Collections.swap(lines, 4, 5)), "MOVED audit.jsonl:6 #5"),
                deed(
                        "two far lines swapped",
                        edit(lines -> Collections.swap(lines, 3, 8)),
                        "MOVED audit.jsonl:5 #5",
                        "MOVED audit.jsonl:6 #6",
                        "MOVED audit.jsonl:7 #7",
                        "MOVED audit.jsonl:8 #8",
                        "MOVED audit.jsonl:9 #4"),
                deed("a line moved down", edit(lines -> lines.add(8, lines.remove(4))), "MOVED audit.jsonl:9 #5"),
                deed("a line repeated", edit(lines -> lines.add(5, lines.get(4))), "REPEATED audit.jsonl:6 #5"),
                deed("a foreign line", edit(lines -> lines.add(5, "{\"seq\":6}")), "FOREIGN audit.jsonl:6 #6"),
                deed("an empty line", edit(lines -> lines.add(5, "")), "FOREIGN audit.jsonl:6 #6"),
                deed("the last line removed", edit(lines -> lines.remove(11)), "TRUNCATED audit.jsonl:11 #12"),
                deed(
                        "all but the first removed",
                        edit(lines -> lines.subList(1, 12).clear()),
                        "TRUNCATED audit.jsonl:1 #2"),
                deed(
                        "cut in a line",
                        AuditVerifierTest::cut,
                        "FOREIGN audit.jsonl:12 #12",
                        "TRUNCATED audit.jsonl:12 #12"),
                deed("emptied", log -> log.write(List.of()), "FOREIGN audit.jsonl:1 #1", "TRUNCATED audit.jsonl:1 #1"),
                deed("the head removed", delete("audit.head"), "HEAD_LOST audit.head:1 #12"),
                deed(
                        "two things at once",
                        edit(lines -> {
                            lines.set(2, lines.get(2).replace("create", "remove"));
                            lines.remove(7);
                        }),
                        "CHANGED audit.jsonl:3 #3",
                        "REMOVED audit.jsonl:8 #8"),
                deed(
                        "one changed with its own hash",
                        log -> {
                            List<String> all = log.lines();
                            log.rewriteFrom(4, "container-3", "container-9");
                            List<String> rewritten = log.lines();
                            rewritten.subList(5, 12).clear();
                            rewritten.addAll(all.subList(5, 12));
                            log.write(rewritten);
                        },
                        "REWRITTEN audit.jsonl:6 #5"),
                deed(
                        "all written anew from one on",
                        log -> log.rewriteFrom(4, "container-3", "container-9"),
                        "REWRITTEN audit.jsonl:12 #12"));
    }

    private static Arguments deed(String name, Consumer<Tampering> deed, String... findings) {
        return Arguments.of(name, deed, List.of(findings));
    }

    private static Consumer<Tampering> edit(Consumer<List<String>> edit) {
        return log -> {
            List<String> lines = log.lines();
            edit.accept(lines);
            log.write(lines);
        };
    }

    private static Consumer<Tampering> change(int index, String from, String to) {
        return edit(lines -> {
            assertThat(lines.get(index)).contains(from);
            lines.set(index, lines.get(index).replace(from, to));
        });
    }

    private static Consumer<Tampering> hash(int index) {
        return edit(lines -> {
            String line = lines.get(index);
            char digit = line.charAt(line.length() - 3);
            lines.set(index, line.substring(0, line.length() - 3) + (digit == '0' ? '1' : '0') + "\"}");
        });
    }

    private static void cut(Tampering log) {
        try {
            String text = Files.readString(log.current());
            Files.writeString(log.current(), text.substring(0, text.length() - 40));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Consumer<Tampering> delete(String name) {
        return log -> assertThat(log.directory.resolve(name).toFile().delete()).isTrue();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("deeds")
    void findsWhatWasDone(String name, Consumer<Tampering> deed, List<String> findings) {
        deed.accept(log);

        AuditReport report = log.verify();

        assertThat(findings(report)).containsExactlyElementsOf(findings);
        assertThat(report.intact()).isEqualTo(findings.isEmpty());
        if (findings.isEmpty()) {
            assertThat(report.lines()).isEqualTo(12);
            assertThat(report.head()).isEqualTo(head);
        }
    }

    /** Neither the log nor the file beside it can show this: they are as they were some lines ago. */
    @Test
    void aLogThatWasPutBackWithItsHeadShowsOnlyAgainstAHeadNotedElsewhere() throws IOException {
        Path old = temp.resolve("old");
        write(AuditSettings.in(old));
        Files.copy(old.resolve("audit.jsonl"), temp.resolve("kept"));
        byte[] oldHead = Files.readAllBytes(old.resolve("audit.head"));
        String noted = write(AuditSettings.in(old));
        Files.write(old.resolve("audit.jsonl"), Files.readAllBytes(temp.resolve("kept")));
        Files.write(old.resolve("audit.head"), oldHead);

        assertThat(new Tampering(old).verify().intact()).isTrue();
        assertThat(findings(new AuditVerifier(Optional.empty(), Optional.of(noted)).directory(old)))
                .containsExactly("TRUNCATED audit.jsonl:12 #13");
    }

    @Test
    void aNotedHeadFindsALogWrittenAnewWithItsHead() throws IOException {
        log.rewriteFrom(4, "container-3", "container-9");
        Files.delete(log.directory.resolve("audit.head"));
        AuditLog.open(AuditSettings.in(log.directory)).close();

        assertThat(findings(new AuditVerifier(Optional.empty(), Optional.of(head)).directory(log.directory)))
                .containsExactly("REWRITTEN audit.jsonl:12 #12");
        assertThatThrownBy(() -> new AuditVerifier(Optional.empty(), Optional.of("12:zz")))
                .isInstanceOf(AuditException.class);
    }

    @Test
    void withAKeyALogWrittenAnewIsFoundFromItsFirstLineOn() throws IOException {
        Path file = temp.resolve("key");
        AuditKey.create(file);
        AuditKey key = AuditKey.read(file);
        Tampering keyed = new Tampering(temp.resolve("keyed"));
        write(AuditSettings.in(keyed.directory).withKey(key));
        AuditVerifier verifier = new AuditVerifier(Optional.of(key), Optional.empty());
        assertThat(verifier.directory(keyed.directory).findings()).isEmpty();
        assertThatThrownBy(keyed::verify).isInstanceOf(AuditException.class).hasMessageContaining("chained with a key");

        keyed.rewriteFrom(4, "container-3", "container-9");
        List<String> lines = keyed.lines();
        assertThat(findings(verifier.directory(keyed.directory)))
                .containsExactly(
                        "UNKEYED audit.jsonl:5 #5",
                        "UNKEYED audit.jsonl:6 #6",
                        "UNKEYED audit.jsonl:7 #7",
                        "UNKEYED audit.jsonl:8 #8",
                        "UNKEYED audit.jsonl:9 #9",
                        "UNKEYED audit.jsonl:10 #10",
                        "UNKEYED audit.jsonl:11 #11",
                        "UNKEYED audit.jsonl:12 #12",
                        "REWRITTEN audit.jsonl:12 #12");
        lines.replaceAll(line -> line.replace("\"hash\":", "\"hmac\":"));
        keyed.write(lines);
        assertThat(findings(verifier.directory(keyed.directory)))
                .startsWith("CHANGED audit.jsonl:5 #5")
                .hasSize(9);
    }

    @Test
    void anotherKeyVerifiesNothing() throws IOException {
        Path one = temp.resolve("one");
        Path other = temp.resolve("other");
        AuditKey.create(one);
        AuditKey.create(other);
        Path keyed = temp.resolve("keyed");
        write(AuditSettings.in(keyed).withKey(AuditKey.read(one)));

        AuditReport report = new AuditVerifier(Optional.of(AuditKey.read(other)), Optional.empty()).directory(keyed);

        assertThat(report.found()).isEqualTo(13);
    }

    @Test
    void filesAloneAreVerifiedWithoutWhatCameBeforeAndAfter() throws IOException {
        List<String> lines = log.lines();
        Path part = temp.resolve("part.jsonl");
        Files.write(part, lines.subList(3, 9));

        AuditVerifier verifier = new AuditVerifier(Optional.empty(), Optional.empty());

        assertThat(verifier.files(List.of(part)).intact()).isTrue();
        Files.write(part, List.of(lines.get(3), lines.get(5)));
        assertThat(findings(verifier.files(List.of(part)))).containsExactly("REMOVED part.jsonl:2 #5");
    }

    @Test
    void aDirectoryWithoutALogIsNone() {
        assertThatThrownBy(() -> new Tampering(temp).verify())
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("no audit log");
        assertThatThrownBy(() -> new Tampering(temp.resolve("none")).verify()).isInstanceOf(AuditException.class);
    }
}
