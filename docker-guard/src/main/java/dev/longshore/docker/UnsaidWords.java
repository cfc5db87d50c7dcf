package dev.longshore.docker;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Why a request has no word for what Docker's own API can be asked for. */
final class UnsaidWords {
    private static final Map<String, String> REASONS = reasons();

    private UnsaidWords() {}

    /** The reason for one word, however it is spelt; a general one for what nobody ever thought of. */
    static String reason(String word) {
        String plain = word.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
        return REASONS.getOrDefault(plain, "a request has no word for it");
    }

    private static Map<String, String> reasons() {
        Map<String, String> reasons = new TreeMap<>();
        put(reasons, "no container is privileged", "privileged");
        put(
                reasons,
                "no container is in a namespace of the host's or of another container's",
                "pid pidmode ipc ipcmode uts utsmode userns usernsmode cgroupns cgroupnsmode networkmode net hostnetwork hostpid"
                        + " hostipc");
        put(reasons, "no container has a capability, and none can be added", "capadd capdrop capabilities");
        put(
                reasons,
                "no container has a device of the host's",
                "device devices devicecgrouprules devicerequests gpus blkioweightdevice devicereadbps devicewritebps");
        put(
                reasons,
                "the kernel's confinement of containers is not for a request to change",
                "securityopt apparmor seccomp maskedpaths readonlypaths sysctl sysctls oomkilldisable oomscoreadj nonewprivileges"
                        + " cgroupparent runtime isolation annotations storageopt cgroup");
        put(
                reasons,
                "mounts are said in mounts, and are files below what the policy allows or volumes of this owner",
                "binds volumes volumesfrom volumedriver tmpfs volumeoptions bindoptions tmpfsoptions driverconfig propagation"
                        + " readonly consistency");
        put(reasons, "labels, name and lease are the guard's own", "labels name containername owner lease");
        put(
                reasons,
                "no container is given a host name, a name server or a port",
                "hostname domainname macaddress dns dnsoptions dnssearch extrahosts links portbindings ports publish"
                        + " publishallports exposedports networkingconfig networkdisabled");
        put(
                reasons,
                "what every container gets is not for a request to change",
                "hostconfig restartpolicy autoremove logconfig init readonlyrootfs shmsize ulimits healthcheck stopsignal"
                        + " stoptimeout groupadd tty stdin openstdin attachstdin stdinonce");
        return reasons;
    }

    private static void put(Map<String, String> reasons, String reason, String words) {
        for (String word : words.split(" ", -1)) {
            reasons.put(word, reason);
        }
    }
}
