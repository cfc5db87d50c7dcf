package dev.longshore.container;

import static dev.longshore.container.OutputFixture.IDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.graph.Label;
import dev.longshore.graph.NodeId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LocalIdsTest {
    private final LocalIds ids = new LocalIds();

    private NodeId add(int number) {
        NodeId real = IDS.ofDefinition(Label.FUNCTION, "a.py", "f" + number, 1);
        assertThat(ids.find("local " + number)).isEqualTo(-1);
        ids.add(real, Label.FUNCTION, number, number + 1L, true);
        return real;
    }

    @Test
    void findsEachOfManyIdsAgain() {
        int many = 50_000;
        for (int i = 0; i < many; i++) {
            add(i);
        }
        assertThat(ids.size()).isEqualTo(many);
        for (int i = 0; i < many; i++) {
            int row = ids.find("local " + i);
            NodeId real = IDS.ofDefinition(Label.FUNCTION, "a.py", "f" + i, 1);
            assertThat(ids.real(row)).isEqualTo(real);
            assertThat(ids.find(real)).isEqualTo(row);
            assertThat(ids.content(row)).isEqualTo(i);
            assertThat(ids.line(row)).isEqualTo(i + 1L);
            assertThat(ids.isDropped(row)).isFalse();
        }
        assertThat(ids.find("local " + many)).isEqualTo(-1);
    }

    @Test
    void whatIsDroppedIsKnownButDefinesNothing() {
        assertThat(ids.find("x")).isEqualTo(-1);
        ids.addDropped(7, 3);
        int row = ids.find("x");
        assertThat(ids.isDropped(row)).isTrue();
        assertThat(ids.content(row)).isEqualTo(7);
        assertThat(ids.line(row)).isEqualTo(3);
    }

    @Test
    void aReferenceIsNotFoundByItsRealId() {
        NodeId real = IDS.ofPath(Label.FILE, "a.py");
        assertThat(ids.find("x")).isEqualTo(-1);
        ids.add(real, Label.FILE, 0, 1, false);
        assertThat(ids.find(real)).isEqualTo(-1);
        assertThat(ids.real(ids.find("x"))).isEqualTo(real);
    }

    @Test
    void contentIsWhatIsSaidAndNotTheOrderItIsSaidIn() {
        long content = content(Map.of("a", "b", "c", 1L));
        assertThat(content(Map.of("c", 1L, "a", "b"))).isEqualTo(content);
        assertThat(content(Map.of("a", "b", "c", "1"))).isNotEqualTo(content);
        assertThat(content(Map.of("ab", "", "c", 1L))).isNotEqualTo(content);
        assertThat(content(Map.of("a", List.of("b"), "c", 1L))).isNotEqualTo(content);
        assertThat(content(Map.of("a", List.of("b", ""), "c", 1L)))
                .isNotEqualTo(content(Map.of("a", List.of("", "b"), "c", 1L)));
    }

    private long content(Map<String, Object> properties) {
        return ids.contentOf(Label.CLASS, new TreeMap<>(properties));
    }
}
