package dev.longshore.container;

import static dev.longshore.container.OutputFixture.edge;
import static dev.longshore.container.OutputFixture.file;
import static dev.longshore.container.OutputFixture.function;
import static dev.longshore.container.OutputFixture.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.ByteArrayOutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever an image may have left, the step fails with the very place; and this process reads nothing but the output. */
class HostileOutputTest {
    @TempDir
    Path directory;

    private OutputFixture output;

    @BeforeEach
    void anEmptyOutput() throws Exception {
        output = new OutputFixture(directory);
    }

    private static String props(String properties) {
        return "{\"id\":\"x\",\"labels\":[\"Function\"],\"properties\":{\"path\":\"a.py\",\"qualifiedName\":\"f\","
                + properties + "}}";
    }

    private static String path(String path) {
        return "{\"id\":\"x\",\"labels\":[\"File\"],\"properties\":{\"path\":\"" + path + "\"}}";
    }

    static Stream<Arguments> nodes() {
        return Stream.of(
                arguments("", "an empty line"),
                arguments("   ", "an empty line"),
                arguments("nodes", "not JSON, at column 1: Unrecognized token 'nodes'"),
                arguments("{\"id\":\"x\"", "not JSON, at column"),
                arguments("{\"id\":\"x\u0001\"}", "not JSON, at column"),
                arguments("[]", "not a JSON object but a list"),
                arguments("17", "not a JSON object but a number"),
                arguments("\"x\"", "not a JSON object but text"),
                arguments("[".repeat(100_000), "not a JSON object but a list"),
                arguments("{}", "no id"),
                arguments("{\"id\":\"x\"} {}", "no labels"),
                arguments(path("a.py") + "{}", "something follows the JSON object"),
                arguments(path("a.py") + " ]", "not JSON, at column"),
                arguments("{\"id\":7}", "id must be text, not a number"),
                arguments("{\"id\":null}", "id must be text, not null"),
                arguments("{\"id\":\"\"}", "id must have 1 to 16384 characters"),
                arguments("{\"id\":\"" + "x".repeat(16_385) + "\"}", "id must have 1 to 16384 characters"),
                arguments("{\"id\":\"x\",\"id\":\"y\"}", "id is there twice"),
                arguments(
                        "{\"id\":\"x\",\"label\":[\"File\"]}",
                        "unknown field \"label\"; there are id, labels and properties"),
                arguments("{\"id\":\"x\",\"labels\":\"File\"}", "labels must be a list of one label, not text"),
                arguments("{\"id\":\"x\",\"labels\":[]}", "labels must be a list of one label, not an empty one"),
                arguments(
                        "{\"id\":\"x\",\"labels\":[\"File\",\"Class\"]}",
                        "labels must be a list of one label, not of more"),
                arguments("{\"id\":\"x\",\"labels\":[[\"File\"]]}", "a label must be text, not a list"),
                arguments("{\"id\":\"x\",\"labels\":[\"Person\"]}", "unknown label \"Person\""),
                arguments("{\"id\":\"x\",\"labels\":[\"a\\u001b[2J\\u202eb\"]}", "unknown label \"a [2J b\""),
                arguments(
                        "{\"id\":\"x\",\"labels\":[\"Repository\"],\"properties\":{}}",
                        "label Repository: an image may not write it"),
                arguments("{\"id\":\"x\",\"labels\":[\"File\"]}", "no properties"),
                arguments(
                        "{\"id\":\"x\",\"labels\":[\"File\"],\"properties\":[]}",
                        "properties must be an object, not a list"),
                arguments("{\"id\":\"x\",\"labels\":[\"File\"],\"properties\":{}}", "a File without property path"),
                arguments(
                        "{\"id\":\"x\",\"labels\":[\"Function\"],\"properties\":{\"path\":\"a.py\"}}",
                        "a Function without property qualifiedName"),
                arguments(
                        "{\"id\":\"x\",\"labels\":[\"CodeBlock\"],\"properties\":{\"path\":\"a.py\"}}",
                        "a CodeBlock without property line"),
                arguments(
                        "{\"id\":\"x\",\"labels\":[\"File\"],\"properties\":{\"path\":7}}",
                        "property path must be text"),
                arguments(path(""), "an empty path"),
                arguments(
                        path("/etc/passwd"), "an absolute path \"/etc/passwd\"; paths are relative to the repository"),
                arguments(path("../a.py"), "a path with a segment .. \"../a.py\""),
                arguments(path("src/../../a.py"), "a path with a segment .. \"src/../../a.py\""),
                arguments(path("src/.."), "a path with a segment .. \"src/..\""),
                arguments(path("./a.py"), "a path with a segment . \"./a.py\""),
                arguments(path("src//b.py"), "a path with an empty segment \"src//b.py\""),
                arguments(path("src/"), "a path with an empty segment \"src/\""),
                arguments(path("a.py\\u0000.txt"), "a NUL in path \"a.py .txt\""),
                arguments(path("a\\ud800"), "half a surrogate pair in path \"a\""),
                arguments(path("\\udc00\\ud800"), "half a surrogate pair in path"),
                arguments(path("a".repeat(4097)), "a path longer than 4096 bytes"),
                arguments(path("ü".repeat(2049)), "a path longer than 4096 bytes"),
                arguments(
                        props("\"o\":{}"),
                        "property o: an object; a value is text, a whole number, true, false or a list of"),
                arguments(props("\"o\":{\"o\":".repeat(1000)), "property o: an object"),
                arguments(props("\"f\":1.5"), "property f: a number with a fraction or an exponent; write it as text"),
                arguments(
                        props("\"f\":1e400"), "property f: a number with a fraction or an exponent; write it as text"),
                arguments(props("\"f\":NaN"), "not JSON, at column"),
                arguments(props("\"n\":null"), "property n: null; leave the property out"),
                arguments(props("\"n\":9223372036854775808"), "property n: a whole number that 64 bits do not hold"),
                arguments(props("\"n\":" + "9".repeat(900)), "property n: a whole number that 64 bits do not hold"),
                arguments(
                        props("\"n\":" + "9".repeat(100_000)),
                        "a text longer than 1048576 characters, a name longer than"),
                arguments(props("\"l\":[1]"), "an item of property l must be text, not a number"),
                arguments(props("\"l\":[[]]"), "an item of property l must be text, not a list"),
                arguments(props("\"l\":[" + "\"\",".repeat(10_000) + "\"\"]"), "property l: more than 10000 items"),
                arguments(
                        props("\"t\":\"" + "x".repeat((1 << 20) + 1) + "\""), "a text longer than 1048576 characters"),
                arguments(props("\"" + "k".repeat(65) + "\":1"), "a property named \"kkk"),
                arguments(
                        props("\"" + "k".repeat(100_000) + "\":1"),
                        "a text longer than 1048576 characters, a name longer"),
                arguments(props("\"a b\":1"), "a property named \"a b\"; a name is a letter and up to 63 letters"),
                arguments(props("\"\":1"), "a property named \"\""),
                arguments(props("\"a\":1,\"a\":2"), "property a is there twice"),
                arguments(
                        props(IntStream.range(0, 65)
                                .mapToObj(i -> "\"p" + i + "\":1")
                                .collect(Collectors.joining(","))),
                        "more than 64 properties"),
                arguments(props("\"startLine\":0"), "property startLine must be a whole number from 1 to 2147483647"),
                arguments(
                        props("\"startLine\":\"1\""), "property startLine must be a whole number from 1 to 2147483647"),
                arguments(
                        props("\"endLine\":2147483648"),
                        "property endLine must be a whole number from 1 to 2147483647"),
                arguments(props("\"startLine\":5,\"endLine\":4"), "endLine 4 is before startLine 5"),
                arguments(props("\"name\":[\"f\"]"), "property name must be text"),
                arguments(
                        props("\"overload\":1"),
                        "property overload must be 2 or more; the first definition of a name has none"),
                arguments(
                        "{\"id\":\"x\",\"labels\":[\"Class\"],\"properties\":{\"path\":\"a.py\",\"qualifiedName\":\"\"}}",
                        "property qualifiedName must have 1 to 4096 characters"),
                arguments(
                        "{\"id\":\"x\",\"labels\":[\"Class\"],\"properties\":{\"path\":\"a.py\",\"qualifiedName\":\"C\\u0000\"}}",
                        "a NUL in qualifiedName \"C\""),
                arguments(function("n", "a.py", "other").strip(), "id \"n\" is on line 1 already, with other content"),
                arguments(
                        "{\"id\":\"n\",\"labels\":[\"Class\"],\"properties\":{\"path\":\"a.py\",\"qualifiedName\":\"first\","
                                + "\"startLine\":1,\"endLine\":2}}",
                        "id \"n\" is on line 1 already, with other content"),
                arguments(
                        "{\"id\":\"m\",\"labels\":[\"Function\"],\"properties\":{\"path\":\"a.py\",\"qualifiedName\":\"first\"}}",
                        "Function \"first\" of \"a.py\" (number definitions of one name by overload: 2, 3, …) is on line 1"
                                + " already, with other content"));
    }

