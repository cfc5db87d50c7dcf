package dev.longshore.worker.cli;

import dev.longshore.dashboard.DashboardSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether a worker serves the dashboard too, where, and to whom. */
final class WorkerDashboardOptions {
    private static final String STANDARD = DashboardSettings.DEFAULT_BIND + ":" + DashboardSettings.DEFAULT_PORT;

    @Option(
            names = "--dashboard",
            arity = "0..1",
            fallbackValue = STANDARD,
            paramLabel = "[ADDRESS:]PORT",
            description =
                    "Serve the dashboard too, on this machine only if no address is given, on port 8000 if no port is.")
    private @Nullable String address;

    @Option(names = "--dashboard-user", paramLabel = "USER", description = "See longshore dashboard --help.")
    private @Nullable String user;

    @Option(names = "--dashboard-password-file", paramLabel = "FILE", description = "See longshore dashboard --help.")
    private @Nullable Path passwordFile;

    @Option(names = "--dashboard-trusted-host", paramLabel = "NAME", description = "See longshore dashboard --help.")
    private List<String> trustedHosts = List.of();

    /** Empty if the worker is to serve none; throws BadInputException with everything that is wrong. */
    Optional<DashboardSettings> settings() {
        String given = address;
        if (given == null) {
            if (user != null || passwordFile != null || !trustedHosts.isEmpty()) {
                throw new BadInputException(
                        "--dashboard-user, --dashboard-password-file and --dashboard-trusted-host are"
                                + " for a dashboard: give --dashboard too");
            }
            return Optional.empty();
        }
        int colon = given.lastIndexOf(':');
        String bind = colon < 0 ? DashboardSettings.DEFAULT_BIND : given.substring(0, colon);
        String number = given.substring(colon + 1);
        if (!number.matches("\\d{1,5}")) {
            throw new BadInputException("--dashboard takes PORT or ADDRESS:PORT, not " + given);
        }
        return Optional.of(new DashboardInput(bind, Integer.parseInt(number), user, passwordFile, trustedHosts)
                .settings(System.getenv()));
    }

    /** Files that hold secrets of this process. */
    Stream<Path> secretFiles() {
        return Stream.ofNullable(passwordFile);
    }
}
