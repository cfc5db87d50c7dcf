package dev.longshore.docker;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * What this thread's log lines are about, in the logging system's context (MDC) under {@code run}, {@code step}, {@code daemon},
 * {@code operation} and {@code container}. What was there before is put back.
 */
final class LogContext implements AutoCloseable {
    static final String RUN = "run";
    static final String STEP = "step";
    static final String DAEMON = "daemon";
    static final String OPERATION = "operation";
    static final String CONTAINER = "container";

    private final Map<String, @Nullable String> before = new LinkedHashMap<>();

    private LogContext() {}

    /** Within what a caller asked of the guard. */
    static LogContext of(Subject subject, String operation, String daemon) {
        LogContext context = new LogContext();
        context.put(DAEMON, Optional.of(daemon));
        context.put(OPERATION, Optional.of(operation));
        context.put(subject);
        return context;
    }

    /** Within one call to the daemon. */
    static LogContext of(Call call) {
        LogContext context = new LogContext();
        context.put(OPERATION, Optional.of(call.kind()));
        call.subject().ifPresent(context::put);
        context.put(CONTAINER, call.container());
        return context;
    }

    private void put(Subject subject) {
        put(RUN, subject.owner().run());
        put(STEP, subject.step());
    }

    private void put(String key, Optional<String> value) {
        if (value.isPresent()) {
            before.put(key, MDC.get(key));
            MDC.put(key, value.get());
        }
    }

    @Override
    public void close() {
        before.forEach((key, value) -> {
            if (value == null) {
                MDC.remove(key);
            } else {
                MDC.put(key, value);
            }
        });
    }
}
