package dev.longshore.docker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A container to run, in the only words the guard has for one: privileged mode, the host's namespaces, devices, added
 * capabilities, networks and the Docker socket cannot be said. What every container gets besides is in {@code docs/docker.md}.
 *
 * @param image reference of an image on the daemon; nothing is pulled
 * @param run the run it belongs to, for its labels and name
 * @param step the step it belongs to, likewise
 * @param entrypoint replaces the image's, unless empty
 * @param command replaces the image's, unless empty
 * @param environment added to the image's
 * @param mounts the host's files it sees
 * @param user whom it runs as
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
        Limits limits,
        ContainerUser user,
        Optional<String> workingDirectory,
        Duration deadline,
        Optional<Duration> inactivityTimeout) {

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
        workingDirectory.ifPresent(ContainerRequest::requireAbsolute);
        DockerSettings.requireWait("the deadline", deadline);
        inactivityTimeout.ifPresent(timeout -> DockerSettings.requireWait("the inactivity timeout", timeout));
    }

    /** A request with default limits, user nobody, a deadline of ten minutes and no inactivity timeout. */
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

    private static void requireAbsolute(String directory) {
        if (!directory.startsWith("/") || directory.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("the working directory must be absolute: " + Text.quote(directory));
        }
    }

    /** Values of environment variables stay out of logs: they may be secrets. */
    @Override
    public String toString() {
        return "ContainerRequest[" + image + ", " + run + "/" + step + ", command " + command + ", environment "
                + environment.keySet() + ", mounts " + mounts + ", " + limits + ", user " + user + ", deadline "
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
        private Limits limits = Limits.DEFAULT;
        private ContainerUser user = ContainerUser.NOBODY;
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
            limits = value;
            return this;
        }

        public Builder user(ContainerUser value) {
            user = value;
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
                    workingDirectory,
                    deadline,
                    inactivityTimeout);
        }
    }
}
