package dev.longshore.docker;

import com.github.dockerjava.core.LocalDirectorySSLConfig;
import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.transport.SSLConfig;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes HTTP clients for one endpoint. Closing it closes no client. */
final class Transport implements AutoCloseable {
    private final DockerEndpoint endpoint;
    private final Optional<SshRelay> relay;
    private final TransportFailures failures;

    private Transport(DockerEndpoint endpoint, Optional<SshRelay> relay) {
        this.endpoint = endpoint;
        this.relay = relay;
        this.failures = new TransportFailures(endpoint, relay);
    }

    /** @throws DockerFailureException with {@link DockerFailure.EndpointUnusable} if there is no ssh program to go through */
    static Transport to(DockerEndpoint endpoint, DockerSettings settings) {
        boolean ssh = "ssh".equals(endpoint.address().getScheme());
        return new Transport(endpoint, ssh ? Optional.of(SshRelay.open(endpoint, settings)) : Optional.empty());
    }

    TransportFailures failures() {
        return failures;
    }

    boolean overSsh() {
        return relay.isPresent();
    }

    /**
     * For calls that are answered at once. The response timeout only works on TCP; on a Unix socket the caller's interrupt does
     * the same.
     */
    DockerHttpClient forCalls(int connections, Duration timeout) {
        return builder(timeout)
                .maxConnections(connections)
                .responseTimeout(timeout)
                .build();
    }

    /** For answers that take as long as a container runs; closing the client ends them, on TCP too. */
    DockerHttpClient forStreams(Duration connectTimeout) {
        return builder(connectTimeout).maxConnections(4).build();
    }

    private ZerodepDockerHttpClient.Builder builder(Duration connectTimeout) {
        URI address = relay.map(SshRelay::address).orElse(endpoint.address());
        ZerodepDockerHttpClient.Builder builder =
                new ZerodepDockerHttpClient.Builder().dockerHost(address).connectionTimeout(connectTimeout);
        SSLConfig tls = tls();
        return tls == null ? builder : builder.sslConfig(tls);
    }

    private @Nullable SSLConfig tls() {
        return endpoint.tlsDirectory()
                .map(directory -> new LocalDirectorySSLConfig(directory.toString()))
                .orElse(null);
    }

    @Override
    public void close() {
        relay.ifPresent(SshRelay::close);
    }
}
