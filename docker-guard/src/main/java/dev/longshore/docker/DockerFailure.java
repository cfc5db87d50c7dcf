package dev.longshore.docker;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Everything that can go wrong with the daemon. */
public sealed interface DockerFailure {
    /** A stable name for programs, such as {@code DOCKER_UNAVAILABLE}; several failures may share one. */
    String code();

    /**
     * How long to wait before the same call is worth making again; empty when somebody must change something besides the daemon's
     * state first.
     */
    default Optional<Duration> retryAfter() {
        return Optional.empty();
    }

    /** Whether the same call can succeed later without anybody changing anything but the daemon's state. */
    default boolean retryable() {
        return retryAfter().isPresent();
    }

    /** What happened, on one line, for the operator: it may name paths, addresses and the daemon's own words. */
    String message();

    /** What the operator should do, on one line. */
    String fix();

    /**
     * What happened, for people who may not see the host: fixed words for each code, and when to come back. It quotes nothing, so it
     * holds no path, address, environment or credential.
     */
    default String publicMessage() {
        return PublicMessages.of(this);
    }

    /**
     * The call was turned away before anything was begun, and what is in its way passes by itself: to make the same call later is no
     * second attempt, only the first one late.
     */
    sealed interface NotNow extends DockerFailure {
        /** How long to wait before the same call is worth making. */
        Duration remaining();

        @Override
        default Optional<Duration> retryAfter() {
            return Optional.of(remaining());
        }
    }

    /** The socket is there and this process may not open it. */
    record PermissionDenied(Path socket, Optional<SocketOwner> owner, ProcessIdentity self, Reason reason, String fix)
            implements DockerFailure {
        /** Why the kernel refused, as far as this process can know. */
        public enum Reason {
            /** The socket's group may use it and this process is not in it. */
            NOT_IN_GROUP,
            /** The same, and the group is root's. */
            GROUP_IS_ROOT,
            /** The socket is another user's alone, as a rootless daemon's is. */
            ANOTHER_USERS,
            /** The socket's owner is not mapped into this process's user namespace. */
            NOT_MAPPED,
            /** A directory above the socket cannot be entered. */
            DIRECTORY,
            /** Owner, group and mode allow it: something else, such as SELinux or AppArmor, does not. */
            CONFINED
        }

        @Override
        public String code() {
            return "DOCKER_PERMISSION_DENIED";
        }

        @Override
        public String message() {
            return "no permission for the Docker socket " + socket + " ("
                    + owner.map(SocketOwner::toString).orElse("owner not visible") + "); this process has " + self;
        }
    }

    /** No socket where one was looked for. */
    record SocketAbsent(List<String> lookedAt) implements DockerFailure {
        public SocketAbsent {
            lookedAt = List.copyOf(lookedAt);
        }

        @Override
        public String code() {
            return "DOCKER_UNAVAILABLE";
        }

        @Override
        public Optional<Duration> retryAfter() {
            return ConnectionSettings.SOON;
        }

        @Override
        public String message() {
            return "no Docker socket; looked at " + String.join(", ", lookedAt);
        }

        @Override
        public String fix() {
            return "start Docker (sudo systemctl start docker), or in a container mount the socket"
                    + " (-v /var/run/docker.sock:/var/run/docker.sock), or name another with --docker-host";
        }
    }

    /** Nobody listens at the endpoint. */
    record ConnectionRefused(String endpoint, String detail) implements DockerFailure {
        @Override
        public String code() {
            return "DOCKER_UNAVAILABLE";
        }

        @Override
        public Optional<Duration> retryAfter() {
            return ConnectionSettings.SOON;
        }

        @Override
        public String message() {
            return "no daemon listens at " + endpoint + ": " + detail;
        }

        @Override
        public String fix() {
            return endpoint.startsWith("unix:")
                    ? "the socket is left over from a daemon that is not running: start Docker (sudo systemctl start docker)"
                    : "check the address and that the daemon runs and listens there";
        }
    }

    /** The daemon took the call and the connection ended before the whole answer was here. */
    record ConnectionLost(String operation, String detail) implements DockerFailure {
        @Override
        public String code() {
            return "DOCKER_UNAVAILABLE";
        }

        @Override
        public Optional<Duration> retryAfter() {
            return ConnectionSettings.SOON;
        }

        @Override
        public String message() {
            return "the connection to the daemon was lost during " + operation + ": " + detail;
        }

        @Override
        public String fix() {
            return "see whether the daemon was stopped or crashed (systemctl status docker; journalctl -u docker)";
        }
    }

