package dev.longshore.docker.policy;

import dev.longshore.docker.policy.LimitRules.Bound;
import dev.longshore.docker.policy.UserRules.Range;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * Reads the sections that a profile may have: the same at the top of a policy file, for all steps, and in a profile. A section that a
 * profile does not have is the top's; one that the top does not have allows nothing.
 */
final class ProfileReader {
    /** What the steps that ship with Longshore ask for, and get where a policy says nothing of limits. */
    private static final long MIB = 1L << 20;

    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");
    private static final Pattern REPOSITORY = Pattern.compile("[A-Za-z0-9*?._:-]+(/[A-Za-z0-9*?._-]+)*");
    private static final Pattern PLACE = Pattern.compile("\\$\\{([^}]*)}(.*)", Pattern.DOTALL);
    private static final Pattern RANGE = Pattern.compile("(\\d{1,10})(?:\\s*-\\s*(\\d{1,10}))?");

    private final Section.Notes notes;
    private final Map<String, Path> places;

    ProfileReader(Section.Notes notes, Map<String, Path> places) {
        this.notes = notes;
        this.places = places;
    }

    /** What the top of the file says. */
    Profile base(Section file) {
        Place unset = new Place(notes.origin(), 0, "the policy");
        Profile nothing = new Profile(
                new Glob("**"),
                List.of(),
                new Profile.Binds(List.of(), List.of(), false, unset(file, "binds")),
                new Profile.Volumes(List.of(), List.of(), unset(file, "volumes")),
                List.of(),
                new LimitRules(
                        new Bound(2048 * MIB, 2048 * MIB, unset(file, "limits.memory")),
                        new Bound(1_000_000_000L, 2_000_000_000L, unset(file, "limits.cpus")),
                        new Bound(256, 256, unset(file, "limits.pids")),
                        new Bound(256 * MIB, 256 * MIB, unset(file, "limits.tmp")),
                        new Bound(0, 30 * 60_000L, unset(file, "limits.deadline")),
                        new Bound(0, 2048 * MIB, unset(file, "limits.output")),
                        new Bound(0, 10_000, unset(file, "limits.files"))),
                environment(unset),
                new UserRules(everybody(unset(file, "users.uid")), everybody(unset(file, "users.gid"))),
                unset);
        return sections(file, nothing.steps(), nothing);
    }

    /** A profile, on top of what the file says at its top. */
    Profile profile(String key, Node node, Profile base) {
        Section section = new Section(notes, key, node);
        Optional<ScalarNode> steps = section.scalar("steps");
        if (steps.isEmpty()) {
            notes.add(node, key + " must name its steps, such as steps: \"blarify*\"");
        }
        Glob glob = new Glob(steps.map(ScalarNode::getValue).orElse(""));
        Profile profile = sections(section, glob, base);
        section.finish();
        return profile;
    }

    private Profile sections(Section section, Glob steps, Profile base) {
        return new Profile(
                steps,
                section.has("images") ? images(section) : noted(section, "images", base.images()),
                section.section("binds").map(this::binds).orElse(base.binds()),
                section.section("volumes").map(this::volumes).orElse(base.volumes()),
                section.has("networks") ? names(section, "networks") : noted(section, "networks", base.networks()),
                section.section("limits")
                        .map(limits -> new LimitReader(notes, limits).read(base.limits()))
                        .orElse(base.limits()),
                section.section("environment")
                        .map(inner -> environment(inner, base.environment()))
                        .orElse(base.environment()),
                section.section("users")
                        .map(inner -> users(inner, base.users()))
                        .orElse(base.users()),
                section.place());
    }

    /** A key that is not there is known all the same. */
    private static <T> T noted(Section section, String key, T value) {
        section.take(key);
        return value;
    }

    private Place unset(Section file, String key) {
        return new Place(notes.origin(), 0, file.path(key));
    }

    private List<ImageRule> images(Section section) {
        List<ImageRule> images = new ArrayList<>();
        section.items("images", (key, node) -> {
            Section image = new Section(notes, key, node);
            boolean allowed = !image.flag("deny").orElse(false);
            boolean pinned = pinned(image);
            Map<String, String> recorded = recorded(image);
            repository(image)
                    .ifPresent(glob -> images.add(new ImageRule(glob, allowed, pinned, recorded, image.place())));
            image.finish();
        });
        return images;
    }

    private boolean pinned(Section image) {
        Optional<ScalarNode> pin = image.scalar("pin");
        String word = pin.map(ScalarNode::getValue).orElse("digest");
        if (!word.equals("digest") && !word.equals("none")) {
            notes.add(pin.orElseThrow(), image.path("pin") + " must be digest or none, not " + Quoted.of(word));
        }
        return !word.equals("none");
    }

    private Map<String, String> recorded(Section image) {
        Map<String, String> recorded = new LinkedHashMap<>();
        image.section("recorded")
                .ifPresent(section -> section.forEach((tag, entry) -> {
                    if (!TAG.matcher(tag).matches()) {
                        notes.add(entry.getKeyNode(), section.path(tag) + " is no tag");
                    }
                    if (entry.getValueNode() instanceof ScalarNode value
                            && DIGEST.matcher(value.getValue()).matches()) {
                        recorded.put(tag, value.getValue());
                    } else {
                        notes.add(
                                entry.getValueNode(),
                                section.path(tag)
                                        + " must be an image's id or digest: sha256: and 64 hexadecimal digits");
                    }
                }));
        return recorded;
    }

