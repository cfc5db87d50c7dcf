package dev.longshore.docker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.docker.DockerFailure.ContainerLeft;
import dev.longshore.docker.audit.AuditEntry;
import dev.longshore.docker.audit.AuditEntry.Event;
import dev.longshore.docker.audit.AuditException;
import dev.longshore.docker.audit.AuditLog;
import dev.longshore.docker.policy.Decision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what the guard does, in the audit log and the metrics where there are such, and has its log lines say what they are
 * about. Before a call that brings something about it writes a line too: where that cannot be written, the call is not made.
 */
final class Recorder implements CallObserver {
    private final Owner owner;
    private final Optional<AuditLog> audit;
    private final Optional<GuardMetrics> metrics;
    private volatile String daemon = "";

    Recorder(DockerSettings settings) {
        this.owner = settings.owner();
        this.audit = settings.audit();
        this.metrics = settings.metrics();
        metrics.ifPresent(meters -> audit.ifPresent(meters::watch));
    }

    /** Where the calls go from now on. */
    void connected(DockerEndpoint endpoint) {
        daemon = endpoint.toString();
    }

    /** What a caller asks of the guard. */
    interface Work<T> {
        T run() throws InterruptedException;
    }

    /** Has a refusal written down. */
    <T> T asking(Subject subject, String operation, Optional<String> target, Work<T> work) throws InterruptedException {
        try (LogContext context = LogContext.of(subject, operation, daemon)) {
            return work.run();
        } catch (DockerFailureException e) {
            if (refusal(e.failure())) {
                refused(subject, operation, target, e.failure());
            }
            throw e;
        }
    }

    /** Has a container's run written down, however it ends. */
    ContainerExit running(Subject subject, ContainerRequest request, Work<ContainerExit> work)
            throws InterruptedException {
        long begin = System.nanoTime();
        metrics.ifPresent(GuardMetrics::runBegan);
        String result = "error";
        String message = "";
        try {
            ContainerExit exit = asking(subject, "run", Optional.of(request.image()), work);
            exit.summary().left().ifPresent(this::left);
            result = result(exit);
            return exit;
        } catch (DockerFailureException e) {
            result = e.failure().code();
            message = e.failure().message();
            left(e);
            throw e;
        } catch (InterruptedException e) {
            result = "cancelled";
            left(e);
            throw e;
        } catch (RuntimeException | Error e) {
            message = String.valueOf(e.getMessage());
            left(e);
            throw e;
        } finally {
            Duration duration = Duration.ofNanos(System.nanoTime() - begin);
            String last = result;
            metrics.ifPresent(meters -> meters.runEnded(last, duration));
            if (audit.isPresent()) {
                AuditEntry entry = entry(Event.RUN, subject, "run", Optional.of(request.image()));
                if (!message.isEmpty()) {
                    entry.put("message", message);
                }
                audit.get().record(entry.word("result", last).took(duration));
            }
        }
    }

    private void left(Throwable thrown) {
        for (Throwable suppressed : thrown.getSuppressed()) {
            if (suppressed instanceof DockerFailureException e && e.failure() instanceof ContainerLeft container) {
                left(container);
            }
        }
    }

    private void left(ContainerLeft container) {
        metrics.ifPresent(GuardMetrics::containerLeft);
    }

    private static String result(ContainerExit exit) {
        if (exit instanceof ContainerExit.Exited exited) {
            return exited.code() == 0 ? "succeeded" : "failed";
        }
        // OutOfMemory → out-of-memory
        return exit.getClass()
                .getSimpleName()
                .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
                .toLowerCase(Locale.ROOT);
    }

    @Override
    public void calling(Call call) {
        if (audit.isEmpty() || !call.changes()) {
            return;
        }
        AuditEntry entry = entry(Event.BEGUN, call);
        JsonNode body = call.body();
        if (body != null) {
            describe(entry, body);
        }
        try {
            audit.get().require(entry);
        } catch (AuditException e) {
            DockerFailure failure =
                    new DockerFailure.AuditUnavailable(call.kind(), String.valueOf(e.getMessage()), e.fix());
            metrics.ifPresent(meters -> meters.refused(call.kind(), failure.code(), ""));
            throw new DockerFailureException(failure, e);
        }
    }

