package dev.longshore.docker;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Keeps what a container said; tests wait for a line instead of sleeping. */
final class RecordingListener implements ContainerListener {
    private static final Duration WAIT = Duration.ofSeconds(20);

    final List<String> stdout = new CopyOnWriteArrayList<>();
    final List<String> stderr = new CopyOnWriteArrayList<>();
    final List<StatsAlert> alerts = new CopyOnWriteArrayList<>();
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch firstLine = new CountDownLatch(1);
    private volatile String container = "";

    @Override
    public void started(String name) {
        container = name;
        started.countDown();
    }

    @Override
    public void stdout(String line) {
        synchronized (stdout) {
            stdout.add(line);
            stdout.notifyAll();
        }
        firstLine.countDown();
    }

    @Override
    public void stderr(String line) {
        stderr.add(line);
        firstLine.countDown();
    }

    String awaitStarted() throws InterruptedException {
        await(started);
        return container;
    }

    String awaitFirstLine() throws InterruptedException {
        await(firstLine);
        return container;
    }

    /** Waits for this very line of standard output; returns the container's name. */
    String awaitLine(String line) throws InterruptedException {
        long end = System.nanoTime() + WAIT.toNanos();
        synchronized (stdout) {
            while (!stdout.contains(line)) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    throw late();
                }
                stdout.wait(left);
            }
        }
        // Its output may come before the word that it has started, and its name with it.
        return awaitStarted();
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        if (!latch.await(WAIT.toNanos(), TimeUnit.NANOSECONDS)) {
            throw late();
        }
    }

    private static AssertionError late() {
        return new AssertionError("the container did not get that far within " + WAIT.toSeconds() + " s");
    }

    @Override
    public void alert(StatsAlert alert) {
        alerts.add(alert);
    }
}
