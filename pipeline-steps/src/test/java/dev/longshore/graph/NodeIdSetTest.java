package dev.longshore.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NodeIdSetTest {
    @Test
    void holdsWhatAHashSetHolds() {
        Random random = new Random(1);
        NodeIdSet ids = new NodeIdSet();
        Set<NodeId> model = new HashSet<>();
        for (int i = 0; i < 60_000; i++) {
            NodeId id = id(random.nextInt(30_000));
            assertThat(ids.add(id)).isEqualTo(model.add(id));
            assertThat(ids.size()).isEqualTo(model.size());
        }
        for (int i = 0; i < 60_000; i++) {
            assertThat(ids.contains(id(i))).isEqualTo(model.contains(id(i)));
        }
    }

    @Test
    void anIdOfNothingButZerosIsAnIdLikeAnyOther() {
        NodeIdSet ids = new NodeIdSet();
        NodeId zero = new NodeId("File:" + "0".repeat(32));
        assertThat(ids.contains(zero)).isFalse();
        assertThat(ids.add(zero)).isTrue();
        assertThat(ids.add(zero)).isFalse();
        assertThat(ids.contains(zero)).isTrue();
        assertThat(ids.size()).isEqualTo(1);
    }

    @Test
    void idsThatDifferInOneHalfOnlyAreTwo() {
        NodeIdSet ids = new NodeIdSet();
        String half = "0123456789abcdef";
        assertThat(ids.add(new NodeId("File:" + half + half))).isTrue();
        assertThat(ids.add(new NodeId("File:" + half + "0123456789abcdee"))).isTrue();
        assertThat(ids.add(new NodeId("File:" + "f123456789abcdef" + half))).isTrue();
        assertThat(ids.contains(new NodeId("File:" + "e123456789abcdef" + half)))
                .isFalse();
    }

    private static NodeId id(int number) {
        return new NodeIds("r").ofPath(Label.FILE, "file" + number);
    }
}
