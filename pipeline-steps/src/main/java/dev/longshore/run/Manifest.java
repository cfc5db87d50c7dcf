package dev.longshore.run;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.graph.GraphDirectory;
import dev.longshore.graph.GraphMerge;
import dev.longshore.graph.PartSummary;
import dev.longshore.source.Repository;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Describes a published graph: {@code manifest.json}. It says nothing of when, where, how long or by which run, so that
 * the same commit gives the same bytes.
 */
public final class Manifest {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private Manifest() {}

    /** Writes the manifest of a run's graph into {@code directory}. */
    public static void write(Path directory, Run run, Repository repository, GraphMerge.Merged graph)
            throws IOException {
        ObjectNode manifest = JSON.createObjectNode();
        manifest.put("schema", GraphDirectory.SCHEMA);
        ObjectNode source = manifest.putObject("repository");
        source.put("identity", repository.identity());
        source.put("name", repository.name());
        repository.origin().ifPresent(origin -> source.put("origin", origin));
        repository.commit().ifPresent(commit -> source.put("commit", commit));
        repository.branch().ifPresent(branch -> source.put("branch", branch));
        manifest.put("pipeline", run.pipeline().name());
        ObjectNode steps = manifest.putObject("steps");
        for (StepRun step : run.steps()) {
            describe(steps.putObject(step.name()), step);
        }
        describe(manifest.putObject("graph"), graph.summary());
        manifest.put("danglingEdges", graph.danglingEdges());
        byte[] bytes =
                (JSON.writeValueAsString(manifest).replace("\r\n", "\n") + "\n").getBytes(StandardCharsets.UTF_8);
        try (OutputStream out = Files.newOutputStream(directory.resolve(GraphDirectory.MANIFEST))) {
            out.write(bytes);
        }
    }

    private static void describe(ObjectNode json, StepRun step) {
        json.put("state", step.state().name());
        step.skipped().ifPresent(why -> json.put("skipped", why.reason().name()));
        step.outcome().ifPresent(outcome -> {
            counts(json.putObject("counts"), outcome.counts());
            describe(json, outcome.part());
        });
    }

    private static void describe(ObjectNode json, PartSummary part) {
        counts(json.putObject("nodes"), part.nodes());
        counts(json.putObject("edges"), part.edges());
        json.put("digest", "sha256:" + part.digest());
    }

    private static void counts(ObjectNode json, Map<String, Long> counts) {
        counts.forEach(json::put);
    }
}
