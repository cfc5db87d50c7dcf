package dev.longshore.docker;

import dev.longshore.docker.policy.Amounts;
import dev.longshore.docker.policy.BuildRule;
import dev.longshore.docker.policy.Decision;
import dev.longshore.docker.policy.GuardPolicy;
import dev.longshore.docker.policy.LimitRules;
import dev.longshore.docker.policy.LimitRules.Bound;
import dev.longshore.docker.policy.NameRule;
import dev.longshore.docker.policy.Place;
import dev.longshore.docker.policy.Profile;
import dev.longshore.docker.policy.Rule;
import dev.longshore.docker.policy.UserRules;
import dev.longshore.docker.policy.UserRules.Range;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongFunction;

/** What a policy says of a request that can be said without looking at files or asking the daemon. */
final class PolicyCheck {
    /** The kernel's own bound on what a process is started with is twice this. */
    private static final long MOST_BYTES = 1 << 20;

    private static final int MOST_WORDS = 10_000;

    private final Profile profile;
    private final ContainerRequest request;
    private final List<Decision> decisions = new ArrayList<>();

    private PolicyCheck(GuardPolicy policy, ContainerRequest request) {
        this.profile = policy.profile(request.step());
        this.request = request;
    }

    /** The request with the limits it gets where it asked for none. */
    static ContainerRequest withDefaults(GuardPolicy policy, ContainerRequest request) {
        return request.askedLimits().isPresent()
                ? request
                : request.withLimits(defaults(policy.profile(request.step()).limits()));
    }

    /** What a container gets that asks for nothing. */
    static Limits defaults(LimitRules limits) {
        return new Limits(
                limits.memory().standard(),
                limits.cpus().standard() / 1e9,
                (int) Math.min(limits.pids().standard(), Integer.MAX_VALUE),
                limits.tmp().standard());
    }

    /** One decision for each part of the request. */
    static List<Decision> request(GuardPolicy policy, ContainerRequest request) {
        return new PolicyCheck(policy, request).decide();
    }

    /** Whether an image may be built. */
    static List<Decision> build(GuardPolicy policy, ImageBuild build) {
        String repository = ImageName.parse(build.tag()).repository().orElse("");
        Place place = policy.base().where();
        Optional<BuildRule> rule = policy.builds().stream()
                .filter(candidate -> candidate.repository().matches(repository))
                .findFirst();
        if (rule.isEmpty()) {
            return List.of(
                    Decision.deny(Rule.BUILD_REPOSITORY, "build", "nothing allows to build " + repository, place));
        }
        String matches = repository + " matches " + rule.get().repository();
        if (build.network() && !rule.get().network()) {
            return List.of(Decision.deny(
                    Rule.BUILD_NETWORK,
                    "build",
                    matches + ", without network",
                    rule.get().where()));
        }
        return List.of(Decision.allow(
                Rule.BUILD_REPOSITORY, "build", matches, rule.get().where()));
    }

    private List<Decision> decide() {
        decisions.add(new ImageCheck(profile, request.image()).byName());
        targets();
        volumes();
        network();
        limits();
        environment();
        command();
        user();
        request.workingDirectory()
                .flatMap(ContainerPaths::directoryProblem)
                .ifPresent(problem -> decisions.add(Decision.never(
                        Rule.WORKING_DIRECTORY,
                        "working directory",
                        Text.quote(request.workingDirectory().orElse("")) + " " + problem)));
        return decisions;
    }

    private void targets() {
        List<String> targets = new ArrayList<>(List.of("/tmp"));
        for (Mount mount : request.mounts()) {
            String subject = "mount " + mount.target();
            ContainerPaths.targetProblem(mount.target())
                    .ifPresent(problem ->
                            decisions.add(Decision.never(Rule.MOUNT_TARGET, subject, "the target " + problem)));
            // The runtime makes a directory for the inner one in the outer one's source, as root; who can change that
            // source
            // meanwhile leads it elsewhere (CVE-2021-30465).
            targets.stream()
                    .filter(other -> Path.of(mount.target()).startsWith(other)
                            || Path.of(other).startsWith(mount.target()))
                    .findFirst()
                    .ifPresent(other -> decisions.add(Decision.never(
                            Rule.MOUNT_NESTED, subject, "one of it and the mount " + other + " is inside the other")));
            targets.add(mount.target());
        }
    }