    @ParameterizedTest
    @MethodSource("nodes")
    void aNodeThatIsNone(String line, String problem) throws Exception {
        output.write("nodes.jsonl", function("n", "a.py", "first") + line + "\n" + function("z", "a.py", "last"));
        assertThat(output.refusal())
                .startsWith("nodes.jsonl:2: " + problem)
                .doesNotContain("\n")
                .hasSizeLessThan(500);
    }

    static Stream<Arguments> edges() {
        return Stream.of(
                arguments("{}", "no source"),
                arguments("{\"source\":\"f\",\"target\":\"n\"}", "no type"),
                arguments(edge("f", "nowhere", "CALLS"), "target \"nowhere\" is no id of nodes.jsonl"),
                arguments(edge("nowhere", "f", "CALLS"), "source \"nowhere\" is no id of nodes.jsonl"),
                arguments(edge("f", "f", "OWNS"), "unknown edge type \"OWNS\""),
                arguments(edge("f", "f", "calls"), "unknown edge type \"calls\""),
                arguments(
                        edge("f", "f", "CONTAINS"),
                        "edge type CONTAINS: an image may not write it; it is the file system's"),
                arguments("{\"source\":\"f\",\"source\":\"f\"}", "source is there twice"),
                arguments(
                        "{\"source\":\"f\",\"target\":\"n\",\"type\":\"CALLS\",\"weight\":1}",
                        "unknown field \"weight\"; there are source, target, type and properties"),
                arguments(
                        "{\"source\":\"f\",\"target\":\"n\",\"type\":\"CALLS\",\"properties\":{\"line\":[1]}}",
                        "an item of property line must be text, not a number"));
    }

