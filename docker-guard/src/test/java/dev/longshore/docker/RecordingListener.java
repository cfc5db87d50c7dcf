package dev.longshore.docker;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Keeps what a container said; tests wait for a line instead of sleeping. */
final class RecordingListener implements ContainerListener {
    final List<String> stdout = new CopyOnWriteArrayList<>();
    final List<String> stderr = new CopyOnWriteArrayList<>();
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
        stdout.add(line);
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

    private static void await(CountDownLatch latch) throws InterruptedException {
        if (!latch.await(20, TimeUnit.SECONDS)) {
            throw new AssertionError("the container did not get that far within 20 s");
        }
    }
}
