package dev.longshore.docker.policy;

import dev.longshore.docker.policy.LimitRules.Bound;
import java.util.Optional;
import java.util.function.Function;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Reads {@code limits}: each is what a request may ask for, or a mapping of that ({@code most}) and its {@code default}. */
final class LimitReader {
    private static final String SIZE = "a size such as 512MiB, or unlimited";
    private static final String COUNT = "a whole number above 0, or unlimited";

    private final Section.Notes notes;
    private final Section section;

    LimitReader(Section.Notes notes, Section section) {
        this.notes = notes;
        this.section = section;
    }

    LimitRules read(LimitRules base) {
        LimitRules limits = new LimitRules(
                bound("memory", SIZE, Amounts::bytes, base.memory()),
                bound("cpus", "a number of processors such as 2 or 0.5, or unlimited", Amounts::nanoCpus, base.cpus()),
                bound("pids", COUNT, Amounts::count, base.pids()),
                bound("tmp", SIZE, Amounts::bytes, base.tmp()),
                bound("deadline", "a duration such as 30m, or unlimited", Amounts::millis, base.deadline()),
                bound("output", SIZE, Amounts::bytes, base.output()),
                bound("files", COUNT, Amounts::count, base.files()));
        section.finish();
        return limits;
    }

    private Bound bound(String key, String form, Function<String, Optional<Long>> parse, Bound base) {
        Optional<Node> node = section.take(key);
        if (node.isEmpty()) {
            return base;
        }
        Place place = section.place(key, node.get());
        if (node.get() instanceof ScalarNode scalar) {
            long most = most(section.path(key), scalar, form, parse).orElse(base.most());
            return new Bound(Math.min(base.standard(), most), most, place);
        }
        if (!(node.get() instanceof MappingNode)) {
            notes.add(node.get(), section.path(key) + " must be " + form + ", or a mapping of default and most");
            return base;
        }
        Section inner = new Section(notes, section.path(key), node.get());
        Optional<ScalarNode> mostNode = inner.scalar("most");
        long most = mostNode.flatMap(scalar -> most(inner.path("most"), scalar, form, parse))
                .orElse(base.most());
        if (base.standard() == 0) {
            // Every request says: there is nothing to default.
            inner.finish();
            return new Bound(0, most, place);
        }
        Optional<ScalarNode> standardNode = inner.scalar("default");
        long standard = standardNode
                .flatMap(scalar -> ProfileReader.amount(notes, inner.path("default"), scalar, form, parse))
                .orElse(Math.min(base.standard(), most));
        if (standard > most) {
            notes.add(node.get(), section.path(key) + ".default is more than " + section.path(key) + ".most");
        }
        inner.finish();
        return new Bound(standard, most, place);
    }

    private Optional<Long> most(String key, ScalarNode node, String form, Function<String, Optional<Long>> parse) {
        return node.getValue().equals("unlimited")
                ? Optional.of(LimitRules.UNLIMITED)
                : ProfileReader.amount(notes, key, node, form, parse);
    }
}