    @ParameterizedTest
    @MethodSource("edges")
    void anEdgeThatIsNone(String line, String problem) throws Exception {
        output.write("nodes.jsonl", file("f", "a.py") + function("n", "a.py", "g"));
        output.write("edges.jsonl", edge("f", "n", "DEFINES") + line.strip() + "\n");
        assertThat(output.refusal()).startsWith("edges.jsonl:2: " + problem);
    }

    static Stream<Arguments> counts() {
        return Stream.of(
                arguments("", "an empty line"),
                arguments("[1]", "not a JSON object but a list"),
                arguments("{\"files\":-1}", "count files: not a whole number from 0 on"),
                arguments("{\"files\":1.5}", "count files: not a whole number from 0 on"),
                arguments("{\"files\":{\"a\":1}}", "count files: not a whole number from 0 on"),
                arguments("{\"files\":9223372036854775808}", "count files: a whole number that 64 bits do not hold"),
                arguments("{\"a\":1,\n\"a\":1}", "count a is there twice"),
                arguments("{\"\\n\":1}", "a count named \"\""),
                arguments(
                        IntStream.range(0, 1001)
                                .mapToObj(i -> "\"c" + i + "\":1")
                                .collect(Collectors.joining(",", "{", "}")),
                        "more than 1000 counts"),
                arguments("{\"a\":1}" + " ".repeat(1 << 20), "longer than 1048576 bytes"));
    }

