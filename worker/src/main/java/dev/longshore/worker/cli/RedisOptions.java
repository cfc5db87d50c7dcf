package dev.longshore.worker.cli;

import dev.longshore.redis.RedisSettings;
import dev.longshore.worker.pool.Pool;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which pool of workers is meant, and how its Redis is reached, for every command that needs one. */
final class RedisOptions {
    static final String URL_VARIABLE = "LONGSHORE_REDIS_URL";
    /** Who calls a command waits for an answer: a Redis that is just restarting is back by then. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @Option(
            names = "--redis",
            paramLabel = "URL",
            description =
                    "The pool's Redis, for example redis://user@host:6379 or rediss://host; else LONGSHORE_REDIS_URL.")
    private @Nullable String url;

    @Option(
            names = "--redis-password-file",
            paramLabel = "FILE",
            description =
                    "A file that holds the password; else LONGSHORE_REDIS_PASSWORD_FILE, LONGSHORE_REDIS_PASSWORD or"
                            + " the URL's.")
    private @Nullable Path passwordFile;

    @Option(
            names = "--redis-ca",
            paramLabel = "FILE",
            description = "Certificates (PEM) that Redis' own may be signed by, instead of those that Java trusts; else"
                    + " LONGSHORE_REDIS_CA.")
    private @Nullable Path ca;

    @Option(
            names = "--redis-prefix",
            paramLabel = "NAME",
            description = "The pool's name, which its keys begin with: tells it from others on that Redis; else"
                    + " LONGSHORE_REDIS_PREFIX, else longshore.")
    private @Nullable String prefix;

    @Option(
            names = "--seal-keys",
            paramLabel = "FILE",
            description =
                    "The keys that the pool's jobs are sealed with, or off; else LONGSHORE_SEAL_KEYS, else a file in"
                            + " the work directory, made with the pool.")
    private @Nullable String sealKeys;

    /** The pool; throws BadInputException if none is named, or wrongly. */
    Pool.Settings required(Path work) {
        return given(work)
                .orElseThrow(() -> new BadInputException("name the pool's Redis, with --redis URL or " + URL_VARIABLE));
    }

    /** The pool, if one is named; an empty URL means none. */
    Optional<Pool.Settings> given(Path work) {
        return given(work, System.getenv());
    }

    Optional<Pool.Settings> given(Path work, Map<String, String> environment) {
        return option(url, environment, URL_VARIABLE).map(address -> {
            String name = option(prefix, environment, "LONGSHORE_REDIS_PREFIX").orElse(Pool.STANDARD_NAME);
            if (!name.matches("[A-Za-z0-9_.:/-]{1,100}")) {
                throw new BadInputException(
                        "--redis-prefix has 1 to 100 letters, digits and _ . : / - only, not " + name);
            }
            return new Pool.Settings(
                    redis(address, environment), name, option(sealKeys, environment, "LONGSHORE_SEAL_KEYS"), work);
        });
    }

    private RedisSettings redis(String address, Map<String, String> environment) {
        RedisSettings.Builder builder = RedisSettings.builder(address).patience(PATIENCE);
        Optional<String> file = option(
                passwordFile == null ? null : passwordFile.toString(), environment, "LONGSHORE_REDIS_PASSWORD_FILE");
        if (file.isPresent()) {
            builder.passwordFile(Path.of(file.get()));
        } else {
            option(null, environment, "LONGSHORE_REDIS_PASSWORD").ifPresent(builder::password);
        }
        option(ca == null ? null : ca.toString(), environment, "LONGSHORE_REDIS_CA")
                .map(Path::of)
                .ifPresent(builder::caCertificates);
        try {
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw new BadInputException(String.valueOf(e.getMessage()));
        }
    }

    private static Optional<String> option(@Nullable String given, Map<String, String> environment, String variable) {
        return Optional.ofNullable(given == null ? environment.get(variable) : given)
                .filter(text -> !text.isBlank());
    }

    /** Files that hold secrets of this process, as options name them; those that variables name, the guard knows. */
    Stream<Path> secretFiles() {
        return Stream.ofNullable(passwordFile);
    }

    /** Opens the pool that is named. */
    Pool open(WorkDirectory work) throws IOException {
        return Pool.open(required(work.path()));
    }
}
