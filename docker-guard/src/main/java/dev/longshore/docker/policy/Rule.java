package dev.longshore.docker.policy;

import java.util.Locale;

/** Every rule there is, by the name that messages, the audit log and docs/policy.md give it. */
public enum Rule {
    /** Something a request has no word for, such as privileged mode. */
    REQUEST_UNKNOWN,
    /** A word of a request with a value it cannot have. */
    REQUEST_INVALID,
    IMAGE_REPOSITORY,
    IMAGE_DIGEST,
    IMAGE_RESOLUTION,
    /** The daemon took the reference for something else, such as the beginning of an id. */
    IMAGE_NAME,
    IMAGE_VOLUME,
    IMAGE_DIRECTORY,
    BIND_EXISTS,
    BIND_TYPE,
    BIND_KERNEL,
    BIND_LINKS,
    BIND_PROTECTED,
    BIND_SOCKET,
    BIND_ROOT,
    /** The source is another file than the one that was checked. */
    BIND_CHANGED,
    MOUNT_TARGET,
    MOUNT_NESTED,
    VOLUME_NAME,
    VOLUME_OWNER,
    VOLUME_OPTIONS,
    NETWORK_NAME,
    NETWORK_KIND,
    LIMIT_MEMORY,
    LIMIT_CPUS,
    LIMIT_PIDS,
    LIMIT_TMP,
    LIMIT_DEADLINE,
    LIMIT_OUTPUT,
    LIMIT_FILES,
    ENVIRONMENT_NAME,
    ENVIRONMENT_SIZE,
    COMMAND_SIZE,
    USER_ID,
    WORKING_DIRECTORY,
    QUOTA_RUN,
    QUOTA_WORKER,
    DAEMON_SYSTEM,
    DAEMON_SECCOMP,
    DAEMON_LIMITS,
    BUILD_REPOSITORY,
    BUILD_NETWORK;

    /** Such as {@code bind-root}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public String toString() {
        return id();
    }
}
