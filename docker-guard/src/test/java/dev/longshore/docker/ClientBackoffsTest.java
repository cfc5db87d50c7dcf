package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ClientBackoffsTest {
    private static final DockerFailure AWAY = new DockerFailure.ConnectionRefused("unix:///d.sock", "refused");

    private final AtomicLong now = new AtomicLong(3);
    private final ClientBackoffs clients = new ClientBackoffs(
            new ConnectionSettings.Clients(Duration.ofSeconds(5), Duration.ofSeconds(300)), now::get);

    private long secondsToWait(String client) {
        return clients.refusal(client, "list")
                .flatMap(DockerFailure::retryAfter)
                .orElse(Duration.ZERO)
                .toSeconds();
    }

    @Test
    void retriesAtOnceThenWaitsTwiceAsLongEachTimeUpToTheBound() {
        long[] waits = {0, 5, 10, 20, 40, 80, 160, 300, 300, 300};
        for (long wait : waits) {
            clients.failed("web", AWAY);
            assertThat(secondsToWait("web")).isEqualTo(wait);
            now.addAndGet(Duration.ofSeconds(wait).toNanos());
            assertThat(clients.refusal("web", "list")).as("a cooldown ends").isEmpty();
        }
    }

    @Test
    void beingRefusedDoesNotProlongTheWait() {
        clients.failed("web", AWAY);
        clients.failed("web", AWAY);
        for (int i = 0; i < 100; i++) {
            DockerFailure refusal = clients.refusal("web", "list").orElseThrow();
            assertThat(refusal).isInstanceOf(DockerFailure.InBackoff.class);
            clients.failed("web", refusal);
        }

        assertThat(secondsToWait("web")).isEqualTo(5);
        assertThat(clients.waiting().get("web"))
                .isEqualTo(new ConnectionStatus.Waiting(2, Duration.ofSeconds(5), AWAY));
    }

    @Test
    void holdsUpNobodyElse() {
        clients.failed("web", AWAY);
        clients.failed("web", AWAY);

        assertThat(clients.refusal("cli", "list")).isEmpty();
    }

    @Test
    void successAndTheDaemonsReturnEndTheWait() {
        clients.failed("web", AWAY);
        clients.failed("web", AWAY);
        clients.succeeded("web");
        assertThat(clients.waiting()).isEmpty();

        clients.failed("web", AWAY);
        clients.failed("web", AWAY);
        clients.daemonIsBack();
        assertThat(clients.refusal("web", "list")).isEmpty();
    }

    @Test
    void whatTheRequestIsToBlameForCountsNothing() {
        for (int i = 0; i < 10; i++) {
            clients.failed("web", new DockerFailure.ImageMissing("app"));
            clients.failed("web", new DockerFailure.PolicyDenied("rule", "detail"));
            clients.failed("web", new DockerFailure.NotFound("inspect", "app"));
        }

        assertThat(clients.waiting()).isEmpty();
    }

    @Test
    void forgetsThoseThatFailedLongestAgoWhenThereAreTooMany() {
        for (int i = 0; i < 5_000; i++) {
            clients.failed("client-" + i, AWAY);
        }

        assertThat(clients.waiting()).hasSize(1_000).containsKey("client-4999").doesNotContainKey("client-0");
    }
}
