package dev.longshore.dashboard;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Sends requests just as they are written, also those that no well-behaved client sends. */
final class RawClient {
    private static final int TIMEOUT_MILLIS = 20_000;

    private final InetSocketAddress server;

    RawClient(InetSocketAddress server) {
        this.server = server;
    }

    /** An answer; the body as it was sent, with its framing. */
    record Response(int status, List<String> headers, String body) {
        Optional<String> header(String name) {
            String start = name.toLowerCase(Locale.ROOT) + ":";
            return headers.stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
                    .map(line -> line.substring(start.length()).strip())
                    .findFirst();
        }
    }

    /** The connection is closed after the answer. */
    Response send(String method, String path, String... headers) throws IOException {
        List<String> lines = new ArrayList<>(List.of(method + " " + path + " HTTP/1.1"));
        lines.addAll(List.of(headers));
        if (lines.stream().noneMatch(line -> line.startsWith("Host:"))) {
            lines.add("Host: localhost:" + server.getPort());
        }
        lines.removeIf("Host: none"::equals);
        lines.add("Connection: close");
        return send(String.join("\r\n", lines) + "\r\n\r\n");
    }

    Response send(String request) throws IOException {
        try (Socket socket = open()) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return read(socket);
        }
    }

    Socket open() throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(server, TIMEOUT_MILLIS);
        return socket;
    }

    /** All that comes until the server closes. */
    static Response read(Socket socket) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        socket.getInputStream().transferTo(bytes);
        String text = bytes.toString(StandardCharsets.UTF_8);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            throw new IOException("the server closed the connection after: " + text);
        }
        List<String> head = List.of(text.substring(0, end).split("\r\n", -1));
        return new Response(
                Integer.parseInt(head.get(0).split(" ", 3)[1]), head.subList(1, head.size()), text.substring(end + 4));
    }
}
