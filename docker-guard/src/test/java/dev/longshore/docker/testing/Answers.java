package dev.longshore.docker.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers for a {@link FakeDaemon}, good and bad. */
public final class Answers {
    private Answers() {}

    /** A whole JSON answer. */
    public static FakeDaemon.Answer json(int status, String body) {
        return raw("HTTP/1.1 " + status + " X\r\nContent-Type: application/json\r\nContent-Length: " + length(body)
                + "\r\n\r\n" + body);
    }

    /** An error as the daemon words it. */
    public static FakeDaemon.Answer error(int status, String message) {
        return json(status, "{\"message\":\"" + message.replace("\\", "\\\\").replace("\"", "\\\"") + "\"}");
    }

    /** A refusal that says when to come back. */
    public static FakeDaemon.Answer error(int status, String message, Duration retryAfter) {
        String body = "{\"message\":\"" + message + "\"}";
        return raw("HTTP/1.1 " + status + " X\r\nRetry-After: " + retryAfter.toSeconds() + "\r\nContent-Length: "
                + length(body) + "\r\n\r\n" + body);
    }

    /** These bytes, whatever they are; then the daemon hangs up. An empty text hangs up at once. */
    public static FakeDaemon.Answer raw(String text) {
        return out -> write(out, text);
    }

    /** The first part of an answer that promises more; then the daemon hangs up. */
    public static FakeDaemon.Answer half(int status, String part) {
        return raw("HTTP/1.1 " + status + " X\r\nContent-Length: " + (length(part) + 1_000) + "\r\n\r\n" + part);
    }

    /** No HTTP at all. */
    public static FakeDaemon.Answer malformed() {
        return raw("SSH-2.0-OpenSSH_9.2\r\n\r\n");
    }

    /** Never a byte, with the connection open until the client hangs up. */
    public static FakeDaemon.Answer hanging() {
        return new Hanging("");
    }

    /** Headers that promise a body, and never a byte of it. */
    public static FakeDaemon.Answer hangingAfterHeaders() {
        return new Hanging("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n");
    }

    /** These bytes and then nothing, with the connection open. */
    public static FakeDaemon.Answer hangingAfter(String text) {
        return new Hanging(text);
    }

    /** The same answer, later. */
    public static FakeDaemon.Answer late(Duration by, FakeDaemon.Answer answer) {
        return out -> {
            TimeUnit.NANOSECONDS.sleep(by.toNanos());
            answer.write(out);
        };
    }

    /** One answer after another, and the last for good. */
    public static FakeDaemon.Answer inTurn(FakeDaemon.Answer... answers) {
        List<FakeDaemon.Answer> turns = List.of(answers);
        AtomicInteger next = new AtomicInteger();
        return new FakeDaemon.Chosen() {
            @Override
            public FakeDaemon.Answer choose() {
                return turns.get(Math.min(turns.size() - 1, next.getAndIncrement()));
            }
        };
    }

    record Hanging(String text) implements FakeDaemon.Answer {
        @Override
        public void write(OutputStream out) throws IOException {
            Answers.write(out, text);
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static int length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