    /** No whole answer in time. */
    record Timeout(String operation, Duration deadline) implements DockerFailure {
        @Override
        public String code() {
            return "DOCKER_TIMEOUT";
        }

        @Override
        public Optional<Duration> retryAfter() {
            return ConnectionSettings.SOON;
        }

        @Override
        public String message() {
            return "the daemon did not answer " + operation + " within " + Text.duration(deadline);
        }

        @Override
        public String fix() {
            return "see whether the daemon hangs or the host is overloaded (docker info; journalctl -u docker); restart it if it"
                    + " does not answer";
        }
    }

    /** The daemon's newest API version is older than what the guard needs. */
    record ApiTooOld(String newestOffered, String oldestSupported) implements DockerFailure {
        @Override
        public String code() {
            return "DOCKER_API_VERSION";
        }

        @Override
        public String message() {
            return "the daemon speaks API " + newestOffered + " at most; at least " + oldestSupported + " is needed";
        }

        @Override
        public String fix() {
            return "upgrade the Docker Engine to 17.10 or newer";
        }
    }

    /** The daemon's oldest API version is newer than what the guard knows. */
    record ApiTooNew(String oldestOffered, String newestSupported) implements DockerFailure {
        @Override
        public String code() {
            return "DOCKER_API_VERSION";
        }

        @Override
        public String message() {
            return "the daemon speaks API " + oldestOffered + " at least; at most " + newestSupported
                    + " is known here";
        }

        @Override
        public String fix() {
            return "upgrade this program, or let the daemon speak older versions (DOCKER_MIN_API_VERSION="
                    + newestSupported + " in its environment)";
        }
    }

    /** The image is not on the daemon. */
    record ImageMissing(String reference) implements DockerFailure {
        @Override
        public String code() {
            return "DOCKER_IMAGE_MISSING";
        }

        @Override
        public String message() {
            return "the image " + reference + " is not on the daemon";
        }

        @Override
        public String fix() {
            return "build or pull it: docker pull " + reference;
        }
    }

    /** A step of an image's build failed; the last lines of its log say which and why. */
    record BuildFailed(String tag, String detail, List<String> lastLines) implements DockerFailure {
        public BuildFailed {
            lastLines = List.copyOf(lastLines);
        }

        @Override
        public String code() {
            return "DOCKER_BUILD_FAILED";
        }

        @Override
        public String message() {
            return "building " + tag + " failed: " + Text.oneLine(detail);
        }

        @Override
        public String fix() {
            return "see the last lines of the build's log";
        }
    }

    /** The daemon answered with an error. */
    record DaemonError(String operation, int status, String detail) implements DockerFailure {
        @Override
        public String code() {
            return "DOCKER_DAEMON_ERROR";
        }

        @Override
        public Optional<Duration> retryAfter() {
            return status >= 500 || status == 429 ? ConnectionSettings.SOON : Optional.empty();
        }

        @Override
        public String message() {
            return "the daemon refused " + operation + " (" + status + "): " + Text.oneLine(detail);
        }

        @Override
        public String fix() {
            if (detail.contains("no space left on device")) {
                return "make room on the daemon's disk: docker system df tells what takes it, docker system prune frees what"
                        + " nothing uses";
            }
            return status >= 500
                    ? "see the daemon's log (journalctl -u docker)"
                    : "the daemon's words say what it does not accept";
        }
    }

    /** The request is not allowed, whatever the daemon would say. */
    record PolicyDenied(String rule, String detail) implements DockerFailure {
        @Override
        public String code() {
            return "DOCKER_POLICY_DENIED";
        }

        @Override
        public String message() {
            return "not allowed (" + rule + "): " + detail;
        }

        @Override
        public String fix() {
            return "ask for something the rule " + rule
                    + " allows, or let the policy allow it; longshore policy explain and docs/policy.md tell more";
        }
    }

    /** The address of the daemon cannot be used. */
    record EndpointUnusable(String endpoint, String detail, String fix) implements DockerFailure {
        @Override
        public String code() {
            return "DOCKER_ENDPOINT_UNUSABLE";
        }

        @Override
        public String message() {
            return "cannot use the Docker endpoint " + endpoint + ": " + detail;
        }
    }

    /** Nothing of that name is there, or it is another owner's: the two are not told apart. */
    record NotFound(String operation, String target) implements DockerFailure {
        @Override
        public String code() {
            return "DOCKER_NOT_FOUND";
        }

        @Override
        public String message() {
            return operation + ": there is no " + Text.oneLine(target);
        }

