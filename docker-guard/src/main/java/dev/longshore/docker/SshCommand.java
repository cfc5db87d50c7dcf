package dev.longshore.docker;

import dev.longshore.docker.DockerFailure.EndpointUnusable;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How the ssh program is started, and what its failures mean.
 *
 * @param environment the program's, so that it finds its agent and its configuration
 */
record SshCommand(DockerEndpoint endpoint, List<String> words, Map<String, String> environment) {
    private static final int CANNOT_CONNECT = 255;
    private static final int NO_SUCH_PROGRAM = 127;

    /** @throws DockerFailureException with {@link EndpointUnusable} if there is no ssh program */
    static SshCommand of(DockerEndpoint endpoint, DockerSettings settings) {
        Map<String, String> environment = settings.environment();
        URI address = endpoint.address();
        List<String> words = new ArrayList<>();
        words.add(program(environment)
                .orElseThrow(() -> new DockerFailureException(new EndpointUnusable(
                        endpoint.toString(), "there is no ssh program in PATH", "install the OpenSSH client")))
                .toString());
        // It must not ask anybody anything, nor forward what this user has.
        words.addAll(List.of("-T", "-x", "-a", "-o", "BatchMode=yes", "-o", "ClearAllForwardings=yes"));
        words.addAll(List.of(
                "-o", "ConnectTimeout=" + Math.max(1, settings.callTimeout().toSeconds())));
        if (address.getUserInfo() != null) {
            words.addAll(List.of("-l", address.getUserInfo()));
        }
        if (address.getPort() > 0) {
            words.addAll(List.of("-p", Integer.toString(address.getPort())));
        }
        String host = address.getHost();
        words.addAll(List.of("--", host.startsWith("[") ? host.substring(1, host.length() - 1) : host, "docker"));
        if (address.getPath().length() > 1) {
            words.addAll(List.of("--host", "unix://" + address.getPath()));
        }
        words.addAll(List.of("system", "dial-stdio"));
        return new SshCommand(endpoint, List.copyOf(words), environment);
    }

    private static Optional<Path> program(Map<String, String> environment) {
        for (String directory : environment.getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            Path candidate = Path.of(directory).resolve("ssh");
            if (!directory.isEmpty() && Files.isExecutable(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    Process start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** What an end with this status and these last words means; nothing, if it ended well. */
    Optional<DockerFailure> failure(int status, String lastWords) {
        if (status == 0) {
            return Optional.empty();
        }
        String detail = "ssh ended with " + status + (lastWords.isEmpty() ? "" : ": " + Text.oneLine(lastWords));
        String said = lastWords.toLowerCase(Locale.ROOT);
        String byHand = "try by hand what fails: ssh " + endpoint.address().getHost() + " docker system dial-stdio";
        if (status == NO_SUCH_PROGRAM) {
            return Optional.of(unusable(detail, "install the docker program (18.09 or newer) on the other host"));
        } else if (said.contains("docker") && said.contains("permission denied")) {
            return Optional.of(
                    unusable(detail, "let the ssh user use Docker on the other host (sudo usermod -aG docker USER)"));
        } else if (said.contains("permission denied") || said.contains("host key") || said.contains("too many auth")) {
            return Optional.of(unusable(detail, byHand));
        } else if (status == CANNOT_CONNECT
                || said.contains("cannot connect")
                || said.contains("is the docker daemon")) {
            return Optional.of(
                    new DockerFailure.ConnectionRefused(endpoint.address().toString(), detail));
        }
        return Optional.of(new DockerFailure.ConnectionLost("ssh", detail));
    }

    private DockerFailure unusable(String detail, String fix) {
        return new EndpointUnusable(endpoint.toString(), detail, fix);
    }
}
