package dev.longshore.docker.policy;

import java.util.List;
import java.util.Optional;

/**
 * Variables that no container is given, whether its request or its image asks for them: those that a runtime's hooks or a client of
 * a daemon in the container would act upon.
 *
 * @param allow exceptions
 * @param deny these and {@link #ALWAYS}
 */
public record EnvironmentRules(List<NameRule> allow, List<NameRule> deny) {
    /**
     * Denied unless a policy makes an exception. The loader's have been carried into hooks that run as root on the host; the devices'
     * are requests to such a hook; the others point clients to another daemon, bus or agent, or a service manager to another socket.
     */
    static final List<String> ALWAYS = List.of(
            "LD_PRELOAD",
            "LD_AUDIT",
            "LD_DEBUG*",
            "LD_PROFILE*",
            "GLIBC_TUNABLES",
            "NVIDIA_*",
            "AMD_VISIBLE_DEVICES",
            "ASCEND_*",
            "HABANA_VISIBLE_DEVICES",
            "DOCKER_*",
            "CONTAINER_HOST",
            "CONTAINER_SSHKEY",
            "CONTAINERD_*",
            "BUILDKIT_HOST",
            "KUBECONFIG",
            "KUBERNETES_*",
            "LONGSHORE_*",
            "TESTCONTAINERS_*",
            "SSH_AUTH_SOCK",
            "DBUS_*",
            "XDG_RUNTIME_DIR",
            "NOTIFY_SOCKET",
            "LISTEN_FDS",
            "LISTEN_PID",
            "LISTEN_FDNAMES",
            "_LIBCONTAINER_*",
            "_OCI_*");

    public EnvironmentRules {
        allow = List.copyOf(allow);
        deny = List.copyOf(deny);
    }

    /** What denies this name, if anything does. */
    public Optional<NameRule> denied(String name) {
        return NameRule.find(allow, name).isPresent() ? Optional.empty() : NameRule.find(deny, name);
    }
}
