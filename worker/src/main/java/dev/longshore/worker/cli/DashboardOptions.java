package dev.longshore.worker.cli;

import dev.longshore.dashboard.DashboardSettings;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where {@code longshore dashboard} listens, and who may use it. */
final class DashboardOptions {
    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "The port; 0 for any that is free (default: ${DEFAULT-VALUE}).")
    private int port = DashboardSettings.DEFAULT_PORT;

    @Option(
            names = "--bind",
            paramLabel = "ADDRESS",
            description =
                    "The address to listen on (default: ${DEFAULT-VALUE}, this machine only). Any that others reach"
                            + " needs a user and a password.")
    private String bind = DashboardSettings.DEFAULT_BIND;

    @Option(
            names = "--user",
            paramLabel = "USER",
            description = "The one user there is; else LONGSHORE_DASHBOARD_USER.")
    private @Nullable String user;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description =
                    "Holds the user's password, of at least 8 characters; else LONGSHORE_DASHBOARD_PASSWORD_FILE or"
                            + " LONGSHORE_DASHBOARD_PASSWORD.")
    private @Nullable Path passwordFile;

    @Option(
            names = "--trusted-host",
            paramLabel = "NAME",
            description =
                    "A host name by which browsers reach it, such as that of the proxy before it; may be given more"
                            + " than once.")
    private List<String> trustedHosts = List.of();

    DashboardSettings settings() {
        return new DashboardInput(bind, port, user, passwordFile, trustedHosts).settings(System.getenv());
    }
}
