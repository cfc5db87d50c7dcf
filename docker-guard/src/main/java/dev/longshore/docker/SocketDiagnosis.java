package dev.longshore.docker;

import dev.longshore.docker.DockerFailure.PermissionDenied;
import dev.longshore.docker.DockerFailure.PermissionDenied.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Why the kernel did not let this process open the socket, and the very command that changes it. Only reads: changing owner or
 * mode of a mounted socket changes the host's.
 */
final class SocketDiagnosis {
    private static final int NOBODY = 65534;

    private SocketDiagnosis() {}

    /**
     * What is known about this process.
     *
     * @param inContainer whether it runs in a container
     * @param mappedUsers whether it runs in a user namespace of its own
     */
    record Surroundings(ProcessIdentity self, boolean inContainer, boolean mappedUsers) {
        static Surroundings current() throws IOException {
            boolean inContainer = Files.exists(Path.of("/.dockerenv")) || Files.exists(Path.of("/run/.containerenv"));
            Path uidMap = Path.of("/proc/self/uid_map");
            boolean mapped = Files.isReadable(uidMap)
                    && !Files.readString(uidMap).strip().matches("0\\s+0\\s+4294967295");
            return new Surroundings(ProcessIdentity.current(), inContainer, mapped);
        }
    }

    static PermissionDenied of(Path socket) throws IOException {
        Optional<SocketOwner> owner;
        try {
            owner = Optional.of(SocketOwner.of(socket));
        } catch (IOException e) {
            // A directory on the way cannot be entered; the diagnosis says so.
            owner = Optional.empty();
        }
        return of(socket, owner, Surroundings.current());
    }

    static PermissionDenied of(Path socket, Optional<SocketOwner> owner, Surroundings here) {
        Reason reason = owner.map(found -> reason(found, here)).orElse(Reason.DIRECTORY);
        return new PermissionDenied(socket, owner, here.self(), reason, fix(socket, owner, here, reason));
    }

    private static Reason reason(SocketOwner owner, Surroundings here) {
        if (allows(owner, here)) {
            return Reason.CONFINED;
        }
        boolean groupMay = (owner.mode() & 0020) != 0;
        if (here.mappedUsers() && (groupMay ? owner.gid() : owner.uid()) == NOBODY) {
            return Reason.NOT_MAPPED;
        }
        if (!groupMay) {
            return Reason.ANOTHER_USERS;
        }
        return owner.gid() == 0 ? Reason.GROUP_IS_ROOT : Reason.NOT_IN_GROUP;
    }

    /** The kernel's rule: connecting needs write permission, and only the first class that fits is looked at. */
    private static boolean allows(SocketOwner owner, Surroundings here) {
        ProcessIdentity self = here.self();
        if (self.uid() == 0 && !here.mappedUsers()) {
            return true;
        }
        int bit = self.uid() == owner.uid() ? 0200 : self.gids().contains(owner.gid()) ? 0020 : 0002;
        return (owner.mode() & bit) != 0;
    }

    private static String fix(Path socket, Optional<SocketOwner> owner, Surroundings here, Reason reason) {
        String gid = owner.map(found -> Integer.toUnsignedString(found.gid())).orElse("?");
        String group = owner.map(SocketOwner::group).orElse("?");
        String uid = owner.map(found -> Integer.toUnsignedString(found.uid())).orElse("?");
        String user = owner.map(SocketOwner::user).orElse("?");
        String addGroup = "give the container the socket's group: --group-add " + gid + " (in compose: group_add: [\""
                + gid + "\"]; with Longshore's docker-compose.yml: DOCKER_GID=" + gid + " in .env)";
        return switch (reason) {
            case NOT_IN_GROUP ->
                here.inContainer()
                        ? addGroup
                        : "sudo usermod -aG " + joinable(group, gid) + " $USER, then log in again";
            case GROUP_IS_ROOT ->
                here.inContainer()
                        ? addGroup
                        : "the socket belongs to group root: give it to a group docker on the host (sudo groupadd -f docker; in"
                                + " /etc/docker/daemon.json \"group\": \"docker\"; restart Docker), then sudo usermod -aG docker"
                                + " $USER and log in again";
            case ANOTHER_USERS ->
                owner.map(SocketOwner::uid).orElse(0) == 0
                        ? "the socket is root's alone: let the daemon give it to a group (\"group\": \"docker\" in"
                                + " /etc/docker/daemon.json; restart Docker)"
                        : "the socket is user " + uid + "'s alone, as a rootless daemon's is: run as that user ("
                                + (here.inContainer() ? "--user " + uid : "sudo -u " + runnable(user, uid))
                                + ") or use a daemon of your own";
            case NOT_MAPPED ->
                "the socket's owner is outside this process's user namespace: run the container with --userns host, or let a"
                        + " rootless daemon of the same user own the socket";
            case DIRECTORY ->
                "a directory above " + socket + " cannot be entered by uid "
                        + Integer.toUnsignedString(here.self().uid()) + ": see namei -l " + socket;
            case CONFINED ->
                "owner and mode allow it, so SELinux, AppArmor or the sandbox of this service does not: see the audit log"
                        + " (ausearch -m avc; dmesg)"
                        + (here.inContainer() ? "; with SELinux: --security-opt label=disable" : "");
        };
    }

    /** A group known only by number needs a name before a user can join it. */
    private static String joinable(String group, String gid) {
        return group.equals(gid) ? "\"$(getent group " + gid + " | cut -d: -f1)\"" : group;
    }

    private static String runnable(String user, String uid) {
        return user.equals(uid) ? "'#" + uid + "'" : user;
    }
}