        @Override
        public String fix() {
            return "see what this owner has: docker ps --all --filter label=dev.longshore.owner";
        }
    }

    /** What exists stands in the way, such as a container of the same name or one in another state. */
    record Conflict(String operation, String target, String detail) implements DockerFailure {
        @Override
        public String code() {
            return "DOCKER_CONFLICT";
        }

        @Override
        public String message() {
            return operation + " of " + Text.oneLine(target) + " conflicts with what is there: " + Text.oneLine(detail);
        }

        @Override
        public String fix() {
            return "the daemon's words say what is in the way";
        }
    }

    /** An image could not be fetched from its registry. */
    record ImagePullFailed(String reference, String detail, Optional<Duration> retryAfter) implements DockerFailure {
        @Override
        public String code() {
            return "DOCKER_IMAGE_PULL_FAILED";
        }

        @Override
        public String message() {
            return "pulling " + Text.oneLine(reference) + " failed: " + Text.oneLine(detail);
        }

        @Override
        public String fix() {
            return "see whether the daemon reaches the registry and may read the image: docker pull "
                    + Text.oneLine(reference);
        }
    }

    /**
     * The request is allowed, but with what already runs it would be too much.
     *
     * @param quota which, such as {@code containers per run}
     */
    record QuotaExceeded(String quota, String asked, String available) implements NotNow {
        @Override
        public String code() {
            return "DOCKER_QUOTA_EXCEEDED";
        }

        /** When what runs ends, nobody knows. */
        @Override
        public Duration remaining() {
            return ConnectionSettings.SOON.orElseThrow();
        }

        @Override
        public String message() {
            return "over the quota of " + quota + ": " + asked + " asked for, " + available + " left";
        }

        @Override
        public String fix() {
            return "wait until what runs has ended, or raise the quota in the policy";
        }
    }

    /**
     * Too many calls in too short a time.
     *
     * @param limit whose: this guard's, a client's or the daemon's
     * @param remaining until the next call is let through
     */
    record RateLimited(String operation, String limit, Duration remaining) implements NotNow {
        @Override
        public String code() {
            return "DOCKER_RATE_LIMITED";
        }

        @Override
        public String message() {
            return operation + " is over " + limit + "; the next call may be made in " + Text.duration(remaining);
        }

        @Override
        public String fix() {
            return "wait; if this happens in normal work, raise the limit or look for who calls so often";
        }
    }

    /**
     * The daemon was not asked, because of what it answered the last times.
     *
     * @param who what waits: a client by name, or a class of calls
     * @param remaining until the next call is let through; it always ends
     * @param cause why it waits
     */
    record InBackoff(String operation, String who, Duration remaining, DockerFailure cause) implements NotNow {
        @Override
        public String code() {
            return "DOCKER_IN_BACKOFF";
        }

        @Override
        public String message() {
            return operation + " was not tried: " + who + " waits for another " + Text.duration(remaining) + " since "
                    + cause.message();
        }

        @Override
        public String fix() {
            return cause.fix();
        }
    }

    /** A container could not be removed and may still run; {@link GuardedDocker#removeLeftovers} finds it by its labels. */
    record ContainerLeft(String container, Owner owner, DockerFailure cause) implements DockerFailure {
        @Override
        public String code() {
            return "DOCKER_CONTAINER_LEFT";
        }

        @Override
        public Optional<Duration> retryAfter() {
            return ConnectionSettings.SOON;
        }

        @Override
        public String message() {
            return "the container " + container + " of " + owner + " could not be removed: " + cause.message();
        }

        @Override
        public String fix() {
            return "when the daemon is back: docker rm --force --volumes " + container;
        }
    }

    /** The audit log cannot be written, and nothing is to be brought about that it does not tell of. */
    record AuditUnavailable(String operation, String detail, String fix) implements DockerFailure {
        @Override
        public String code() {
            return "DOCKER_AUDIT_UNAVAILABLE";
        }

        @Override
        public Optional<Duration> retryAfter() {
            return ConnectionSettings.SOON;
        }

        @Override
        public String message() {
            return operation + " was not tried: " + Text.oneLine(detail);
        }
    }

    /** None of the others. */
    record Unknown(String operation, String detail) implements DockerFailure {
        @Override
        public String code() {
            return "DOCKER_UNKNOWN";
        }

        @Override
        public String message() {
            return "unexpected failure of " + operation + ": " + Text.oneLine(detail);
        }

        @Override
        public String fix() {
            return "see this program's log and the daemon's (journalctl -u docker)";
        }
    }
}
