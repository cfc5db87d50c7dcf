package dev.longshore.docker;

import java.time.Instant;
import java.util.Optional;

/**
 * Who looks after what is on the daemon. Labels cannot be changed once an object is made, so a label says only which lease an object
 * was made under; whether that lease still holds is known elsewhere, and asked here.
 *
 * <p>A lease is held as long as its process lives, and nobody has to renew it. What was made under one that is over may be taken
 * over or removed by another process of the same owner. Safe for use by several threads.
 */
public interface Leases {
    /** The lease this process holds: 1 to 128 of {@code A-Z a-z 0-9 . : -}. Goes on everything the guard makes. */
    String own();

    /** Whether the holder of a lease lives. Must not say {@link Over} of one that might: its containers would be removed. */
    Standing standing(String lease);

    /** How a lease stands. */
    sealed interface Standing {}

    /** Its holder lives: nobody else touches what is under it. */
    record Held() implements Standing {}

    /**
     * Its holder is gone and does not come back.
     *
     * @param since when that was first noticed, where somebody noted it
     */
    record Over(Optional<Instant> since) implements Standing {}

    /** It was taken where we cannot look: on another machine, in another container, in another directory. */
    record Unknown() implements Standing {}

    /** Whether this can be a lease's id: what holds becomes a label and part of a name. */
    static boolean isValid(String lease) {
        return lease.matches("[A-Za-z0-9.:-]{1,128}");
    }

    /** Leases by the process itself, which the kernel knows: for programs that need nothing to outlive a reboot or a container. */
    static Leases ofProcess() {
        return ProcessLeases.INSTANCE;
    }
}
