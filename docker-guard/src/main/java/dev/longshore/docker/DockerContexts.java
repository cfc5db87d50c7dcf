package dev.longshore.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.docker.DockerFailure.EndpointUnusable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The docker program's contexts, read from its configuration directory: which is current, and its endpoint. */
final class DockerContexts {
    /** The docker program's name for "no context": DOCKER_HOST or the default socket. */
    private static final String NONE = "default";

    private static final int LARGEST_FILE = 1 << 20;

    private final DockerSettings settings;
    private final Path directory;

    DockerContexts(DockerSettings settings) {
        this.settings = settings;
        this.directory = configDirectory(settings);
    }

    /**
     * One context.
     *
     * @param tlsDirectory where its certificates are, if it has any
     */
    record Context(String name, String host, Optional<Path> tlsDirectory) {}

    static Path configDirectory(DockerSettings settings) {
        String configured = settings.environment().get("DOCKER_CONFIG");
        return configured == null || configured.isBlank() ? settings.home().resolve(".docker") : Path.of(configured);
    }

    /**
     * The current context; empty when none is chosen.
     *
     * @throws DockerFailureException with {@link EndpointUnusable} when one is chosen and cannot be read: falling back to another
     *     daemon would be a surprise
     */
    Optional<Context> current() {
        return chosen().filter(name -> !NONE.equals(name)).map(this::read);
    }

    private Optional<String> chosen() {
        String variable = settings.environment().get("DOCKER_CONTEXT");
        if (variable != null && !variable.isBlank()) {
            return Optional.of(variable);
        }
        Path config = directory.resolve("config.json");
        if (Files.notExists(config)) {
            return Optional.empty();
        }
        String name = json(config, config.toString()).path("currentContext").asText("");
        return name.isBlank() ? Optional.empty() : Optional.of(name);
    }

    private Context read(String name) {
        String id = sha256(name);
        String described = "Docker context " + Text.quote(name);
        Path meta = directory.resolve("contexts/meta").resolve(id).resolve("meta.json");
        if (Files.notExists(meta)) {
            throw unusable(described, "there is no such context (" + meta + ")", null);
        }
        String host = json(meta, described)
                .path("Endpoints")
                .path("docker")
                .path("Host")
                .asText("");
        if (host.isBlank()) {
            throw unusable(described, "it names no Docker host (" + meta + ")", null);
        }
        Path tls = directory.resolve("contexts/tls").resolve(id).resolve("docker");
        return new Context(name, host, Files.isDirectory(tls) ? Optional.of(tls) : Optional.empty());
    }

    private static JsonNode json(Path file, String described) {
        try {
            if (Files.size(file) > LARGEST_FILE) {
                throw unusable(described, file + " is larger than 1 MiB", null);
            }
            return new ObjectMapper().readTree(Files.readAllBytes(file));
        } catch (IOException e) {
            throw unusable(described, "cannot read " + file + ": " + Text.oneLine(String.valueOf(e.getMessage())), e);
        }
    }

    private static DockerFailureException unusable(String endpoint, String detail, @Nullable Throwable cause) {
        return new DockerFailureException(
                new EndpointUnusable(
                        endpoint,
                        detail,
                        "choose another context (docker context use default), or name the daemon with --docker-host"),
                cause);
    }

    private static String sha256(String name) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