    private void volumes() {
        for (Mount mount : request.mounts()) {
            if (mount instanceof Mount.Volume volume) {
                String subject = "mount " + volume.target();
                List<NameRule> rules = volume.writable()
                        ? profile.volumes().write()
                        : profile.volumes().read();
                String how = volume.writable() ? "written" : "read";
                decisions.add(NameRule.find(rules, volume.name())
                        .map(rule -> Decision.allow(
                                Rule.VOLUME_NAME, subject, volume.name() + " matches " + rule.names(), rule.where()))
                        .orElseGet(() -> Decision.deny(
                                Rule.VOLUME_NAME,
                                subject,
                                "nothing allows the volume " + volume.name() + " to be " + how,
                                profile.volumes().where())));
            }
        }
    }

    private void network() {
        String subject = "network";
        if (request.network().isEmpty()) {
            decisions.add(Decision.allow(Rule.NETWORK_NAME, subject, "none", profile.where()));
            return;
        }
        String name = request.network().get();
        decisions.add(NameRule.find(profile.networks(), name)
                .map(rule ->
                        Decision.allow(Rule.NETWORK_NAME, subject, name + " matches " + rule.names(), rule.where()))
                .orElseGet(() -> Decision.deny(
                        Rule.NETWORK_NAME, subject, "nothing allows the network " + name, profile.where())));
    }

    private void limits() {
        LimitRules rules = profile.limits();
        Limits limits = request.limits();
        limit(Rule.LIMIT_MEMORY, limits.memoryBytes(), rules.memory(), Amounts::formatBytes);
        limit(Rule.LIMIT_CPUS, Math.round(limits.cpus() * 1e9), rules.cpus(), Amounts::formatCpus);
        limit(Rule.LIMIT_PIDS, limits.pids(), rules.pids(), Long::toString);
        limit(Rule.LIMIT_TMP, limits.tmpBytes(), rules.tmp(), Amounts::formatBytes);
        limit(Rule.LIMIT_DEADLINE, request.deadline().toMillis(), rules.deadline(), millis -> millis + " ms");
        for (Mount mount : request.mounts()) {
            if (mount instanceof Mount.OutputDirectory output) {
                limit(Rule.LIMIT_OUTPUT, output.maxBytes(), rules.output(), Amounts::formatBytes);
                limit(Rule.LIMIT_FILES, output.maxFiles(), rules.files(), Long::toString);
            }
        }
    }

    private void limit(Rule rule, long asked, Bound bound, LongFunction<String> format) {
        String subject = rule.id().replace('-', ' ');
        String most = bound.most() == LimitRules.UNLIMITED ? "unlimited" : format.apply(bound.most());
        decisions.add(
                bound.allows(asked)
                        ? Decision.allow(rule, subject, format.apply(asked) + " of " + most, bound.where())
                        : Decision.deny(rule, subject, format.apply(asked) + " is more than " + most, bound.where()));
    }

    private void environment() {
        long bytes = 0;
        for (Map.Entry<String, String> variable : new TreeMap<>(request.environment()).entrySet()) {
            bytes += variable.getKey().length() + 2L + variable.getValue().getBytes(StandardCharsets.UTF_8).length;
            profile.environment()
                    .denied(variable.getKey())
                    .ifPresent(rule -> decisions.add(Decision.deny(
                            Rule.ENVIRONMENT_NAME,
                            "environment",
                            variable.getKey() + " matches " + rule.names() + ", which no container is given",
                            rule.where())));
        }
        if (bytes > MOST_BYTES || request.environment().size() > MOST_WORDS) {
            decisions.add(Decision.never(
                    Rule.ENVIRONMENT_SIZE,
                    "environment",
                    "more than " + MOST_WORDS + " variables or " + Amounts.formatBytes(MOST_BYTES)));
        }
    }

    private void command() {
        long bytes = 0;
        for (List<String> words : List.of(request.entrypoint(), request.command())) {
            for (String word : words) {
                bytes += 1L + word.getBytes(StandardCharsets.UTF_8).length;
            }
        }
        int count = request.entrypoint().size() + request.command().size();
        if (bytes > MOST_BYTES || count > MOST_WORDS) {
            decisions.add(Decision.never(
                    Rule.COMMAND_SIZE,
                    "command",
                    "more than " + MOST_WORDS + " words or " + Amounts.formatBytes(MOST_BYTES)));
        }
    }

    private void user() {
        UserRules users = profile.users();
        id("uid", users.uids(), request.user().uid());
        id("gid", users.gids(), request.user().gid());
    }

    private void id(String kind, List<Range> ranges, long id) {
        decisions.add(UserRules.find(ranges, id)
                .map(range -> Decision.allow(
                        Rule.USER_ID, kind, id + " is in " + range.least() + "-" + range.most(), range.where()))
                .orElseGet(() -> Decision.deny(
                        Rule.USER_ID,
                        kind,
                        "no range holds " + id,
                        ranges.isEmpty() ? profile.where() : ranges.get(0).where())));
    }
}
