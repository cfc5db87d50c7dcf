package dev.longshore.docker;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Where this user's and root's secrets usually are, and where this process's environment says that they are. */
final class SecretFiles {
    private static final List<String> IN_HOME = List.of(
            ".ssh",
            ".gnupg",
            ".docker",
            ".aws",
            ".azure",
            ".kube",
            ".config/gcloud",
            ".config/gh",
            ".config/containers",
            ".local/share/docker",
            ".local/share/containers",
            ".netrc",
            ".git-credentials",
            ".vault-token",
            ".pgpass",
            ".password-store");

    /** Variables that name a file or directory with secrets, or a socket of who holds them. */
    private static final List<String> VARIABLES = List.of(
            "DOCKER_CONFIG",
            "DOCKER_CERT_PATH",
            "SSH_AUTH_SOCK",
            "GNUPGHOME",
            "KUBECONFIG",
            "NETRC",
            "AWS_SHARED_CREDENTIALS_FILE",
            "AWS_WEB_IDENTITY_TOKEN_FILE",
            "GOOGLE_APPLICATION_CREDENTIALS",
            "LONGSHORE_POLICY",
            "LONGSHORE_AUDIT",
            "LONGSHORE_AUDIT_KEY",
            "LONGSHORE_SEAL_KEYS",
            "LONGSHORE_REDIS_PASSWORD_FILE",
            "LONGSHORE_DASHBOARD_PASSWORD_FILE",
            "CREDENTIALS_DIRECTORY");

    private SecretFiles() {}

    static List<Path> of(Path home, Map<String, String> environment) {
        List<Path> secrets = new ArrayList<>();
        for (Path owner : List.of(home, Path.of("/root"))) {
            IN_HOME.forEach(name -> secrets.add(owner.resolve(name)));
        }
        for (String variable : VARIABLES) {
            String value = environment.getOrDefault(variable, "");
            try {
                if (!value.isBlank() && Path.of(value).isAbsolute()) {
                    secrets.add(Path.of(value));
                }
            } catch (InvalidPathException e) {
                // It names no file then, and so none to protect.
            }
        }
        return secrets;
    }
}
