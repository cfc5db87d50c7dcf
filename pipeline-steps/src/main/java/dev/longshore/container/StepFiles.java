package dev.longshore.container;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.longshore.source.Workspace;
import dev.longshore.step.StepContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The directories of the host that a container sees as {@code /in} and {@code /out}.
 *
 * <p>The container's user need not be this process's: {@code out} is open to all and {@code in} readable by all, below a
 * directory that nobody else can enter. A bind mount does not pass through that.
 *
 * @param in holds {@code step.json} and {@code files}
 * @param out empty
 * @param known what the graph has so far, if somebody listed the files
 */
record StepFiles(Path in, Path out, Optional<KnownPaths> known) {
    static StepFiles prepare(StepContext context, Map<String, Object> options) throws IOException {
        Path closed = directory(context.resources().scratch().resolve("container"), "rwx------");
        Path in = directory(closed.resolve("in"), "rwxr-xr-x");
        Path out = directory(closed.resolve("out"), "rwxrwxrwx");
        writeStep(context, options, in.resolve("step.json"));
        Path list = in.resolve("files");
        Optional<KnownPaths> known = KnownPaths.read(context.earlier(), context.ids(), list);
        if (known.isPresent()) {
            readableByAll(list);
        }
        return new StepFiles(in, out, known);
    }

    /** Of the same workspace and the same files the same, wherever they lie. */
    String digest(Workspace workspace) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
        digest.update((workspace.root() + "\n" + workspace.repository() + "\n").getBytes(StandardCharsets.UTF_8));
        for (String name : List.of("step.json", "files")) {
            Path file = in.resolve(name);
            if (Files.exists(file)) {
                digest.update((name + " " + Files.size(file) + "\n").getBytes(StandardCharsets.UTF_8));
                try (InputStream bytes = new DigestInputStream(Files.newInputStream(file), digest)) {
                    bytes.transferTo(OutputStream.nullOutputStream());
                }
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void writeStep(StepContext context, Map<String, Object> options, Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file);
                JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("step", context.id().step());
            json.writeStringField("repository", context.workspace().repository().name());
            json.writeObjectFieldStart("options");
            for (Map.Entry<String, Object> option : new TreeMap<>(options).entrySet()) {
                json.writeFieldName(option.getKey());
                writeValue(json, option.getValue());
            }
            json.writeEndObject();
            json.writeEndObject();
            json.writeRaw('\n');
        }
        readableByAll(file);
    }

    private static void writeValue(JsonGenerator json, Object value) throws IOException {
        if (value instanceof Iterable<?> items) {
            json.writeStartArray();
            for (Object item : items) {
                writeValue(json, item);
            }
            json.writeEndArray();
        } else if (value instanceof Boolean flag) {
            json.writeBoolean(flag);
        } else if (value instanceof Number number) {
            json.writeNumber(number.longValue());
        } else {
            json.writeString(value.toString());
        }
    }

    /** Sets the permissions whatever this process's umask is. */
    private static Path directory(Path directory, String permissions) throws IOException {
        Files.createDirectory(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(permissions));
    }

    private static void readableByAll(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }
}
