package dev.longshore.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.pipeline.DockerNeed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What every {@link RunStore} must do; each has a test that extends this. */
abstract class RunStoreContract {
    private final RunStore store = newStore();

    /** A store with no runs. */
    abstract RunStore newStore();

    private static Run newRun() {
        return Runs.run(DockerMode.AUTO, Runs.step("a", DockerNeed.NONE), Runs.step("b", DockerNeed.NONE, "a"));
    }

    @Test
    void findsWhatWasCreated() {
        Run run = newRun();

        assertThat(store.create(run)).isTrue();
        assertThat(store.find(run.id())).contains(run);
        assertThat(store.find(RunId.next(Runs.NOW))).isEmpty();
    }

    @Test
    void creatingTwiceIsOnce() {
        Run run = newRun();
        store.create(run);
        Run started = store.update(run.id(), Run::started);

        assertThat(store.create(run)).isFalse();
        assertThat(store.get(run.id())).isEqualTo(started);
    }

    @Test
    void aRefusedTransitionChangesNothing() {
        Run run = newRun();
        store.create(run);

        assertThatThrownBy(() -> store.update(run.id(), before -> before.finished(Runs.NOW)))
                .isInstanceOf(IllegalTransitionException.class);
        assertThat(store.get(run.id())).isEqualTo(run);
    }

    @Test
    void updatingARunThatIsNotThereFails() {
        RunId unknown = RunId.next(Runs.NOW);

        assertThatThrownBy(() -> store.update(unknown, Run::started)).hasMessageContaining(unknown.value());
    }

    @Test
    void ofManyThatWantOneTransitionOneGetsIt() throws Exception {
        Run run = newRun();
        store.create(run);
        int threads = 16;
        AtomicInteger winners = new AtomicInteger();
        CountDownLatch go = new CountDownLatch(1);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        List<Future<?>> done = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            done.add(pool.submit(() -> {
                go.await();
                try {
                    store.update(run.id(), Run::started);
                    winners.incrementAndGet();
                } catch (IllegalTransitionException e) {
                    assertThat(e).hasMessageContaining("RUNNING");
                }
                return null;
            }));
        }
        go.countDown();
        for (Future<?> one : done) {
            one.get(30, TimeUnit.SECONDS);
        }
        pool.shutdown();

        assertThat(winners).hasValue(1);
    }

    @Test
    void noUpdateIsLost() throws Exception {
        Run run = newRun();
        store.create(run);
        store.update(run.id(), Run::started);
        int threads = 8;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        List<Future<?>> done = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            done.add(pool.submit(() -> {
                for (int round = 0; round < 50; round++) {
                    store.update(run.id(), before -> before.stepStarted("a", Runs.NOW));
                }
            }));
        }
        for (Future<?> one : done) {
            one.get(30, TimeUnit.SECONDS);
        }
        pool.shutdown();

        assertThat(store.get(run.id()).step("a").attempt()).isEqualTo(threads * 50);
    }

    @Test
    void tellsSubscribersOfTheirRunInOrderUntilTheyLeave() throws Exception {
        Run run = newRun();
        Run other = newRun();
        store.create(run);
        store.create(other);
        List<RunState> seen = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch over = new CountDownLatch(1);
        try (RunStore.Subscription subscription = store.subscribe(run.id(), changed -> {
            seen.add(changed.state());
            if (changed.state().isFinal()) {
                over.countDown();
            }
        })) {
            store.update(other.id(), Run::started);
            store.update(run.id(), Run::started);
            store.update(run.id(), before -> before.cancelled(Runs.NOW));
            assertThat(over.await(30, TimeUnit.SECONDS)).isTrue();
        }
        store.update(other.id(), before -> before.cancelled(Runs.NOW));

        assertThat(seen).containsExactly(RunState.RUNNING, RunState.CANCELLED);
    }
}
