package dev.longshore.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NodeIdsTest {
    private final NodeIds ids = new NodeIds("github.com/pallets/flask");

    @Test
    void anIdNeverChangesFromOneVersionToTheNext() {
        assertThat(ids.ofPath(Label.FILE, "src/flask/app.py").value())
                .isEqualTo("File:923352cce1037109fc4f5c5de0daa0c5");
    }

    @Test
    void everyPartTellsIdsApart() {
        List<NodeId> all = List.of(
                ids.repository(),
                ids.ofPath(Label.FILE, "a"),
                ids.ofPath(Label.DIRECTORY, "a"),
                ids.ofPath(Label.FILE, "b"),
                ids.of(Label.FILE, "a", "b"),
                ids.of(Label.FILE, "ab", ""),
                new NodeIds("github.com/pallets/click").ofPath(Label.FILE, "a"),
                new NodeIds("github.com/pallets/flaskFile").ofPath(Label.FILE, "a"),
                ids.ofDefinition(Label.FUNCTION, "a", "f", 2),
                ids.ofDefinition(Label.FUNCTION, "a", "f", 3),
                ids.ofDefinition(Label.FUNCTION, "a", "f", 1));
        assertThat(Set.copyOf(all)).hasSameSizeAs(all);
    }

    @Test
    void theFirstOfSeveralDefinitionsHasTheIdOfAnOnlyOne() {
        assertThat(ids.ofDefinition(Label.FUNCTION, "a", "f", 1)).isEqualTo(ids.of(Label.FUNCTION, "a", "f"));
    }
}
