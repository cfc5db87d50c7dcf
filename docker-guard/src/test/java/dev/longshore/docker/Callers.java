package dev.longshore.docker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Two callers that ask the daemon all the while, as other users of the same guard do. */
final class Callers implements AutoCloseable {
    private final AtomicBoolean open = new AtomicBoolean(true);
    private final List<InBackground<Integer>> callers = new ArrayList<>();
    private final Map<String, Integer> failures = new ConcurrentHashMap<>();

    Callers(GuardedDocker guard) {
        for (int i = 0; i < 2; i++) {
            callers.add(new InBackground<>(() -> call(guard)));
        }
    }

    private int call(GuardedDocker guard) throws InterruptedException {
        int answers = 0;
        while (open.get()) {
            try {
                guard.image(TestDaemon.IMAGE);
                answers++;
            } catch (DockerFailureException e) {
                failures.merge(e.failure().code(), 1, Integer::sum);
            }
            TimeUnit.MILLISECONDS.sleep(50); // a user's pace, not a wait for anything
        }
        return answers;
    }

    /** Ends them, and tells how often they were answered. */
    int answered() throws Exception {
        close();
        int answered = 0;
        for (InBackground<Integer> caller : callers) {
            answered += caller.await(Duration.ofSeconds(30));
        }
        return answered;
    }

    /** How often they were not, by the failure's code. */
    Map<String, Integer> failures() {
        return new TreeMap<>(failures);
    }

    @Override
    public void close() {
        open.set(false);
    }
}
