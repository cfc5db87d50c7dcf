package dev.longshore.docker.policy;

import dev.longshore.docker.policy.DaemonRules.Seccomp;
import dev.longshore.docker.policy.Quotas.Quota;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Reads what a policy file says of the worker as a whole; the rest is {@link ProfileReader}'s. */
final class PolicyReader {
    private static final String VERSION = "1";

    private final Section.Notes notes;
    private final Map<String, Path> places;

    PolicyReader(Section.Notes notes, Map<String, Path> places) {
        this.notes = notes;
        this.places = places;
    }

    GuardPolicy policy(Node root) {
        Section file = new Section(notes, "", root);
        Optional<ScalarNode> version = file.scalar("version");
        if (version.isEmpty() || !version.get().getValue().equals(VERSION)) {
            notes.add(version.map(Node.class::cast).orElse(root), "the policy must say version: " + VERSION);
        }
        ProfileReader reader = new ProfileReader(notes, places);
        Profile base = reader.base(file);
        List<Profile> profiles = new ArrayList<>();
        file.items("profiles", (key, node) -> profiles.add(reader.profile(key, node, base)));
        GuardPolicy policy = new GuardPolicy(
                notes.origin(),
                base,
                profiles,
                builds(file),
                quotas(file),
                daemon(file),
                reader.paths(file, "protect").stream().map(PathRoot::path).toList());
        file.finish();
        return policy;
    }

    private List<BuildRule> builds(Section file) {
        List<BuildRule> builds = new ArrayList<>();
        file.items("builds", (key, node) -> {
            Section build = new Section(notes, key, node);
            boolean network = build.flag("network").orElse(false);
            ProfileReader.repository(build).ifPresent(glob -> builds.add(new BuildRule(glob, network, build.place())));
            build.finish();
        });
        return builds;
    }

    private Quotas quotas(Section file) {
        Optional<Section> quotas = file.section("quotas");
        Quota run = quota(file, quotas, "run");
        Quota worker = quota(file, quotas, "worker");
        quotas.ifPresent(Section::finish);
        return new Quotas(run, worker);
    }

    private Quota quota(Section file, Optional<Section> quotas, String name) {
        Optional<Section> quota = quotas.flatMap(section -> section.section(name));
        if (quota.isEmpty()) {
            return new Quota(
                    LimitRules.UNLIMITED,
                    LimitRules.UNLIMITED,
                    LimitRules.UNLIMITED,
                    new Place(notes.origin(), 0, file.path("quotas." + name)));
        }
        Section section = quota.get();
        long containers = amount(section, "containers", "a whole number above 0", Amounts::count);
        long cpus = amount(section, "cpus", "a number of processors such as 4 or 0.5", Amounts::nanoCpus);
        long memory = amount(section, "memory", "a size such as 8GiB", Amounts::bytes);
        section.finish();
        return new Quota(containers, cpus, memory, section.place());
    }

    private long amount(Section section, String key, String form, Function<String, Optional<Long>> parse) {
        Optional<ScalarNode> node = section.scalar(key);
        if (node.isEmpty()) {
            return LimitRules.UNLIMITED;
        }
        return ProfileReader.amount(notes, section.path(key), node.get(), form, parse)
                .orElse(LimitRules.UNLIMITED);
    }

    private DaemonRules daemon(Section file) {
        Place unset = new Place(notes.origin(), 0, "daemon");
        Optional<Section> daemon = file.section("daemon");
        if (daemon.isEmpty()) {
            return new DaemonRules(Seccomp.DEFAULT, true, unset, unset);
        }
        Section section = daemon.get();
        Optional<ScalarNode> word = section.scalar("seccomp");
        Seccomp seccomp = word.flatMap(this::seccomp).orElse(Seccomp.DEFAULT);
        boolean limits = section.flag("limits").orElse(true);
        section.finish();
        return new DaemonRules(
                seccomp,
                limits,
                word.map(node -> section.place("seccomp", node)).orElse(section.place()),
                section.place());
    }

    private Optional<Seccomp> seccomp(ScalarNode node) {
        for (Seccomp seccomp : Seccomp.values()) {
            if (seccomp.name().toLowerCase(Locale.ROOT).equals(node.getValue())) {
                return Optional.of(seccomp);
            }
        }
        notes.add(node, "daemon.seccomp must be default, any or off, not " + Quoted.of(node.getValue()));
        return Optional.empty();
    }
}
