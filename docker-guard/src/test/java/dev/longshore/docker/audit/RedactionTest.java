package dev.longshore.docker.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "https://joe:hunter2@example.org/x | https://joe:[redacted]@example.org/x",
                "pull of reg.example.org/a with Authorization: Basic am9lOmh1bnRlcjI= |"
                        + " pull of reg.example.org/a with Authorization: [redacted] [redacted]",
                "Bearer abcdefgh12345678 | Bearer [redacted]",
                "--password=hunter2 --verbose | --password=[redacted] --verbose",
                "--password hunter2 --verbose | --password [redacted] --verbose",
                "DB_PASSWORD=hunter2 | DB_PASSWORD=[redacted]",
                "aws_secret_access_key: hunter2 | aws_secret_access_key: [redacted]",
                "\"token\": \"hunter2\" | \"token\": \"[redacted]\"",
                "api-key=hunter2&x=1 | api-key=[redacted]&x=1",
                "password=\"correct horse\" x | password=\"[redacted]\" x",
                "\"token\": \"a \\\" b, c\", \"x\": 1 | \"token\": \"[redacted]\", \"x\": 1",
                "--password \"correct horse\" --user joe | --password \"[redacted]\" --user joe",
                "password=\"correct horse | password=\"[redacted]",
                "see ghp_0123456789abcdefghij0123456789abcdef | see [redacted]",
                "glpat-0123456789abcdef0123 | [redacted]",
                "AKIAIOSFODNN7EXAMPLE | [redacted]",
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl | [redacted]",
                "-----BEGIN RSA PRIVATE KEY----- MIIE | [redacted]"
            })
    void secretsAreMasked(String text, String redacted) {
        assertThat(Redaction.text(text)).isEqualTo(redacted);
    }

    @Test
    void soAreThoseBetweenSingleQuotes() {
        assertThat(Redaction.text("PASSWORD='correct horse' 'api-key': 'a b' x"))
                .isEqualTo("PASSWORD='[redacted]' 'api-key': '[redacted]' x");
        assertThat(Redaction.text("--token 'a b' x")).isEqualTo("--token '[redacted]' x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                "longshore-run-1-step-0123456789ab",
                "python3 -m longshore.analyse /workspace --jobs 4",
                "registry.example.org:5000/team/image:1.2",
                "the daemon refused create (409): the container name is already in use",
                "/var/lib/author/passage/tokens.txt",
                "exec format error"
            })
    void whatIsNoneStays(String text) {
        assertThat(Redaction.text(text)).isEqualTo(text);
    }

    @Test
    void theWordAfterAnOptionNamedLikeASecretIsMasked() {
        AuditEntry entry = AuditEntry.of(AuditEntry.Event.CALL)
                .put(
                        "command",
                        List.of("login", "--password", "hunter2", "--user", "joe", "-token", "x", "--author", "me"));

        assertThat(entry.fields().path("command"))
                .hasToString("[\"login\",\"--password\",\"[redacted]\",\"--user\",\"joe\",\"-token\",\"[redacted]\","
                        + "\"--author\",\"[redacted]\"]");
    }

    @Test
    void textIsBoundedAndCanBeWritten() {
        assertThat(Redaction.text("x".repeat(1 << 20))).hasSize(2049);
        assertThat(Redaction.text("a\ud800b")).isEqualTo("a\ufffdb");
        assertThat(Redaction.text("a\ud83d\ude00b")).isEqualTo("a\ud83d\ude00b");
        long begin = System.nanoTime();
        Redaction.text("token=".repeat(200_000));
        Redaction.text("token".repeat(410));
        Redaction.text("-auth".repeat(410));
        Redaction.text("token=\"" + "\\x".repeat(1020));
        Redaction.text("a".repeat(2048) + "://" + ":".repeat(2048));
        assertThat(System.nanoTime() - begin).as("time").isLessThan(30_000_000_000L);
    }
}
