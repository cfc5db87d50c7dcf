package dev.longshore.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.docker.policy.ImageNames;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this user has for a registry, where {@code docker login} put it: in the client's {@code config.json}, or with a credential
 * helper named there. It goes to the daemon in a header of the pull alone; nothing of it is ever logged.
 */
final class RegistryCredentials {
    private static final Logger LOG = LoggerFactory.getLogger(RegistryCredentials.class);

    /** What the docker program calls Docker Hub, for historical reasons. */
    private static final String HUB = "https://index.docker.io/v1/";
    /** A helper gives this for a user's name when its secret is an identity token. */
    private static final String TOKEN = "<token>";

    private static final Pattern HELPER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]*");
    private static final Duration HELPER_DEADLINE = Duration.ofSeconds(15);
    private static final int LARGEST = 64 << 10;

    private final DockerSettings settings;

    RegistryCredentials(DockerSettings settings) {
        this.settings = settings;
    }

    /** The header of a pull of this image; empty if there is nothing for its registry. */
    Optional<String> header(String reference) throws InterruptedException {
        Path file = DockerContexts.configDirectory(settings).resolve("config.json");
        if (Files.notExists(file)) {
            return Optional.empty();
        }
        try {
            String server = server(reference);
            return credentials(DaemonConnection.JSON.readTree(Files.readAllBytes(file)), server)
                    .map(found -> Base64.getUrlEncoder()
                            .encodeToString(found.put("serveraddress", server)
                                    .toString()
                                    .getBytes(StandardCharsets.UTF_8)));
        } catch (IOException | IllegalArgumentException e) {
            // Of a JSON error the message could quote the file: only its kind is told.
            LOG.warn(
                    "cannot read the registry credentials in {} ({}): pulling without",
                    file,
                    e.getClass().getSimpleName());
            return Optional.empty();
        }
    }

    /** As the docker program reads a reference: the first part may be a host, or an owner on Docker Hub. */
    static String server(String reference) {
        int slash = reference.indexOf('/');
        String first = slash < 0 ? "" : reference.substring(0, slash);
        return !ImageNames.isRegistry(first) || first.equals("docker.io") || first.equals("index.docker.io")
                ? HUB
                : first;
    }

    private Optional<ObjectNode> credentials(JsonNode config, String server) throws IOException, InterruptedException {
        String helper = config.path("credHelpers")
                .path(server)
                .asText(config.path("credsStore").asText(""));
        if (!helper.isBlank()) {
            return fromHelper(helper, server);
        }
        JsonNode auths = config.path("auths");
        JsonNode entry = auths.has(server) ? auths.path(server) : auths.path("https://" + server);
        String token = entry.path("identitytoken").asText("");
        if (!token.isEmpty()) {
            return Optional.of(DaemonConnection.JSON.createObjectNode().put("identitytoken", token));
        }
        String pair = new String(Base64.getDecoder().decode(entry.path("auth").asText("")), StandardCharsets.UTF_8);
        int colon = pair.indexOf(':');
        return colon < 1 ? Optional.empty() : Optional.of(user(pair.substring(0, colon), pair.substring(colon + 1)));
    }

    private static ObjectNode user(String name, String password) {
        return DaemonConnection.JSON.createObjectNode().put("username", name).put("password", password);
    }

    private static Optional<ObjectNode> fromHelper(String helper, String server)
            throws IOException, InterruptedException {
        if (!HELPER.matcher(helper).matches()) {
            throw new IOException("not the name of a credential helper");
        }
        Process process = new ProcessBuilder("docker-credential-" + helper, "get")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            try (OutputStream in = process.getOutputStream()) {
                in.write(server.getBytes(StandardCharsets.UTF_8));
            }
            if (!process.waitFor(HELPER_DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IOException("the credential helper did not end");
            }
            if (process.exitValue() != 0) {
                return Optional.empty(); // it has nothing for this registry
            }
            try (InputStream out = process.getInputStream()) {
                JsonNode answer = DaemonConnection.JSON.readTree(out.readNBytes(LARGEST));
                String name = answer.path("Username").asText("");
                String secret = answer.path("Secret").asText("");
                return Optional.of(
                        name.equals(TOKEN)
                                ? DaemonConnection.JSON.createObjectNode().put("identitytoken", secret)
                                : user(name, secret));
            }
        } finally {
            process.destroyForcibly();
        }
    }
}
