package dev.longshore.docker;

import com.github.dockerjava.core.LocalDirectorySSLConfig;
import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.transport.SSLConfig;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Makes HTTP clients for one endpoint. */
final class Transport {
    private final DockerEndpoint endpoint;

    Transport(DockerEndpoint endpoint) {
        this.endpoint = endpoint;
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
        ZerodepDockerHttpClient.Builder builder = new ZerodepDockerHttpClient.Builder()
                .dockerHost(endpoint.address())
                .connectionTimeout(connectTimeout);
        SSLConfig tls = tls();
        return tls == null ? builder : builder.sslConfig(tls);
    }

    private @Nullable SSLConfig tls() {
        return endpoint.tlsDirectory()
                .map(directory -> new LocalDirectorySSLConfig(directory.toString()))
                .orElse(null);
    }
}
