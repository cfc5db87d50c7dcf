package dev.longshore.docker;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The containers that a run of this process looks after at this moment. A lease says that a process lives, not that it still knows
 * of a container: one that could not be removed, since the daemon was away, is under a lease that holds and is nobody's all the same.
 */
final class LiveContainers {
    /** Names, which are random: no two daemons have the same. */
    private static final Set<String> NAMES = ConcurrentHashMap.newKeySet();

    private LiveContainers() {}

    /** To be called before there can be a container of that name. False if another run of this process has one of it. */
    static boolean add(String name) {
        return NAMES.add(name);
    }

    static void remove(String name) {
        NAMES.remove(name);
    }

    /**
     * Whether this process made something and no longer looks after it. Only of leases that one holder in this process has: one by
     * the process itself may be another class loader's too, whose containers are not known here.
     */
    static boolean abandoned(DockerObject object, Leases leases) {
        return leases instanceof DirectoryLeases
                && object.lease().filter(leases.own()::equals).isPresent()
                // What is made for a container is called as it is, and more.
                && NAMES.stream().noneMatch(object.name()::startsWith);
    }
}
