package dev.longshore.docker;

import dev.longshore.docker.DockerFailure.ConnectionLost;
import dev.longshore.docker.DockerFailure.ConnectionRefused;
import dev.longshore.docker.DockerFailure.SocketAbsent;
import dev.longshore.docker.DockerFailure.Timeout;
import dev.longshore.docker.DockerFailure.Unknown;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * Says what an exception of the HTTP transport means. The transport gives EACCES as a BindException, ENOENT as a SocketException
 * and wraps all in RuntimeExceptions, so the whole chain of causes is looked at, and for a Unix socket the file itself.
 */
final class TransportFailures {
    private static final int DEEPEST = 10;

    private final DockerEndpoint endpoint;

    private final Optional<SshRelay> relay;

    TransportFailures(DockerEndpoint endpoint, Optional<SshRelay> relay) {
        this.endpoint = endpoint;
        this.relay = relay;
    }

    DockerFailure of(String operation, Duration deadline, Throwable thrown) {
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++, cause = cause.getCause()) {
            if (cause instanceof DockerFailureException known) {
                return known.failure();
            }
            Optional<DockerFailure> failure = known(operation, deadline, cause);
            if (failure.isPresent()) {
                return failure.get();
            }
        }
        return new Unknown(operation, thrown.toString());
    }

    private Optional<DockerFailure> known(String operation, Duration deadline, Throwable cause) {
        String detail = Text.oneLine(String.valueOf(cause.getMessage()));
        String type = cause.getClass().getSimpleName();
        if (cause instanceof SocketTimeoutException || type.equals("ConnectionRequestTimeoutException")) {
            return Optional.of(new Timeout(operation, deadline));
        }
        if (cause instanceof IOException && relay.isPresent()) {
            // The relay's own socket is always there: what went wrong is what the ssh program says.
            Optional<DockerFailure> failure = relay.get().lastFailure();
            if (failure.isPresent()) {
                return failure;
            }
        }
        if (cause instanceof SocketException && endpoint.socket().isPresent()) {
            Optional<DockerFailure> failure = unixSocket(endpoint.socket().get(), detail);
            if (failure.isPresent()) {
                return failure;
            }
        }
        if (cause instanceof ConnectException || cause instanceof UnknownHostException) {
            return Optional.of(new ConnectionRefused(endpoint.address().toString(), type + ": " + detail));
        }
        if (cause instanceof SSLException) {
            return Optional.of(new DockerFailure.EndpointUnusable(
                    endpoint.toString(),
                    "TLS failed: " + detail,
                    "check that ca.pem, cert.pem and key.pem in DOCKER_CERT_PATH belong to this daemon"));
        }
        if (type.contains("ProtocolException") || type.equals("MalformedChunkCodingException")) {
            return Optional.of(new Unknown(operation, "not an HTTP answer: " + detail));
        }
        if (cause instanceof IOException) {
            return Optional.of(new ConnectionLost(operation, type + ": " + detail));
        }
        return Optional.empty();
    }

    private static Optional<DockerFailure> unixSocket(Path socket, String detail) {
        String words = detail.toLowerCase(Locale.ROOT);
        if (words.contains("permission denied") || words.contains("operation not permitted")) {
            try {
                return Optional.of(SocketDiagnosis.of(socket));
            } catch (IOException e) {
                return Optional.of(new Unknown("the diagnosis of " + socket, e.toString()));
            }
        }
        if (words.contains("no such file") || words.contains("not a directory") || Files.notExists(socket)) {
            return Optional.of(new SocketAbsent(List.of(socket.toString())));
        }
        return Optional.empty();
    }
}