    @Override
    public void allowed(Subject subject, String image, List<Decision> decisions) {
        if (audit.isPresent()) {
            List<String> rules = new ArrayList<>();
            decisions.forEach(decision -> rules.add(decision.rule().id() + ": " + decision.text()));
            audit.get()
                    .record(entry(Event.ALLOWED, subject, "run", Optional.of(image))
                            .word("decision", "allowed")
                            .put("rules", rules));
        }
    }

    @Override
    public void called(Call call, Result result) {
        metrics.ifPresent(meters -> meters.called(call.kind(), word(result), result.duration()));
        if (audit.isPresent()) {
            AuditEntry entry = entry(Event.CALL, call).word("result", word(result));
            result.status().ifPresent(status -> entry.put("status", status));
            result.failure().ifPresent(failure -> entry.put("message", failure.message()));
            audit.get().record(entry.took(result.duration()));
        }
    }

    /** One of few words: for an answer what its status says, else the failure's code. */
    private static String word(Result result) {
        if (result.status().isPresent()) {
            int status = result.status().getAsInt();
            return switch (status) {
                case 304 -> "ok";
                case 404 -> "not-found";
                case 409 -> "conflict";
                default -> status < 400 ? "ok" : status < 500 ? "client-error" : "server-error";
            };
        }
        return result.failure().map(DockerFailure::code).orElse("abandoned");
    }

    private static boolean refusal(DockerFailure failure) {
        return failure instanceof DockerFailure.PolicyDenied || failure instanceof DockerFailure.NotNow;
    }

    private void refused(Subject subject, String operation, Optional<String> target, DockerFailure failure) {
        String rule = failure instanceof DockerFailure.PolicyDenied denied ? denied.rule() : "";
        metrics.ifPresent(meters -> meters.refused(operation, failure.code(), rule));
        if (audit.isPresent()) {
            AuditEntry entry = entry(Event.REFUSED, subject, operation, target)
                    .word("decision", "denied")
                    .word("result", failure.code());
            if (!rule.isEmpty()) {
                entry.word("rule", rule);
            }
            audit.get().record(entry.put("message", failure.message()));
        }
    }

    private AuditEntry entry(Event event, Call call) {
        return entry(event, call.subject().orElse(null), call.kind(), call.target())
                .word("decision", "allowed");
    }

    private AuditEntry entry(Event event, @Nullable Subject subject, String operation, Optional<String> target) {
        Owner who = subject == null ? owner : subject.owner();
        AuditEntry entry = AuditEntry.of(event).word("daemon", daemon).word("owner", who.id());
        who.run().ifPresent(run -> entry.word("run", run));
        if (subject != null) {
            subject.step().ifPresent(step -> entry.word("step", step));
        }
        entry.word("operation", operation);
        target.ifPresent(name -> entry.put("target", name));
        return entry;
    }

    /** What a container is created with, out of what the daemon is told. Of its environment, the names alone. */
    private static void describe(AuditEntry entry, JsonNode body) {
        JsonNode host = body.path("HostConfig");
        entry.put("image", body.path("Labels").path(Owner.IMAGE_LABEL).asText(""));
        entry.put("imageId", body.path("Image").asText(""));
        entry.put("user", body.path("User").asText(""));
        entry.put("network", host.path("NetworkMode").asText(""));
        entry.put("memory", host.path("Memory").asLong());
        entry.put("nanoCpus", host.path("NanoCpus").asLong());
        entry.put("pids", host.path("PidsLimit").asLong());
        List<String> command = words(body.path("Entrypoint"));
        command.addAll(words(body.path("Cmd")));
        entry.put("command", command);
        List<String> names = new ArrayList<>();
        for (String variable : words(body.path("Env"))) {
            names.add(variable.substring(0, Math.max(0, variable.indexOf('='))));
        }
        entry.put("environment", names);
        List<String> mounts = new ArrayList<>();
        for (JsonNode mount : host.path("Mounts")) {
            mounts.add(mount.path("Source").asText("") + ":"
                    + mount.path("Target").asText("") + (mount.path("ReadOnly").asBoolean() ? ":ro" : ":rw"));
        }
        entry.put("mounts", mounts);
    }

    private static List<String> words(JsonNode array) {
        List<String> words = new ArrayList<>();
        array.forEach(word -> words.add(word.asText()));
        return words;
    }
}
