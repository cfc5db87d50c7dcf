package dev.longshore.docker.policy;

/**
 * What the daemon itself must be like.
 *
 * @param seccomp which system call filter it must put containers under
 * @param limits whether it must be able to hold containers to memory, processor and process limits
 */
public record DaemonRules(Seccomp seccomp, boolean limits, Place seccompPlace, Place limitsPlace) {
    /** The filters. */
    public enum Seccomp {
        /** The engine's own. */
        DEFAULT,
        /** That, or one that the daemon's operator wrote. */
        ANY,
        /** None at all will do. */
        OFF
    }
}
