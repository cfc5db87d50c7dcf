package dev.longshore.worker.cli;

import dev.longshore.docker.policy.GuardPolicy;
import dev.longshore.docker.policy.InvalidPolicyException;
import dev.longshore.docker.policy.PolicyFile;
import dev.longshore.worker.SystemWords;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What may be asked of the daemon, for every command that asks it anything. */
final class PolicyOptions {
    @Option(
            names = "--policy",
            paramLabel = "FILE",
            description =
                    "What may be asked of the Docker daemon; LONGSHORE_POLICY, else what longshore policy standard"
                            + " prints.")
    private @Nullable Path file;

    /**
     * The policy that is named, or the standard one.
     *
     * @param work the work directory, which a policy calls {@code ${work}}
     */
    GuardPolicy policy(Path work, Map<String, String> environment, String home) {
        String named = environment.getOrDefault("LONGSHORE_POLICY", "");
        Path chosen = file == null && !named.isBlank() ? Path.of(named) : file;
        return chosen == null ? GuardPolicy.standard(work) : read(chosen, work, home);
    }

    /** The policy in a file; throws BadInputException with all that is wrong with it. */
    static GuardPolicy read(Path file, Path work, String home) {
        try {
            return PolicyFile.read(
                    file,
                    Map.of("work", work, "home", Path.of(home).toAbsolutePath().normalize()));
        } catch (InvalidPolicyException e) {
            throw new BadInputException(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new BadInputException("cannot read the policy: " + SystemWords.describe(e));
        }
    }
}
