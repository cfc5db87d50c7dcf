package dev.longshore.docker.audit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A log, and what somebody with write access may do to it. */
final class Tampering {
    final Path directory;

    Tampering(Path directory) {
        this.directory = directory;
    }

    Path current() {
        return directory.resolve(AuditDirectory.CURRENT);
    }

    List<String> lines() {
        return lines(current());
    }

    List<String> lines(Path file) {
        try {
            return new ArrayList<>(Files.readAllLines(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All lines, over all files. */
    List<String> all() {
        try {
            List<String> lines = new ArrayList<>();
            for (Path file : new AuditDirectory(directory).fullFiles()) {
                lines.addAll(lines(file));
            }
            lines.addAll(lines());
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void write(List<String> lines) {
        try {
            Files.writeString(current(), String.join("\n", lines) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a line's text anew, and all hashes from there on, as one can who knows the format and has no key. */
    void rewriteFrom(int index, String from, String to) {
        List<String> lines = lines();
        ChainHash chain = new ChainHash(Optional.empty());
        String prev = AuditLine.parse(lines.get(index).getBytes(StandardCharsets.UTF_8))
                .orElseThrow()
                .prev();
        for (int i = index; i < lines.size(); i++) {
            String line = i == index ? lines.get(i).replace(from, to) : lines.get(i);
            String open = line.replaceAll(",\"prev\":.*$", "") + ",\"prev\":\"" + prev + "\"";
            byte[] bytes = open.getBytes(StandardCharsets.UTF_8);
            prev = chain.of(bytes, bytes.length);
            lines.set(i, open + ",\"hash\":\"" + prev + "\"}");
        }
        write(lines);
    }

    /** The last line as number:hash. */
    String end() {
        List<String> lines = lines();
        AuditLine last = AuditLine.parse(lines.get(lines.size() - 1).getBytes(StandardCharsets.UTF_8))
                .orElseThrow();
        return last.seq() + ":" + last.hash();
    }

    AuditReport verify() {
        return new AuditVerifier(Optional.empty(), Optional.empty()).directory(directory);
    }

    /** The findings in short: kind, file, line, number. */
    static List<String> findings(AuditReport report) {
        return report.findings().stream()
                .map(one -> one.kind() + " " + one.file() + ":" + one.line() + " #" + one.seq())
                .toList();
    }
}
