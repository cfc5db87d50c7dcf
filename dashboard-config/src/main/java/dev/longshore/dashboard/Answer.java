package dev.longshore.dashboard;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * What a handler answers, kept in memory until it is whole: only then is it known whether it is an answer or a failure,
 * which is not for the browser to see. Used by one thread.
 */
final class Answer extends ExchangeView {
    /** A page of {@link Gate#MOST_PER_PAGE} jobs, each with a full log. */
    private static final int MOST_BYTES = 64 << 20;

    private final Headers headers = new Headers();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private int status = -1;

    Answer(HttpExchange exchange) {
        super(exchange);
    }

    @Override
    public Headers getResponseHeaders() {
        return headers;
    }

    @Override
    public OutputStream getResponseBody() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                if (body.size() > MOST_BYTES - length) {
                    throw new IOException("the answer would be larger than " + MOST_BYTES + " bytes");
                }
                body.write(bytes, offset, length);
            }
        };
    }

    @Override
    public void sendResponseHeaders(int code, long length) throws IOException {
        if (status != -1) {
            throw new IOException("headers already sent");
        }
        status = code;
    }

    @Override
    public int getResponseCode() {
        return status;
    }

    @Override
    public void close() {
        // It is sent when its handler has returned.
    }

    byte[] body() {
        return body.toByteArray();
    }

    /** The body's start, for a log. */
    String text(int most) {
        byte[] bytes = body();
        return new String(bytes, 0, Math.min(bytes.length, most), StandardCharsets.UTF_8);
    }
}
