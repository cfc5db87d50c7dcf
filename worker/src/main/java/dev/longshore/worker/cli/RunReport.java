package dev.longshore.worker.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.filesystem.FilesystemStep;
import dev.longshore.run.Run;
import dev.longshore.run.RunState;
import dev.longshore.run.StepRun;
import dev.longshore.run.StepState;
import dev.longshore.source.Repository;
import dev.longshore.step.Durations;
import dev.longshore.step.StepFailure;
import dev.longshore.text.ForeignText;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** How a run ended, for people and for programs. */
final class RunReport {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Run run;
    private final Instant now;

    RunReport(Run run, Instant now) {
        this.run = run;
        this.now = now;
    }

    private Duration duration() {
        return Duration.between(run.spec().created(), run.ended().orElse(now));
    }

    private boolean isPublished() {
        return run.state() == RunState.SUCCEEDED || run.state() == RunState.DEGRADED;
    }

    /** A short summary of several lines, each ended. */
    String table() {
        StringBuilder text = new StringBuilder();
        text.append(ForeignText.uncut(title())).append('\n');
        TextTable table = new TextTable("step", "state", "time", "nodes", "edges", "notes");
        for (StepRun step : run.steps()) {
            table.row(
                    step.name(),
                    step.state().name().toLowerCase(Locale.ROOT),
                    step.started().isPresent() ? Durations.format(step.duration(now)) : "",
                    step.outcome()
                            .map(made -> thousands(sum(made.part().nodes())))
                            .orElse(""),
                    step.outcome()
                            .map(made -> thousands(sum(made.part().edges())))
                            .orElse(""),
                    notes(step));
        }
        text.append(table);
        for (String line : explanations()) {
            text.append(line).append('\n');
        }
        if (isPublished()) {
            text.append("graph: ").append(run.spec().out()).append('\n');
        }
        return text.toString();
    }

    private String title() {
        String name = run.repository()
                .map(Repository::name)
                .orElse(run.spec().source().display());
        String commit = run.repository()
                .flatMap(Repository::commit)
                .map(id -> " at " + id.substring(0, 12))
                .orElse("");
        return name + commit + ": " + run.state().name().toLowerCase(Locale.ROOT) + " in "
                + Durations.format(duration());
    }

    /** The labels of what a step made, most first: {@code 83 File, 12 Directory}. */
    private static String notes(StepRun step) {
        return step.outcome()
                .map(made -> made.part().nodes().entrySet().stream()
                        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                        .map(entry -> thousands(entry.getValue()) + " " + entry.getKey())
                        .collect(Collectors.joining(", ")))
                .orElse("");
    }

    /** What a run that succeeded did not do as its user will have meant it. */
    private record Warning(String message, String fix) {}

    private List<Warning> warnings() {
        List<Warning> warnings = new ArrayList<>();
        for (StepRun step : run.steps()) {
            boolean isFilesystem = run.pipeline().step(step.name()).type().equals(FilesystemStep.TYPE);
            step.outcome().filter(made -> isFilesystem).ifPresent(made -> {
                Map<String, Long> counts = made.counts();
                if (counts.getOrDefault("files", 0L) == 0 && counts.getOrDefault("symlinks", 0L) == 0) {
                    warnings.add(noFiles(step.name(), counts.getOrDefault("ignored", 0L)));
                }
            });
        }
        return warnings;
    }

    private static Warning noFiles(String step, long ignored) {
        if (ignored == 0) {
            return new Warning(
                    step + " found no files: the graph is empty", "See whether this is the source you meant.");
        }
        return new Warning(
                step + " found no files: ignore rules leave out everything there is (" + thousands(ignored)
                        + (ignored == 1 ? " name)" : " names)"),
                "If a .gitignore does so outside a git work tree, give the step the option gitIgnores: false in a"
                        + " pipeline; else see --ignore and .longshoreignore (docs/steps/filesystem.md).");
    }

    private List<String> explanations() {
        List<String> lines = new ArrayList<>();
        for (Warning warning : warnings()) {
            lines.add("warning: " + warning.message());
            lines.add("  fix: " + warning.fix());
        }
        run.failure().ifPresent(failure -> explain(lines, run.state().isFinal() ? "run failed" : "run waits", failure));
        for (StepRun step : run.steps()) {
            step.skipped().ifPresent(why -> lines.add(step.name() + " was skipped: " + why.message()));
            if (step.outcome().isEmpty()) {
                String what = step.name() + (step.state() == StepState.PENDING ? " waits" : " failed");
                step.failure().ifPresent(failure -> explain(lines, what, failure));
            }
        }
        return lines;
    }

    private static void explain(List<String> lines, String what, StepFailure failure) {
        lines.add(what + ": " + ForeignText.uncut(failure.message()));
        failure.fix().lines().forEach(line -> lines.add("  fix: " + ForeignText.uncut(line)));
    }

    private static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    private static String thousands(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** One JSON object, its last line ended; docs/configuration.md has its fields. */
    String json() {
        try {
            return JSON.writeValueAsString(tree()) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of plain values is JSON", e);
        }
    }

    /** The object of {@link #json}. */
    ObjectNode tree() {
        ObjectNode json = JSON.createObjectNode();
        json.put("run", run.id().value());
        json.put("state", run.state().name());
        json.put("source", run.spec().source().display());
        run.repository().ifPresent(repository -> {
            json.put("repository", repository.identity());
            repository.commit().ifPresent(commit -> json.put("commit", commit));
        });
        json.put("pipeline", run.pipeline().name());
        json.put("durationMillis", duration().toMillis());
        run.failure().ifPresent(failure -> describe(json.putObject("failure"), failure));
        ArrayNode steps = json.putArray("steps");
        for (StepRun step : run.steps()) {
            describe(steps.addObject(), step);
        }
        List<Warning> warnings = warnings();
        if (!warnings.isEmpty()) {
            ArrayNode array = json.putArray("warnings");
            warnings.forEach(warning ->
                    array.addObject().put("message", warning.message()).put("fix", warning.fix()));
        }
        if (isPublished()) {
            json.put("out", run.spec().out().toString());
        }
        return json;
    }

    private void describe(ObjectNode json, StepRun step) {
        json.put("name", step.name());
        json.put("state", step.state().name());
        json.put("attempts", step.attempt());
        json.put("durationMillis", step.duration(now).toMillis());
        step.outcome().ifPresent(made -> {
            ObjectNode counts = json.putObject("counts");
            made.counts().forEach(counts::put);
            ObjectNode nodes = json.putObject("nodes");
            made.part().nodes().forEach(nodes::put);
            ObjectNode edges = json.putObject("edges");
            made.part().edges().forEach(edges::put);
        });
        step.skipped().ifPresent(why -> {
            ObjectNode skipped = json.putObject("skipped");
            skipped.put("reason", why.reason().name());
            skipped.put("message", why.message());
        });
        if (step.outcome().isEmpty()) {
            step.failure().ifPresent(failure -> describe(json.putObject("failure"), failure));
        }
    }

    private static void describe(ObjectNode json, StepFailure failure) {
        json.put("code", failure.code());
        json.put("message", failure.message());
        json.put("retryable", failure.retryable());
        json.put("fix", failure.fix());
    }
}