    @ParameterizedTest
    @MethodSource("counts")
    void countsThatAreNone(String text, String problem) throws Exception {
        output.write("counts.json", text);
        assertThat(output.refusal()).startsWith("counts.json: " + problem);
    }

    static Stream<Arguments> notUtf8() {
        return Stream.of(
                arguments("a continuation byte alone", new byte[] {(byte) 0x80}),
                arguments("an overlong slash", new byte[] {(byte) 0xC0, (byte) 0xAF}),
                arguments("an overlong NUL", new byte[] {(byte) 0xC0, (byte) 0x80}),
                arguments("an overlong slash of three", new byte[] {(byte) 0xE0, (byte) 0x80, (byte) 0xAF}),
                arguments("an encoded surrogate", new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80}),
                arguments("beyond U+10FFFF", new byte[] {(byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80}),
                arguments("a byte that UTF-8 never has", new byte[] {(byte) 0xFF}),
                arguments("half a character", new byte[] {(byte) 0xC3}));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("notUtf8")
    void bytesThatAreNotUtf8(String what, byte[] bytes) throws Exception {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        line.writeBytes(utf8("{\"id\":\"x\",\"labels\":[\"File\"],\"properties\":{\"path\":\"ü"));
        int column = line.size() + 1;
        line.writeBytes(bytes);
        line.writeBytes(utf8("\"}}\n"));
        output.write("nodes.jsonl", line.toByteArray());
        assertThat(output.refusal())
                .as(what)
                .isEqualTo(String.format("nodes.jsonl:1: byte %d (0x%02X) is not UTF-8", column, bytes[0] & 0xFF));
    }

    @Test
    @Timeout(20)
    void aLineWithoutEndIsRefusedAfterItsFirstMegabytes() throws Exception {
        try (RandomAccessFile sparse =
                new RandomAccessFile(output.out.resolve("nodes.jsonl").toFile(), "rw")) {
            // No disk is used. To read it all would take many times the timeout; to hold it, more than the heap.
            sparse.setLength(1L << 40);
        }
        assertThat(output.refusal()).isEqualTo("nodes.jsonl:1: longer than 8388608 bytes");
    }

    @Test
    void aSymbolicLinkIsNotFollowed() throws Exception {
        Path secret = Files.writeString(directory.resolve("secret"), function("s", "a.py", "secret"));
        for (String name : List.of("nodes.jsonl", "edges.jsonl", "counts.json")) {
            Path file = output.out.resolve(name);
            Files.deleteIfExists(file);
            Files.createSymbolicLink(file, secret);
            assertThat(output.refusal()).isEqualTo(name + ": is a symbolic link, not a regular file");
            Files.delete(file);
            output.write(name, "");
        }
    }

    @Test
    @Timeout(10)
    void aPipeIsNotOpened() throws Exception {
        Path pipe = output.out.resolve("nodes.jsonl");
        Files.delete(pipe);
        Process mkfifo = new ProcessBuilder("mkfifo", pipe.toString()).start();
        assertThat(mkfifo.waitFor()).isZero();
        assertThat(output.refusal()).isEqualTo("nodes.jsonl: is a pipe, socket or device, not a regular file");
    }

    @Test
    void aDirectoryIsNoFile() throws Exception {
        Files.delete(output.out.resolve("edges.jsonl"));
        Files.createDirectory(output.out.resolve("edges.jsonl"));
        assertThat(output.refusal()).isEqualTo("edges.jsonl: is a directory, not a regular file");
    }

    @Test
    void whatIsMissingIsNamed() throws Exception {
        Files.delete(output.out.resolve("edges.jsonl"));
        assertThat(output.refusal()).isEqualTo("edges.jsonl: the image did not write it (an empty file is fine)");
        Files.delete(output.out.resolve("nodes.jsonl"));
        assertThat(output.refusal()).isEqualTo("nodes.jsonl: the image did not write it (an empty file is fine)");
    }
}
