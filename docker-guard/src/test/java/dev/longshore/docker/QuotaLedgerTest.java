package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.docker.QuotaLedger.Excess;
import dev.longshore.docker.QuotaLedger.Share;
import dev.longshore.docker.policy.PolicyFile;
import dev.longshore.docker.policy.Quotas;
import dev.longshore.docker.policy.Rule;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuotaLedgerTest {
    private static final Quotas QUOTAS = PolicyFile.parse(
                    "p.yaml",
                    "version: 1\nquotas:\n  run: { containers: 2, memory: 3GiB }\n  worker: { containers: 3, cpus: 4 }",
                    Map.of())
            .quotas();
    private static final long CPU = 1_000_000_000L;
    private static final long GIB = 1L << 30;

    private final QuotaLedger ledger = new QuotaLedger();

    private Optional<Excess> grant(String name, String run, long cpus, long memory) {
        return ledger.grant(QUOTAS, name, new Share(run, cpus, memory), Map.of());
    }

    @ParameterizedTest
    @CsvSource({
        "a, 1, 1, QUOTA_RUN, 'this run: containers'",
        "b, 1, 1, QUOTA_WORKER, 'this worker: containers'",
    })
    void containersAreCounted(String run, long cpus, long memory, Rule rule, String what) {
        assertThat(grant("1", "a", CPU, GIB)).isEmpty();
        assertThat(grant("2", "a", CPU, GIB)).isEmpty();
        if (rule == Rule.QUOTA_WORKER) {
            assertThat(grant("3", "b", CPU, GIB)).isEmpty();
        }

        assertThat(grant("4", run, cpus, memory)).hasValueSatisfying(excess -> {
            assertThat(excess.rule()).isEqualTo(rule);
            assertThat(excess.quota()).isEqualTo(what);
            assertThat(excess.left()).isEqualTo("0");
        });
    }

    @Test
    void memoryAndProcessorsAreSummedUp() {
        assertThat(grant("1", "a", 3 * CPU, 2 * GIB)).isEmpty();

        assertThat(grant("2", "a", CPU, 2 * GIB)).map(Excess::quota).contains("this run: memory");
        assertThat(grant("2", "b", 2 * CPU, GIB)).map(Excess::quota).contains("this worker: processors");
        assertThat(grant("2", "b", CPU, 4 * GIB))
                .as("each run has its own")
                .map(Excess::quota)
                .contains("this run: memory");
        assertThat(grant("2", "b", CPU, GIB)).isEmpty();
    }

    /** Even where the quota that is looked at first is only full: no end of what runs would help. */
    @Test
    void whatNeverFitsIsToldFromWhatIsFullNow() {
        assertThat(grant("1", "a", CPU, 2 * GIB)).isEmpty();

        assertThat(grant("2", "a", CPU, 2 * GIB)).map(Excess::lasting).contains(false);
        assertThat(grant("2", "a", 5 * CPU, 2 * GIB)).hasValueSatisfying(excess -> {
            assertThat(excess.lasting()).isTrue();
            assertThat(excess.decision().text())
                    .contains("this worker: processors: 5 asked for, 4 is all there is")
                    .contains("p.yaml");
        });
        assertThat(grant("2", "b", CPU, 4 * GIB)).map(Excess::lasting).contains(true);
        assertThat(grant("2", "b", CPU, 3 * GIB)).as("all of it").isEmpty();
    }

    @Test
    void whatIsReleasedIsThereAgain() {
        assertThat(grant("1", "a", 4 * CPU, GIB)).isEmpty();
        assertThat(grant("2", "b", CPU, GIB)).isPresent();

        ledger.release("1");

        assertThat(grant("2", "b", CPU, GIB)).isEmpty();
    }

    @Test
    void whatTheDaemonHasOfAnotherProcessCounts() throws IOException {
        JsonNode listed = new JsonMapper().readTree("""
                [
                  {"Names":["/longshore-a-1"],"State":"running",
                   "Labels":{"dev.longshore.run":"a","dev.longshore.cpus":"3000000000","dev.longshore.memory":"1"}},
                  {"Names":["/longshore-a-2"],"State":"exited",
                   "Labels":{"dev.longshore.run":"a","dev.longshore.cpus":"3000000000","dev.longshore.memory":"1"}},
                  {"Names":["/someone-elses"],"State":"running",
                   "Labels":{"dev.longshore.run":"a","dev.longshore.cpus":"3000000000","dev.longshore.memory":"1"}}
                ]""");
        Map<String, Share> others = QuotaLedger.listed(listed);

        assertThat(others).containsOnlyKeys("longshore-a-1");
        assertThat(ledger.grant(QUOTAS, "n", new Share("b", 2 * CPU, 1), others))
                .map(Excess::left)
                .contains("1");
        assertThat(ledger.grant(QUOTAS, "n", new Share("b", CPU, 1), others)).isEmpty();
    }

    /** One's own container is on the daemon's list too. */
    @Test
    void nothingIsCountedTwice() {
        Share share = new Share("a", 2 * CPU, GIB);
        assertThat(ledger.grant(QUOTAS, "1", share, Map.of())).isEmpty();

        assertThat(ledger.grant(QUOTAS, "2", share, Map.of("1", share))).isEmpty();
    }

    @Test
    void threadsDoNotGetMoreThanThereIs() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<Boolean>> asked = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                String name = "c" + i;
                asked.add(threads.submit(() -> grant(name, name, 1, 1).isEmpty()));
            }
            int granted = 0;
            for (Future<Boolean> one : asked) {
                granted += one.get() ? 1 : 0;
            }
            assertThat(granted).isEqualTo(3);
        } finally {
            threads.shutdownNow();
        }
    }
}