    /** The repositories that a rule is for, in full. */
    static Optional<Glob> repository(Section section) {
        Optional<ScalarNode> node = section.scalar("repository");
        if (node.isEmpty()) {
            section.notes()
                    .problems()
                    .add(new PolicyProblem(
                            section.place().line(), section.place().key() + " must name a repository"));
            return Optional.empty();
        }
        String text = node.get().getValue();
        if (!REPOSITORY.matcher(text).matches()) {
            section.notes()
                    .add(
                            node.get(),
                            section.path("repository")
                                    + " must be the name of a repository without tag and digest, such as example.org/team/*, not "
                                    + Quoted.of(text));
            return Optional.empty();
        }
        return Optional.of(new Glob(ImageNames.full(text)));
    }

    private Profile.Binds binds(Section section) {
        Profile.Binds binds = new Profile.Binds(
                paths(section, "read"),
                paths(section, "write"),
                section.flag("sockets").orElse(false),
                section.place());
        section.finish();
        return binds;
    }

    private Profile.Volumes volumes(Section section) {
        Profile.Volumes volumes = new Profile.Volumes(names(section, "read"), names(section, "write"), section.place());
        section.finish();
        return volumes;
    }

    /** Absolute paths of this host. */
    List<PathRoot> paths(Section section, String key) {
        List<PathRoot> roots = new ArrayList<>();
        section.texts(
                key,
                (itemKey, node) ->
                        path(itemKey, node).ifPresent(path -> roots.add(new PathRoot(path, place(itemKey, node)))));
        return roots;
    }

    private Optional<Path> path(String key, ScalarNode node) {
        String text = node.getValue();
        Matcher place = PLACE.matcher(text);
        if (place.matches()) {
            Path start = places.get(place.group(1));
            if (start == null) {
                notes.add(
                        node,
                        key + " begins with an unknown place " + Quoted.of(place.group(1)) + "; known are "
                                + String.join(
                                        ", ", places.keySet().stream().sorted().toList()));
                return Optional.empty();
            }
            text = start + place.group(2);
        }
        try {
            Path path = Path.of(text);
            if (path.isAbsolute() && path.normalize().equals(path)) {
                return Optional.of(path);
            }
        } catch (InvalidPathException e) {
            notes.add(node, key + " is no path: " + Quoted.of(text));
            return Optional.empty();
        }
        notes.add(node, key + " must be an absolute path without . and .., not " + Quoted.of(text));
        return Optional.empty();
    }

    private List<NameRule> names(Section section, String key) {
        List<NameRule> names = new ArrayList<>();
        section.texts(key, (itemKey, node) -> {
            if (node.getValue().isBlank()) {
                notes.add(node, itemKey + " must not be empty");
            }
            names.add(new NameRule(new Glob(node.getValue()), place(itemKey, node)));
        });
        return names;
    }

    private Place place(String key, Node node) {
        return new Place(notes.origin(), Section.lineOf(node), key);
    }

    private static EnvironmentRules environment(Place standard) {
        Place place = new Place(standard.origin(), 0, "environment.deny");
        return new EnvironmentRules(
                List.of(),
                EnvironmentRules.ALWAYS.stream()
                        .map(name -> new NameRule(new Glob(name), place))
                        .toList());
    }

    private EnvironmentRules environment(Section section, EnvironmentRules base) {
        List<NameRule> deny = new ArrayList<>(names(section, "deny"));
        deny.addAll(base.deny());
        List<NameRule> allow = section.has("allow") ? names(section, "allow") : noted(section, "allow", base.allow());
        section.finish();
        return new EnvironmentRules(allow, deny);
    }

    private UserRules users(Section section, UserRules base) {
        List<Range> uids = section.has("uid") ? ranges(section, "uid") : noted(section, "uid", base.uids());
        List<Range> gids = section.has("gid") ? ranges(section, "gid") : noted(section, "gid", base.gids());
        section.finish();
        return new UserRules(uids, gids);
    }

    private static List<Range> everybody(Place place) {
        return List.of(new Range(1, Integer.MAX_VALUE, place));
    }

    private List<Range> ranges(Section section, String key) {
        List<Range> ranges = new ArrayList<>();
        section.texts(key, (itemKey, node) -> {
            Matcher matcher = RANGE.matcher(node.getValue().strip());
            long least = matcher.matches() ? Long.parseLong(matcher.group(1)) : 0;
            long most = least > 0 && matcher.group(2) != null ? Long.parseLong(matcher.group(2)) : least;
            if (least < 1 || most < least || most > Integer.MAX_VALUE) {
                notes.add(
                        node,
                        itemKey + " must be an id above 0 or a range such as 1000-59999, not "
                                + Quoted.of(node.getValue()));
            } else {
                ranges.add(new Range(least, most, place(itemKey, node)));
            }
        });
        return ranges;
    }

    /** An amount, or a note that it is none. */
    static Optional<Long> amount(
            Section.Notes notes, String key, ScalarNode node, String form, Function<String, Optional<Long>> parse) {
        Optional<Long> amount = parse.apply(node.getValue()).filter(value -> value > 0);
        if (amount.isEmpty()) {
            notes.add(node, key + " must be " + form + ", not " + Quoted.of(node.getValue()));
        }
        return amount;
    }
}
