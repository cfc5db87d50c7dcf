package dev.longshore.docker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.docker.policy.DaemonRules;
import dev.longshore.docker.policy.DaemonRules.Seccomp;
import dev.longshore.docker.policy.Decision;
import dev.longshore.docker.policy.Rule;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;

/**
 * What the policy wants to know of a daemon. Asked again now and then only: the answer costs the daemon more than a container's
 * create, and only root changes what it says.
 */
record DaemonFacts(String system, Optional<String> seccompProfile, List<String> missingLimits, Optional<Path> root) {
    private static final Duration FRESH = Duration.ofSeconds(30);
    private static final Map<DaemonConnection, Known> KNOWN = Collections.synchronizedMap(new WeakHashMap<>());

    private record Known(DaemonFacts facts, long at) {}

    static DaemonFacts of(DaemonConnection daemon) throws InterruptedException {
        Known known = KNOWN.get(daemon);
        if (known == null || System.nanoTime() - known.at() > FRESH.toNanos()) {
            JsonNode info =
                    daemon.json(Call.get("info", "/info", daemon.settings().callTimeout()));
            known = new Known(of(info), System.nanoTime());
            KNOWN.put(daemon, known);
        }
        return known.facts();
    }

    static DaemonFacts of(JsonNode info) {
        // Rootless Podman tells what the host could limit, and leaves limits out without a word where it has no
        // cgroups.
        boolean none = info.path("Rootless").asBoolean()
                && info.path("CgroupVersion").asText("").equals("1");
        List<String> missing = new ArrayList<>();
        Map.of("MemoryLimit", "memory", "CpuCfsQuota", "processors", "PidsLimit", "processes")
                .forEach((key, what) -> {
                    if (none || !info.path(key).asBoolean()) {
                        missing.add(what);
                    }
                });
        Collections.sort(missing);
        return new DaemonFacts(
                info.path("OSType").asText(""), seccomp(info.path("SecurityOptions")), missing, root(info));
    }

    private static Optional<Path> root(JsonNode info) {
        try {
            return Optional.of(Path.of(info.path("DockerRootDir").asText(""))).filter(Path::isAbsolute);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** Options come as {@code name=seccomp,profile=default}. */
    private static Optional<String> seccomp(JsonNode options) {
        for (JsonNode option : options) {
            List<String> parts = List.of(option.asText().split(",", -1));
            if (parts.contains("name=seccomp") || parts.contains("seccomp")) {
                return Optional.of(parts.stream()
                        .filter(part -> part.startsWith("profile="))
                        .map(part -> part.substring("profile=".length()))
                        .findFirst()
                        .orElse("default"));
            }
        }
        return Optional.empty();
    }

    /** What a policy says of such a daemon. */
    List<Decision> decide(DaemonRules rules) {
        String subject = "daemon";
        List<Decision> decisions = new ArrayList<>();
        if (!system.equals("linux")) {
            decisions.add(Decision.never(
                    Rule.DAEMON_SYSTEM, subject, "its containers are of " + Text.quote(system) + ", not of Linux"));
        }
        decisions.add(
                seccompAllowed(rules.seccomp())
                        ? Decision.allow(
                                Rule.DAEMON_SECCOMP,
                                subject,
                                "seccomp profile " + seccompProfile.orElse("none"),
                                rules.seccompPlace())
                        : Decision.deny(Rule.DAEMON_SECCOMP, subject, seccompProblem(), rules.seccompPlace()));
        if (rules.limits() && !missingLimits.isEmpty()) {
            decisions.add(Decision.deny(
                    Rule.DAEMON_LIMITS,
                    subject,
                    "it cannot limit " + String.join(", ", missingLimits)
                            + ": give it the cgroup controllers (rootless: cgroup v2 and systemd's delegation)",
                    rules.limitsPlace()));
        }
        return decisions;
    }

    private boolean seccompAllowed(Seccomp wanted) {
        String profile = seccompProfile.orElse("unconfined");
        return switch (wanted) {
            case DEFAULT -> profile.equals("default") || profile.equals("builtin");
            case ANY -> !profile.equals("unconfined");
            case OFF -> true;
        };
    }

    private String seccompProblem() {
        String profile = seccompProfile.orElse("");
        if (profile.isEmpty()) {
            return "it runs containers without seccomp: its kernel or its build lacks it";
        }
        return profile.equals("unconfined")
                ? "it runs containers without seccomp: start it without --seccomp-profile=unconfined, and take"
                        + " \"seccomp-profile\" out of daemon.json"
                : "its seccomp profile is " + Text.quote(profile)
                        + ", not the engine's own: start it without --seccomp-profile, or let the policy say daemon.seccomp: any";
    }
}
