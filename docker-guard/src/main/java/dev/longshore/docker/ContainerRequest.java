package dev.longshore.docker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A container to run, in the only words the guard has for one: privileged mode, the host's namespaces, devices, added
 * capabilities and the Docker socket cannot be said. What can be said is held against the {@link
 * dev.longshore.docker.policy.GuardPolicy}. What every container gets besides is in {@code docs/docker.md}.
 *
 * @param image reference of an image on the daemon; nothing is pulled
 * @param run the run it belongs to, for its labels and name
 * @param step the step it belongs to, likewise
 * @param entrypoint replaces the image's, unless empty
 * @param command replaces the image's, unless empty
 * @param environment added to the image's
 * @param mounts the host's files it sees
 * @param askedLimits what it may use; what the policy gives by default, where empty
 * @param user whom it runs as
 * @param network name of the one network it is in; none if empty
 * @param workingDirectory replaces the image's, if given
 * @param deadline how long it may run
 * @param inactivityTimeout how long it may be silent on both standard output and error
 */
public record ContainerRequest(
        String image,
        String run,
        String step,
        List<String> entrypoint,
        List<String> command,
        Map<String, String> environment,
        List<Mount> mounts,
        Optional<Limits> askedLimits,
        ContainerUser user,
        Optional<String> network,
        Optional<String> workingDirectory,
        Duration deadline,
        Optional<Duration> inactivityTimeout) {

    private static final Pattern NETWORK = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}");
    /** What the daemon does not take for a network's name. */
    private static final Set<String> NETWORK_MODES = Set.of("none", "host", "default", "container", "ns");

    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_.]*");

    public ContainerRequest {
        ImageReference.require(image);
        Owner.requireName("run", run);
        Owner.requireName("step", step);
        entrypoint = List.copyOf(entrypoint);
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        mounts = List.copyOf(mounts);
        environment.forEach((name, value) -> refuse(variableProblem(name, value)));
        refuse(commandProblem(entrypoint));
        refuse(commandProblem(command));
        requireDistinctTargets(mounts);
        network.ifPresent(ContainerRequest::requireNetwork);
        workingDirectory.ifPresent(ContainerRequest::requireAbsolute);
        DockerSettings.requireWait("the deadline", deadline);
        inactivityTimeout.ifPresent(timeout -> DockerSettings.requireWait("the inactivity timeout", timeout));
    }

    /** A request with the policy's limits, user nobody, no network, a deadline of ten minutes and no inactivity timeout. */
    public static Builder builder(String image, String run, String step) {
        return new Builder(image, run, step);
    }

    /** Why a container may not be given this environment variable; empty if it may. Quotes no value: it may be a secret. */
    public static Optional<String> variableProblem(String name, String value) {
        if (!VARIABLE.matcher(name).matches()) {
            return Optional.of("not a name for an environment variable: " + Text.quote(name));
        }
        return holdsNul(value) ? Optional.of("the value of " + name + " contains a NUL") : Optional.empty();
    }

    /** Why a container may not be started with this command or entry point; empty if it may. */
    public static Optional<String> commandProblem(List<String> words) {
        return words.stream().anyMatch(ContainerRequest::holdsNul)
                ? Optional.of("the command contains a NUL")
                : Optional.empty();
    }

    private static boolean holdsNul(String text) {
        return text.indexOf('\0') >= 0;
    }

    private static void refuse(Optional<String> problem) {
        problem.ifPresent(message -> {
            throw new IllegalArgumentException(message);
        });
    }

    private static void requireDistinctTargets(List<Mount> mounts) {
        List<String> targets = new ArrayList<>(List.of("/tmp"));
        for (Mount mount : mounts) {
            if (targets.contains(mount.target())) {
                throw new IllegalArgumentException("two mounts at " + mount.target() + " (/tmp is always one)");
            }
            targets.add(mount.target());
        }
    }

    private static void requireNetwork(String name) {
        if (!NETWORK.matcher(name).matches() || NETWORK_MODES.contains(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("not the name of a network: " + Text.quote(name));
        }
    }

    private static void requireAbsolute(String directory) {
        if (!directory.startsWith("/") || directory.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("the working directory must be absolute: " + Text.quote(directory));
        }
    }

    /** What it may use: as asked, or {@link Limits#DEFAULT} where nothing was asked and no policy has been looked at. */
    public Limits limits() {
        return askedLimits.orElse(Limits.DEFAULT);
    }

    /** The same request with these limits. */
    ContainerRequest withLimits(Limits limits) {
        return new ContainerRequest(
                image,
                run,
                step,
                entrypoint,
                command,
                environment,
                mounts,
                Optional.of(limits),
                user,
                network,
                workingDirectory,
                deadline,
                inactivityTimeout);
    }

    /** The same request with its files elsewhere. */
    ContainerRequest withMounts(List<Mount> places) {
        return new ContainerRequest(
                image,
                run,
                step,
                entrypoint,
                command,
                environment,
                places,
                askedLimits,
                user,
                network,
                workingDirectory,
                deadline,
                inactivityTimeout);
    }

    /** Values of environment variables stay out of logs: they may be secrets. */
    @Override
    public String toString() {
        return "ContainerRequest[" + image + ", " + run + "/" + step + ", command " + command + ", environment "
                + environment.keySet() + ", mounts " + mounts + ", " + askedLimits + ", network " + network + ", user "
                + user + ", deadline "
                + deadline
                + ", inactivity " + inactivityTimeout + "]";
    }

    /** Collects a request; {@link #build} checks it. */
    public static final class Builder {
        private final String image;
        private final String run;
        private final String step;
        private final Map<String, String> environment = new LinkedHashMap<>();
        private final List<Mount> mounts = new ArrayList<>();
        private List<String> entrypoint = List.of();
        private List<String> command = List.of();
        private Optional<Limits> limits = Optional.empty();
        private ContainerUser user = ContainerUser.NOBODY;
        private Optional<String> network = Optional.empty();
        private Optional<String> workingDirectory = Optional.empty();
        private Duration deadline = Duration.ofMinutes(10);
        private Optional<Duration> inactivityTimeout = Optional.empty();

        private Builder(String image, String run, String step) {
            this.image = image;
            this.run = run;
            this.step = step;
        }

        public Builder entrypoint(String... words) {
            entrypoint = List.of(words);
            return this;
        }

        public Builder command(String... words) {
            return command(List.of(words));
        }

        public Builder command(List<String> words) {
            command = words;
            return this;
        }

        public Builder environment(String name, String value) {
            environment.put(name, value);
            return this;
        }

        public Builder mount(Mount mount) {
            mounts.add(mount);
            return this;
        }

        public Builder limits(Limits value) {
            limits = Optional.of(value);
            return this;
        }

        public Builder user(ContainerUser value) {
            user = value;
            return this;
        }

        public Builder network(String name) {
            network = Optional.of(name);
            return this;
        }

        public Builder workingDirectory(String directory) {
            workingDirectory = Optional.of(directory);
            return this;
        }

        public Builder deadline(Duration value) {
            deadline = value;
            return this;
        }

        public Builder inactivityTimeout(Duration value) {
            inactivityTimeout = Optional.of(value);
            return this;
        }

        /** The request; throws {@link IllegalArgumentException} if it makes no sense. */
        public ContainerRequest build() {
            return new ContainerRequest(
                    image,
                    run,
                    step,
                    entrypoint,
                    command,
                    environment,
                    mounts,
                    limits,
                    user,
                    network,
                    workingDirectory,
                    deadline,
                    inactivityTimeout);
        }
    }
}
