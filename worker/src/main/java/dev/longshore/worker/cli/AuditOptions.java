package dev.longshore.worker.cli;

import dev.longshore.docker.audit.AuditKey;
import dev.longshore.docker.audit.AuditSettings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether and how calls to the daemon are written down, for every command that makes some. */
final class AuditOptions {
    @Option(
            names = "--audit",
            paramLabel = "DIR",
            description =
                    "Write every call to the Docker daemon and every refusal to the audit log in this directory, which"
                            + " several workers of a host may share; else LONGSHORE_AUDIT, else none is written.")
    private @Nullable String directory;

    @Option(
            names = "--audit-key",
            paramLabel = "FILE",
            description =
                    "The key that the audit log's lines are chained with, as longshore audit new-key writes it; else"
                            + " LONGSHORE_AUDIT_KEY, else they are chained without one.")
    private @Nullable String key;

    @Option(
            names = "--audit-on-failure",
            paramLabel = "refuse|continue",
            description =
                    "While the audit log cannot be written: refuse to create or start anything (the standard), or continue"
                            + " without; else LONGSHORE_AUDIT_ON_FAILURE.")
    private @Nullable String onFailure;

    @Option(
            names = "--audit-durability",
            paramLabel = "every-second|every-line",
            description =
                    "When lines are brought to the disk: each second (the standard), or each before its call goes on;"
                            + " else LONGSHORE_AUDIT_DURABILITY.")
    private @Nullable String durability;

    @Option(
            names = "--audit-keep",
            paramLabel = "N",
            description = "How many full files of 32 MiB are kept, 0 for all; else LONGSHORE_AUDIT_KEEP, else 32.")
    private @Nullable String keep;

    /** The log to open, if one is asked for. */
    Optional<AuditSettings> settings(Map<String, String> environment) {
        return option(directory, environment, "LONGSHORE_AUDIT").map(path -> {
            AuditSettings settings = AuditSettings.in(Path.of(path))
                    .withOnFailure(
                            word(AuditSettings.OnFailure.class, onFailure, environment, "--audit-on-failure", "REFUSE"))
                    .withDurability(word(
                            AuditSettings.Durability.class,
                            durability,
                            environment,
                            "--audit-durability",
                            "EVERY_SECOND"));
            Optional<String> files = option(keep, environment, "LONGSHORE_AUDIT_KEEP");
            if (files.isPresent()) {
                settings = settings.withKeep(number(files.get()));
            }
            Optional<AuditKey> secret = key(key, environment);
            return secret.isPresent() ? settings.withKey(secret.get()) : settings;
        });
    }

    /** The key that is named, if one is. */
    static Optional<AuditKey> key(@Nullable String given, Map<String, String> environment) {
        return option(given, environment, "LONGSHORE_AUDIT_KEY").map(file -> AuditKey.read(Path.of(file)));
    }

    private static int number(String text) {
        try {
            int number = Integer.parseInt(text.strip());
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new BadInputException("--audit-keep is no whole number: " + text);
        }
        throw new BadInputException("--audit-keep must not be negative: " + text);
    }

    private static <E extends Enum<E>> E word(
            Class<E> type, @Nullable String given, Map<String, String> environment, String option, String standard) {
        String variable = "LONGSHORE" + option.substring(1).replace('-', '_').toUpperCase(Locale.ROOT);
        String text = option(given, environment, variable).orElse(standard);
        return Arrays.stream(type.getEnumConstants())
                .filter(one -> one.name().equalsIgnoreCase(text.strip().replace('-', '_')))
                .findFirst()
                .orElseThrow(() -> new BadInputException(option + " must be "
                        + Arrays.stream(type.getEnumConstants())
                                .map(one -> one.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                                .collect(Collectors.joining(" or "))
                        + ", not " + text));
    }

    static Optional<String> option(@Nullable String given, Map<String, String> environment, String variable) {
        return Optional.ofNullable(given == null ? environment.get(variable) : given)
                .filter(text -> !text.isBlank());
    }
}
