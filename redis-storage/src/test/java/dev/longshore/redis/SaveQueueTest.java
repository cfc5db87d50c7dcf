package dev.longshore.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.exceptions.JedisDataException;

class SaveQueueTest {
    private static final List<byte[]> JOB = List.of(new byte[16]);

    private final Redis redis = Redis.connect(RedisSettings.builder("redis://127.0.0.1:1")
            .patience(Duration.ofMillis(300))
            .callTimeout(Duration.ofMillis(100))
            .build());

    /** Sizes of the groups that were sent. */
    private final BlockingQueue<Integer> sent = new LinkedBlockingQueue<>();

    /** What becomes of each group, one after the other. */
    private final BlockingQueue<CompletableFuture<Boolean>> answers = new LinkedBlockingQueue<>();

    private final SaveQueue queue = new SaveQueue(redis, this::send, 1);

    @AfterEach
    void close() {
        redis.close();
    }

    private boolean[] send(List<List<byte[]>> group) {
        sent.add(group.size());
        // As a call to Redis does not end because of an interrupt that came before it.
        boolean interrupted = Thread.interrupted();
        try {
            boolean saved = answers.take().join();
            boolean[] all = new boolean[group.size()];
            Arrays.fill(all, saved);
            return all;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } catch (CompletionException e) {
            throw (RuntimeException) e.getCause();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private CompletableFuture<Boolean> save(String thread) {
        CompletableFuture<Boolean> outcome = new CompletableFuture<>();
        Thread saver = new Thread(
                () -> {
                    try {
                        outcome.complete(queue.save(JOB));
                    } catch (RuntimeException e) {
                        outcome.completeExceptionally(e);
                    }
                },
                thread);
        saver.start();
        return outcome;
    }

    private void awaitSent(int size) throws InterruptedException {
        assertThat(sent.poll(30, TimeUnit.SECONDS)).isEqualTo(size);
    }

    private void awaitWaiting(int count) throws InterruptedException {
        Waiting.until(() -> queue.waiting() == count, count + " wait");
    }

    private CompletableFuture<Boolean> answer() {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        answers.add(answer);
        return answer;
    }

    private RedisUnavailableException away() {
        return new RedisUnavailableException("Redis", RedisFault.REFUSED, "save", 1, Duration.ZERO, null);
    }

    @Test
    void sendsThoseThatWaitTogether() throws Exception {
        CompletableFuture<Boolean> first = answer();
        CompletableFuture<Boolean> one = save("one");
        awaitSent(1);
        CompletableFuture<Boolean> two = save("two");
        CompletableFuture<Boolean> three = save("three");
        awaitWaiting(2);
        CompletableFuture<Boolean> second = answer();

        first.complete(true);
        awaitSent(2);
        second.complete(false);

        assertThat(one.get(30, TimeUnit.SECONDS)).isTrue();
        assertThat(two.get(30, TimeUnit.SECONDS)).isFalse();
        assertThat(three.get(30, TimeUnit.SECONDS)).isFalse();
    }

    @Test
    void triesAgainForAServerThreadWhenTheOneWhoSentForItGaveUp() throws Exception {
        CompletableFuture<Boolean> first = answer();
        CompletableFuture<Boolean> before = save("before");
        awaitSent(1);
        CompletableFuture<Boolean> impatient = save("impatient");
        awaitWaiting(1);
        CompletableFuture<Boolean> server = save("backgroundjob-worker-1");
        awaitWaiting(2);
        CompletableFuture<Boolean> group = answer();
        first.complete(true);
        awaitSent(2);
        // Longer than the patience of an ordinary thread.
        Waiting.pass(Duration.ofMillis(500));
        CompletableFuture<Boolean> alone = answer();

        group.completeExceptionally(away());

        assertThatThrownBy(() -> impatient.get(30, TimeUnit.SECONDS))
                .hasCauseInstanceOf(RedisUnavailableException.class);
        awaitSent(1);
        alone.complete(true);
        assertThat(server.get(30, TimeUnit.SECONDS)).isTrue();
        assertThat(before.get(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void letsAnOrdinaryCallerGoThatWaitsBehindOneThatNeverGivesUp() throws Exception {
        CompletableFuture<Boolean> first = answer();
        CompletableFuture<Boolean> server = save("backgroundjob-worker-1");
        awaitSent(1);
        long begun = System.nanoTime();

        CompletableFuture<Boolean> ordinary = save("ordinary");

        assertThatThrownBy(() -> ordinary.get(30, TimeUnit.SECONDS))
                .hasCauseInstanceOf(RedisUnavailableException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begun))
                .isBetween(Duration.ofMillis(350), Duration.ofSeconds(30));
        assertThat(queue.waiting()).isZero();
        first.complete(true);
        assertThat(server.get(30, TimeUnit.SECONDS)).isTrue();
        // The queue goes on.
        answer().complete(true);
        assertThat(save("next").get(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void savesForAnInterruptedThreadWhileRedisIsWell() throws Exception {
        CompletableFuture<Boolean> first = answer();
        CompletableFuture<Boolean> before = save("before");
        awaitSent(1);
        CompletableFuture<String> outcome = new CompletableFuture<>();
        Thread interrupted = new Thread(() -> {
            Thread.currentThread().interrupt();
            boolean saved = queue.save(JOB);
            outcome.complete(saved + ", interrupted " + Thread.currentThread().isInterrupted());
        });
        interrupted.start();
        awaitWaiting(1);

        answer().complete(true);
        first.complete(true);

        assertThat(outcome.get(30, TimeUnit.SECONDS)).isEqualTo("true, interrupted true");
        assertThat(before.get(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void endsTheWaitOfAnInterruptedThreadWhileRedisIsAway() throws Exception {
        CompletableFuture<Boolean> first = answer();
        CompletableFuture<Boolean> before = save("before");
        awaitSent(1);
        CompletableFuture<RedisFault> fault = new CompletableFuture<>();
        Thread waiting = new Thread(
                () -> {
                    try {
                        queue.save(JOB);
                    } catch (RedisUnavailableException e) {
                        fault.complete(e.fault());
                    }
                },
                "backgroundjob-worker-2");
        waiting.start();
        awaitWaiting(1);

        waiting.interrupt();

        assertThat(fault.get(2, TimeUnit.SECONDS)).isEqualTo(RedisFault.INTERRUPTED);
        first.complete(true);
        assertThat(before.get(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aJobThatCannotBeSavedKeepsNoOtherFromBeingSaved() throws InterruptedException {
        CompletableFuture<Boolean> first = answer();
        CompletableFuture<Boolean> one = save("one");
        awaitSent(1);
        List<CompletableFuture<Boolean>> both = List.of(save("two"), save("three"));
        awaitWaiting(2);
        answer().completeExceptionally(new JedisDataException("TOOMANY queues"));
        answer().completeExceptionally(new JedisDataException("TOOMANY queues"));
        answer().complete(true);
        first.complete(true);
        assertThat(one.join()).isTrue();
        awaitSent(2);
        awaitSent(1);
        awaitSent(1);
        long saved = both.stream()
                .filter(save -> save.handle((done, failure) -> failure == null).join())
                .count();
        assertThat(saved).isEqualTo(1);
    }
}
