package dev.longshore.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.pipeline.DockerNeed;
import dev.longshore.step.StepFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link RunStore} must do; each has a test that extends this. */
public abstract class RunStoreContract {
    private static final Instant LONG_AGO = Runs.NOW.minus(Duration.ofDays(365));
    /** Later than any time that a store notes in this test. */
    private static final Instant MUCH_LATER = Instant.parse("2100-01-01T00:00:00Z");

    private static final Duration LEASE = Duration.ofMinutes(1);
    private static final Duration WAIT = Duration.ofSeconds(30);

    private RunStore store = new InMemoryRunStore();

    /** A store with no runs. */
    protected abstract RunStore newStore();

    @BeforeEach
    void makeStore() {
        store = newStore();
    }

    private static RunId id(String text) {
        return new RunId("r-" + text);
    }

    private Run created(String id) {
        Run run = Runs.run(id(id), DockerMode.AUTO, Runs.step("a", DockerNeed.NONE));
        assertThat(store.create(run)).isTrue();
        return run;
    }

    private void end(RunId id) {
        store.update(id, run -> run.cancelled(Runs.NOW));
    }

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
        Run started = store.start(run.id(), "example");

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

        assertThatThrownBy(() -> store.update(unknown, run -> run.cancelled(Runs.NOW)))
                .hasMessageContaining(unknown.value());
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
                    store.update(run.id(), before -> before.cancelled(Runs.NOW));
                    winners.incrementAndGet();
                } catch (IllegalTransitionException e) {
                    assertThat(e).hasMessageContaining("CANCELLED");
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
        store.start(run.id(), "example");
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
            store.start(other.id(), "other");
            store.start(run.id(), "example");
            store.update(run.id(), before -> before.cancelled(Runs.NOW));
            assertThat(over.await(30, TimeUnit.SECONDS)).isTrue();
        }
        store.update(other.id(), before -> before.cancelled(Runs.NOW));

        assertThat(seen).containsExactly(RunState.RUNNING, RunState.CANCELLED);
    }

    @Test
    void whatChangesNothingIsToldToNobody() throws Exception {
        Run run = created("1000");
        BlockingQueue<Run> seen = new LinkedBlockingQueue<>();
        try (RunStore.Subscription subscription = store.subscribe(run.id(), seen::add)) {
            assertThat(store.update(run.id(), before -> before)).isEqualTo(run);
            end(run.id());

            assertThat(poll(seen).state()).isEqualTo(RunState.CANCELLED);
        }
        assertThat(store.events(run.id(), 0, 10))
                .extracting(RunEvent.Entry::sequence)
                .containsExactly(1L, 2L, 3L);
    }

    private static <T> T poll(BlockingQueue<T> queue) throws InterruptedException {
        T found = queue.poll(WAIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(found).as("what was waited for").isNotNull();
        return found;
    }

    @Test
    void tellsOfTheChangesOfAllRuns() throws Exception {
        BlockingQueue<RunId> seen = new LinkedBlockingQueue<>();
        try (RunStore.Subscription subscription = store.subscribeAll(run -> seen.add(run.id()))) {
            end(created("1000").id());
            end(created("1001").id());

            assertThat(poll(seen)).isEqualTo(id("1000"));
            assertThat(poll(seen)).isEqualTo(id("1001"));
        }
    }

    @Test
    void aRunThatAsksForWhatAWaitingOneAsksForJoinsIt() {
        Run first = created("1000");
        Run same = Runs.run(id("1001"), DockerMode.AUTO, Runs.step("a", DockerNeed.NONE));
        Run different = Runs.run(id("1002"), DockerMode.OFF, Runs.step("a", DockerNeed.NONE));

        assertThat(store.submit(same)).isEqualTo(first);
        assertThat(store.submit(different)).isEqualTo(different);
        assertThat(store.submit(first)).isEqualTo(first);
        assertThat(store.find(same.id())).isEmpty();

        store.start(first.id(), "example");
        assertThat(store.submit(same)).isEqualTo(same);
        end(same.id());
        Run third = Runs.run(id("1003"), DockerMode.AUTO, Runs.step("a", DockerNeed.NONE));
        assertThat(store.submit(third)).isEqualTo(third);
    }

    @Test
    void listsTheNewestFirstInPages() {
        for (int i = 1000; i < 1010; i++) {
            created(Integer.toString(i));
        }

        List<Run> page = store.list(RunQuery.newest(4));
        List<Run> next = store.list(RunQuery.newest(4).after(page.get(3).id()));

        assertThat(page).extracting(Run::id).containsExactly(id("1009"), id("1008"), id("1007"), id("1006"));
        assertThat(next).extracting(Run::id).containsExactly(id("1005"), id("1004"), id("1003"), id("1002"));
        assertThat(store.list(RunQuery.newest(4).after(id("1000")))).isEmpty();
    }

    @Test
    void listsByState() {
        for (int i = 1000; i < 1006; i++) {
            created(Integer.toString(i));
        }
        store.start(id("1001"), "one");
        store.start(id("1004"), "four");
        end(id("1002"));

        assertThat(store.list(RunQuery.newest(9).in(RunState.RUNNING)))
                .extracting(Run::id)
                .containsExactly(id("1004"), id("1001"));
        assertThat(store.list(RunQuery.newest(2).in(RunState.RUNNING, RunState.CANCELLED)))
                .extracting(Run::id)
                .containsExactly(id("1004"), id("1002"));
        assertThat(store.list(RunQuery.newest(9).in(RunState.QUEUED).after(id("1003"))))
                .extracting(Run::id)
                .containsExactly(id("1000"));
        assertThat(store.list(RunQuery.newest(9).in(RunState.FAILED))).isEmpty();
    }

    @Test
    void keepsWhatHappenedInItsOrder() {
        Run run = newRun();
        store.create(run);
        store.start(run.id(), "example");
        store.update(run.id(), before -> before.stepStarted("a", Runs.NOW));
        store.progress(run.id(), new RunEvent.StepProgressed("a", 7, 9, "reading"));
        StepFailure why = new StepFailure.InputOutput("connection reset");
        store.update(run.id(), before -> before.stepRetried("a", 1, why));
        store.update(run.id(), before -> before.stepStarted("a", Runs.NOW));
        store.update(run.id(), before -> before.failed(new StepFailure.DiskFull("full"), Runs.NOW));
        store.progress(run.id(), new RunEvent.StepProgressed("a", 8, 9, "too late"));

        List<RunEvent.Entry> all = store.events(run.id(), 0, 100);

        assertThat(all)
                .extracting(RunEvent.Entry::event)
                .containsExactly(
                        new RunEvent.RunChanged(RunState.QUEUED, ""),
                        new RunEvent.RunChanged(RunState.RUNNING, ""),
                        new RunEvent.StepChanged("a", StepState.RUNNING, 1, ""),
                        new RunEvent.StepProgressed("a", 7, 9, "reading"),
                        new RunEvent.StepChanged("a", StepState.PENDING, 1, "connection reset"),
                        new RunEvent.StepChanged("a", StepState.RUNNING, 2, ""),
                        new RunEvent.StepChanged("a", StepState.CANCELLED, 2, ""),
                        new RunEvent.StepChanged("b", StepState.CANCELLED, 0, ""),
                        new RunEvent.RunChanged(RunState.FAILED, "full"));
        assertThat(all).extracting(RunEvent.Entry::sequence).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
        assertThat(store.events(run.id(), 4, 2)).isEqualTo(all.subList(4, 6));
        assertThat(store.events(run.id(), 9, 2)).isEmpty();
        assertThat(store.events(id("none"), 0, 2)).isEmpty();
    }

    @Test
    void theOldestEventsMakeRoom() {
        Run run = created("1000");
        int told = RunStore.EVENTS_KEPT + 500;
        for (int i = 1; i <= told; i++) {
            store.progress(run.id(), new RunEvent.StepProgressed("a", i, told, ""));
        }

        List<RunEvent.Entry> kept = store.events(run.id(), 0, Integer.MAX_VALUE);

        assertThat(kept).hasSizeBetween(RunStore.EVENTS_KEPT, RunStore.EVENTS_KEPT + 200);
        assertThat(kept.get(kept.size() - 1).sequence()).isEqualTo(told + 1L);
    }

    @Test
    void followersGetOldAndNewEventsEachOnce() throws Exception {
        Run run = created("1000");
        store.start(run.id(), "example");
        BlockingQueue<Long> seen = new LinkedBlockingQueue<>();
        BlockingQueue<Long> late = new LinkedBlockingQueue<>();
        try (RunStore.Subscription all = store.follow(run.id(), 0, entry -> seen.add(entry.sequence()));
                RunStore.Subscription rest = store.follow(run.id(), 2, entry -> late.add(entry.sequence()))) {
            for (int i = 0; i < 300; i++) {
                store.progress(run.id(), new RunEvent.StepProgressed("a", i, 300, ""));
            }
            for (long expected = 1; expected <= 302; expected++) {
                assertThat(poll(seen)).isEqualTo(expected);
            }
            for (long expected = 3; expected <= 302; expected++) {
                assertThat(poll(late)).isEqualTo(expected);
            }
        }
        assertThat(seen).isEmpty();
    }

    @Test
    void oneRunOfARepositoryIsAtWorkAndTheNextIsDueWhenItEnds() {
        Run first = created("1000");
        Run second = created("1001");
        Run elsewhere = created("1002");

        assertThat(store.start(first.id(), "example").state()).isEqualTo(RunState.RUNNING);
        assertThat(store.start(first.id(), "example").state()).isEqualTo(RunState.RUNNING);
        assertThat(store.start(second.id(), "example")).isEqualTo(second);
        assertThat(store.start(elsewhere.id(), "elsewhere").state()).isEqualTo(RunState.RUNNING);
        assertThat(store.due(MUCH_LATER, LEASE, 10)).isEmpty();
        assertThat(store.events(second.id(), 1, 10))
                .extracting(RunEvent.Entry::event)
                .containsExactly(new RunEvent.Waits(first.id()));

        end(first.id());

        DueRun due = new DueRun(second.id(), DueRun.Occasion.after(first.id()));
        assertThat(store.due(MUCH_LATER, LEASE, 10)).containsExactly(due);
        assertThat(store.due(MUCH_LATER, LEASE, 10)).as("within the lease").isEmpty();
        assertThat(store.due(MUCH_LATER.plus(LEASE), LEASE, 10))
                .as("whoever had it died")
                .containsExactly(due);
        assertThat(store.start(second.id(), "example").state()).isEqualTo(RunState.RUNNING);
        assertThat(store.due(MUCH_LATER.plus(LEASE).plus(LEASE), LEASE, 10)).isEmpty();
    }

    @Test
    void ofManyRunsOfARepositoryOneIsStarted() throws Exception {
        int threads = 16;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        List<Future<RunState>> done = new ArrayList<>();
        CountDownLatch go = new CountDownLatch(1);
        for (int i = 0; i < threads; i++) {
            RunId id = created(Integer.toString(1000 + i)).id();
            done.add(pool.submit(() -> {
                go.await();
                return store.start(id, "example").state();
            }));
        }
        go.countDown();
        List<RunState> states = new ArrayList<>();
        for (Future<RunState> one : done) {
            states.add(one.get(30, TimeUnit.SECONDS));
        }
        pool.shutdown();

        assertThat(states).containsOnly(RunState.RUNNING, RunState.QUEUED);
        assertThat(Collections.frequency(states, RunState.RUNNING)).isEqualTo(1);
        end(store.list(RunQuery.newest(1).in(RunState.RUNNING)).get(0).id());
        assertThat(store.due(MUCH_LATER, LEASE, 100)).hasSize(threads - 1);
        assertThat(store.due(MUCH_LATER.plus(LEASE), LEASE, 4)).hasSize(4);
    }

    @Test
    void aNewRunIsDueWhenNobodyEnqueuedItsFirstJob() {
        Run run = created("1000");

        assertThat(store.due(LONG_AGO, LEASE, 10)).isEmpty();
        assertThat(store.due(MUCH_LATER, LEASE, 10)).containsExactly(new DueRun(run.id(), DueRun.Occasion.NEW));
    }

    @Test
    void aCancelledRunWaitsForNothing() {
        Run first = created("1000");
        Run second = created("1001");
        Run third = created("1002");
        store.start(first.id(), "example");
        store.start(second.id(), "example");
        end(second.id());
        end(third.id());
        end(first.id());

        assertThat(store.due(MUCH_LATER, LEASE, 10)).isEmpty();
    }

    @Test
    void whatAPreflightWaitsForIsAnEventOnceAndKept() {
        Run run = created("1000");
        StepFailure full = new StepFailure.Recorded("DOCKER_QUOTA_EXCEEDED", "full", true, "wait");
        store.start(run.id(), "example");

        store.update(run.id(), before -> before.waiting(full));
        store.update(run.id(), before -> before.waiting(full));

        assertThat(store.get(run.id()).failure()).contains(full);
        assertThat(store.update(run.id(), Run::checked).failure()).isEmpty();
        assertThat(store.events(run.id(), 0, 100))
                .extracting(RunEvent.Entry::event)
                .containsExactly(
                        new RunEvent.RunChanged(RunState.QUEUED, ""),
                        new RunEvent.RunChanged(RunState.RUNNING, ""),
                        new RunEvent.RunChanged(RunState.RUNNING, "full"));
    }

    @Test
    void aParkedRunKeepsItsRepositoryAndIsDueUntilItIsResumed() {
        Run run = created("1000");
        Run second = created("1001");
        StepFailure away = new StepFailure.Recorded("DOCKER_UNREACHABLE", "away", true, "start it");
        store.start(run.id(), "example");

        Run parked = store.update(run.id(), before -> before.parked(away));
        assertThat(parked.state()).isEqualTo(RunState.PARKED);
        assertThat(parked.failure()).contains(away);
        assertThat(store.start(second.id(), "example").state()).isEqualTo(RunState.QUEUED);
        DueRun due = store.due(MUCH_LATER, LEASE, 10).get(0);
        assertThat(due.run()).isEqualTo(run.id());
        assertThat(due.occasion().needsDocker()).isTrue();

        Run resumed = store.start(run.id(), "example");
        assertThat(resumed.state()).isEqualTo(RunState.RUNNING);
        assertThat(resumed.failure()).isEmpty();
        store.update(run.id(), before -> before.parked(away));
        assertThat(store.due(MUCH_LATER, LEASE, 10))
                .as("another occasion")
                .hasSize(1)
                .doesNotContain(due);
    }

    @Test
    void runsThatAreOverGoTheOldestEndFirst() {
        for (int i = 1000; i < 1006; i++) {
            RunId id = created(Integer.toString(i)).id();
            int minute = i - 1000;
            if (minute < 5) {
                store.update(id, run -> run.cancelled(Runs.NOW.plus(Duration.ofMinutes(minute))));
            }
        }

        assertThat(store.removeEnded(4, LONG_AGO)).isEqualTo(1);
        assertThat(store.list(RunQuery.newest(9)))
                .extracting(Run::id)
                .containsExactly(id("1005"), id("1004"), id("1003"), id("1002"), id("1001"));
        assertThat(store.removeEnded(4, Runs.NOW.plus(Duration.ofMinutes(3)))).isEqualTo(2);
        assertThat(store.list(RunQuery.newest(9)))
                .extracting(Run::id)
                .containsExactly(id("1005"), id("1004"), id("1003"));
        assertThat(store.find(id("1001"))).isEmpty();
        assertThat(store.events(id("1001"), 0, 10)).isEmpty();
        assertThat(store.removeEnded(0, LONG_AGO)).isEqualTo(2);
        assertThat(store.list(RunQuery.newest(9))).extracting(Run::id).containsExactly(id("1005"));
    }

    @Test
    void whatIsDiscardedIsGoneAndLetsGoOnWhatWaitedForIt() {
        Run first = created("1001");
        Run second = created("1002");
        Run third = created("1003");
        store.start(first.id(), "example");
        store.start(second.id(), "example");
        store.start(third.id(), "example");
        assertThat(store.due(MUCH_LATER, LEASE, 10)).isEmpty();

        assertThat(store.discard(third.id())).isTrue();
        assertThat(store.discard(first.id())).isTrue();
        assertThat(store.discard(first.id())).isFalse();

        assertThat(store.find(first.id())).isEmpty();
        assertThat(store.events(first.id(), 0, 10)).isEmpty();
        assertThat(store.list(RunQuery.newest(9))).extracting(Run::id).containsExactly(second.id());
        assertThat(store.due(MUCH_LATER, LEASE, 10))
                .containsExactly(new DueRun(second.id(), DueRun.Occasion.after(first.id())));
        assertThat(store.start(second.id(), "example").state()).isEqualTo(RunState.RUNNING);
        assertThat(store.create(first)).isTrue();
    }

    @Test
    void aQueuedRunThatIsDiscardedIsNotJoined() {
        Run queued = newRun();
        store.submit(queued);
        store.discard(queued.id());
        Run same = newRun();

        assertThat(store.submit(same).id()).isEqualTo(same.id());
        assertThat(store.due(MUCH_LATER, LEASE, 10)).extracting(DueRun::run).containsExactly(same.id());
    }
}
