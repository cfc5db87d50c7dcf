package dev.longshore.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.longshore.pipeline.DockerNeed;
import dev.longshore.pipeline.Pipeline;
import dev.longshore.pipeline.StepSpec;
import dev.longshore.redis.JobSeal;
import dev.longshore.redis.Redis;
import dev.longshore.redis.RedisSettings;
import dev.longshore.run.DockerMode;
import dev.longshore.run.DueRun;
import dev.longshore.run.Run;
import dev.longshore.run.RunEvent;
import dev.longshore.run.RunId;
import dev.longshore.run.RunQuery;
import dev.longshore.run.RunSpec;
import dev.longshore.run.RunState;
import dev.longshore.run.RunStore;
import dev.longshore.source.Source;
import dev.longshore.step.ContainerLimits;
import dev.longshore.step.StepOptions;
import dev.longshore.worker.runs.RedisRunStore;
import dev.longshore.worker.runs.UnreadableRunException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Somebody else writes to a pool's Redis: what the store does not know costs nothing that it does. */
@Tag("redis")
@Timeout(60)
class ForeignHandTest {
    @TempDir
    Path temp;

    private PrivateRedis server;
    private Redis redis;
    private RedisRunStore store;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        server = PrivateRedis.start(temp.resolve("redis"));
        redis = Redis.connect(RedisSettings.of(server.url()));
        store = new RedisRunStore(redis, "p", Optional.of(JobSeal.of("k", new byte[32])));
    }

    @AfterEach
    void stop() throws InterruptedException {
        store.close();
        redis.close();
        server.close();
    }

    private Run run() {
        Instant now = Instant.now();
        StepSpec step = new StepSpec(
                "step",
                "filesystem",
                Set.of(),
                DockerNeed.NONE,
                Duration.ofMinutes(1),
                new StepSpec.Retry(1, Duration.ofSeconds(1)),
                ContainerLimits.DEFAULT,
                new StepOptions(Map.of()));
        return Run.queued(new RunSpec(
                RunId.next(now),
                new Source.Directory(temp, Optional.empty()),
                new Pipeline("one", List.of(step)),
                DockerMode.OFF,
                temp.resolve("out"),
                now));
    }

    @Test
    void messagesThatAreNoneOfOursHideNoChange() throws Exception {
        Run run = run();
        store.create(run);
        BlockingQueue<RunState> told = new LinkedBlockingQueue<>();
        try (RunStore.Subscription subscription = store.subscribe(run.id(), changed -> told.add(changed.state()))) {
            for (String message : List.of("", "garbage", run.id() + " 5", run.id() + " many {}", run.id() + " 99 {}")) {
                assertThat(server.cli("PUBLISH", "{p}:runs-changes", message).strip())
                        .isEqualTo("1");
            }

            store.update(run.id(), before -> before.cancelled(Instant.now()));

            assertThat(told.poll(30, TimeUnit.SECONDS)).isEqualTo(RunState.CANCELLED);
        }
    }

    @Test
    void eventsThatCannotBeReadAreLeftOutAndEndNoPage() throws Exception {
        Run run = run();
        String key = "{p}:run-events:" + run.id();
        store.create(run);
        server.cli("XADD", key, "1-7", "e", "no JSON");
        server.cli("XADD", key, "1-8", "e", "{\"time\":\"2030-01-01T00:00:00Z\",\"type\":\"of a newer version\"}");
        store.update(run.id(), before -> before.cancelled(Instant.now()));

        assertThat(store.events(run.id(), 0, 2))
                .extracting(RunEvent.Entry::sequence)
                .containsExactly(1L, 2L);
        assertThat(store.events(run.id(), 1, 1))
                .extracting(RunEvent.Entry::sequence)
                .containsExactly(2L);
    }

    @Test
    void eventsOfAnyShapeAreLeftOut() throws Exception {
        Run run = run();
        String key = "{p}:run-events:" + run.id();
        store.create(run);
        List<String> shapes = List.of(
                "",
                "null",
                "7",
                "[]",
                "{}",
                "{'time':'x','type':'run'}",
                "{'time':7,'type':'run','state':'RUNNING'}",
                "{'time':'2030-01-01T00:00:00Z','type':7}",
                "{'time':'2030-01-01T00:00:00Z','type':'run','state':7}",
                "{'time':'2030-01-01T00:00:00Z','type':'run','state':'none'}",
                "{'time':'2030-01-01T00:00:00Z','type':'waits','after':7}",
                "{'time':'2030-01-01T00:00:00Z','type':'step','step':7,'state':'RUNNING','attempt':1}",
                "{'time':'2030-01-01T00:00:00Z','type':'step','step':'s','state':[],'attempt':1}",
                "{'time':'2030-01-01T00:00:00Z','type':'progress','step':null,'done':1,'total':1}");
        for (int i = 0; i < shapes.size(); i++) {
            server.cli("XADD", key, "1-" + (i + 1), "e", shapes.get(i).replace('\'', '"'));
        }
        server.cli("XADD", key, "18446744073709551615-0", "e", "{}");

        assertThat(store.events(run.id(), 0, 9))
                .extracting(RunEvent.Entry::sequence)
                .containsExactly(1L);
    }

    @Test
    void whatIsNoRunHidesNoneFromAList() throws Exception {
        Run run = run();
        store.create(run);
        // The newest, as far as their names tell.
        foreignRuns(600);
        server.cli("ZADD", "{p}:runs", "0", "", "0", "junk", "0", "zzz", "-5", "zzzz", "5", "a");
        server.cli("ZADD", "{p}:runs:queued", "0", "", "0", "junk");
        server.cli("SET", "{p}:run:zzz", "no hash");
        server.cli("HSET", "{p}:run:junk", "run", "{}");

        assertThat(store.list(RunQuery.newest(500))).extracting(Run::id).containsExactly(run.id());
        assertThat(store.list(RunQuery.newest(1).in(RunState.QUEUED, RunState.RUNNING)))
                .extracting(Run::id)
                .containsExactly(run.id());
        assertThat(store.list(RunQuery.newest(1).after(run.id()))).isEmpty();
    }

    private void foreignRuns(int number) throws IOException, InterruptedException {
        server.cli("EVAL", """
                for i = 1, ARGV[1] do
                  local id = string.format('r-zzzz%05d', i)
                  redis.call('ZADD', KEYS[1], 0, id)
                  redis.call('HSET', '{p}:run:' .. id, 'version', 1, 'run', '{}')
                end
                """, "1", "{p}:runs", Integer.toString(number));
    }

    @Test
    void aRunThatCannotBeReadIsSaidToBe() throws Exception {
        for (List<String> change :
                List.of(List.of("HSET", "version", "many"), List.of("HSET", "run", "{}"), List.of("HDEL", "run"))) {
            Run run = run();
            store.create(run);
            List<String> call = new ArrayList<>(change);
            call.add(1, "{p}:run:" + run.id());
            server.cli(call.toArray(String[]::new));

            assertThatExceptionOfType(UnreadableRunException.class)
                    .as("%s", change)
                    .isThrownBy(() -> store.find(run.id()))
                    .withMessageContaining(run.id().value());
        }
    }

    @Test
    void whatIsNoRunPutsNoneOffAndIsTakenAway() throws Exception {
        Run run = run();
        store.create(run);
        server.cli("ZADD", "{p}:runs-due", "0", "junk", "1", "more junk", "2", "r-0000", "3", "");
        server.cli("HSET", "{p}:runs-occasions", "junk", "new");

        List<DueRun> due = store.due(Instant.now().plus(Duration.ofDays(1)), Duration.ofMinutes(1), 1);

        assertThat(due).containsExactly(new DueRun(run.id(), DueRun.Occasion.NEW));
        assertThat(server.cli("ZRANGE", "{p}:runs-due", "0", "-1").strip())
                .isEqualTo(run.id().value());
        assertThat(server.cli("HKEYS", "{p}:runs-occasions").strip())
                .isEqualTo(run.id().value());
    }

    @Test
    void whatStandsInTheWayOfEventsKeepsNobodyFromHearingOfAChange() throws Exception {
        List<List<String>> ways = List.of(
                List.of("XADD", "{p}:run-events:%s", "99999-0", "e", "x"),
                List.of("SET", "{p}:run-events:%s", "no stream"),
                List.of("HSET", "{p}:run:%s", "sequence", "no number"),
                List.of("HSET", "{p}:run:%s", "sequence", "-7"),
                List.of("HSET", "{p}:run:%s", "sequence", Long.toString(Long.MAX_VALUE)),
                List.of("HSET", "{p}:run:%s", "sequence", "99999999999999"));
        for (List<String> way : ways) {
            Run run = run();
            store.create(run);
            BlockingQueue<RunState> told = new LinkedBlockingQueue<>();
            try (RunStore.Subscription subscription = store.subscribe(run.id(), changed -> told.add(changed.state()))) {
                server.cli(way.stream().map(part -> part.formatted(run.id())).toArray(String[]::new));

                store.update(run.id(), before -> before.cancelled(Instant.now()));

                assertThat(told.poll(30, TimeUnit.SECONDS)).as("%s", way).isEqualTo(RunState.CANCELLED);
                assertThat(store.events(run.id(), 0, 9))
                        .as("%s", way)
                        .extracting(RunEvent.Entry::event)
                        .contains(new RunEvent.RunChanged(RunState.CANCELLED, ""));
            }
        }
    }

    @Test
    void aRunThatSomebodyRemovedIsNotJoined() throws Exception {
        Run gone = run();
        store.submit(gone);
        server.cli("DEL", "{p}:run:" + gone.id());

        Run next = run();

        assertThat(store.submit(next).id()).isEqualTo(next.id());
    }

    @Test
    void aRunThatSomebodyRemovedKeepsItsRepositoryFromNoOther() throws Exception {
        Run gone = run();
        Run next = run();
        store.create(gone);
        store.create(next);
        store.start(gone.id(), "repository");
        assertThat(store.start(next.id(), "repository").state()).isEqualTo(RunState.QUEUED);

        server.cli("DEL", "{p}:run:" + gone.id());

        assertThat(store.start(next.id(), "repository").state()).isEqualTo(RunState.RUNNING);
    }

    @Test
    void aRunThatCannotBeReadCanBeDiscardedAndKeepsItsRepositoryNoLonger() throws Exception {
        Run unreadable = run();
        Run next = run();
        store.create(unreadable);
        store.create(next);
        store.start(unreadable.id(), "repository");
        store.start(next.id(), "repository");
        server.cli("DEL", "{p}:run:" + unreadable.id());
        server.cli("SET", "{p}:run:" + unreadable.id(), "not even a hash");
        assertThat(store.start(next.id(), "repository").state()).isEqualTo(RunState.QUEUED);
        assertThatExceptionOfType(UnreadableRunException.class).isThrownBy(() -> store.find(unreadable.id()));

        assertThat(store.discard(unreadable.id())).isTrue();

        assertThat(store.due(Instant.now().plus(Duration.ofDays(1)), Duration.ofMinutes(1), 9))
                .containsExactly(new DueRun(next.id(), new DueRun.Occasion("after:" + unreadable.id())));
        assertThat(store.start(next.id(), "repository").state()).isEqualTo(RunState.RUNNING);
        assertThat(server.cli("--scan", "--pattern", "*" + unreadable.id() + "*"))
                .isBlank();
        for (String index : List.of("{p}:runs", "{p}:runs:running", "{p}:runs-due", "{p}:runs-waiters")) {
            assertThat(server.cli("ZRANGE", index, "0", "-1")).as(index).doesNotContain(unreadable.id() + "");
        }
    }
}
