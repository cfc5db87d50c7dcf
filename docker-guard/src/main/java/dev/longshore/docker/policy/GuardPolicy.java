package dev.longshore.docker.policy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the guard lets through to the daemon. Everything is denied that no part of it allows. Immutable.
 *
 * @param origin its file's name, or what to call it
 * @param base what holds for steps that no profile is for
 * @param profiles the first whose steps match decides; each is whole, with what it did not say taken from the base
 * @param builds images that may be built
 * @param protectedPaths files and directories that no container may be given, nor anything that contains them
 */
public record GuardPolicy(
        String origin,
        Profile base,
        List<Profile> profiles,
        List<BuildRule> builds,
        Quotas quotas,
        DaemonRules daemon,
        List<Path> protectedPaths) {
    public GuardPolicy {
        profiles = List.copyOf(profiles);
        builds = List.copyOf(builds);
        protectedPaths = List.copyOf(protectedPaths);
    }

    /** What Longshore allows where no file is named, with output directories anywhere but in what is protected. */
    public static GuardPolicy standard() {
        return standard(Path.of("/"));
    }

    /** The same, with output directories only below the work directory. */
    public static GuardPolicy standard(Path work) {
        return PolicyFile.standard(work);
    }

    /** What the containers of a step may have. */
    public Profile profile(String step) {
        return profiles.stream()
                .filter(profile -> profile.steps().matches(step))
                .findFirst()
                .orElse(base);
    }

    /** The same policy, with another file or directory of the worker's own that no container may see. */
    public GuardPolicy protecting(Path path) {
        List<Path> more = new ArrayList<>(protectedPaths);
        more.add(path.toAbsolutePath().normalize());
        return new GuardPolicy(origin, base, profiles, builds, quotas, daemon, more);
    }

    /** Short: a policy can be long. */
    @Override
    public String toString() {
        return "GuardPolicy[" + origin + "]";
    }
}
