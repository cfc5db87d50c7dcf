package dev.longshore.worker.cli;

import dev.longshore.dashboard.DashboardProblem;
import dev.longshore.dashboard.DashboardSettings;
import dev.longshore.dashboard.InvalidDashboardException;
import dev.longshore.worker.SystemWords;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the user says of a dashboard, from which its settings are made.
 *
 * @param user null to take LONGSHORE_DASHBOARD_USER
 * @param passwordFile null to take LONGSHORE_DASHBOARD_PASSWORD_FILE or LONGSHORE_DASHBOARD_PASSWORD
 */
record DashboardInput(
        String bind,
        int port,
        @Nullable String user,
        @Nullable Path passwordFile,
        List<String> trustedHosts) {
    private static final String USER = "LONGSHORE_DASHBOARD_USER";
    private static final String PASSWORD = "LONGSHORE_DASHBOARD_PASSWORD";
    private static final String PASSWORD_FILE = "LONGSHORE_DASHBOARD_PASSWORD_FILE";
    private static final int LONGEST_PASSWORD_FILE = 4096;

    /** Throws BadInputException with everything that is wrong. */
    DashboardSettings settings(Map<String, String> environment) {
        List<String> wrong = new ArrayList<>();
        DashboardSettings.Builder builder =
                DashboardSettings.builder().bind(bind).port(port);
        option(user, environment, USER).ifPresent(builder::user);
        boolean unreadable = false;
        Optional<String> file =
                option(passwordFile == null ? null : passwordFile.toString(), environment, PASSWORD_FILE);
        if (file.isPresent()) {
            try {
                builder.password(read(Path.of(file.get())));
            } catch (IOException e) {
                wrong.add("cannot read the password file: " + SystemWords.describe(e));
                unreadable = true;
            }
        } else {
            option(null, environment, PASSWORD).ifPresent(builder::password);
        }
        trustedHosts.forEach(builder::trustedHost);
        try {
            DashboardSettings settings = builder.build();
            if (wrong.isEmpty()) {
                return settings;
            }
        } catch (InvalidDashboardException e) {
            for (DashboardProblem problem : e.problems()) {
                if (!unreadable || !isOfPassword(problem)) {
                    wrong.add(problem.message());
                }
            }
        }
        throw new BadInputException(String.join("\n", wrong));
    }

    /** Follows from a file that could not be read, and is no problem of its own. */
    private static boolean isOfPassword(DashboardProblem problem) {
        return problem instanceof DashboardProblem.PasswordMissing
                || problem instanceof DashboardProblem.CredentialsMissing;
    }

    /** The first line, as an editor or a secrets store ends it. */
    private static String read(Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(LONGEST_PASSWORD_FILE);
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(java.nio.ByteBuffer.wrap(bytes))
                    .toString();
            return text.lines().findFirst().orElse("");
        } catch (CharacterCodingException e) {
            throw new IOException(file + " is not UTF-8 text", e);
        }
    }

    private static Optional<String> option(@Nullable String given, Map<String, String> environment, String variable) {
        return Optional.ofNullable(given == null ? environment.get(variable) : given)
                .filter(text -> !text.isBlank());
    }
}
