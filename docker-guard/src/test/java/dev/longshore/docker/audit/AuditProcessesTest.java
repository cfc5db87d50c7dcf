package dev.longshore.docker.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several workers of a host, real processes, on one log. */
class AuditProcessesTest {
    private static final int LINES = 800;

    @TempDir
    Path temp;

    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void end() {
        processes.forEach(Process::destroyForcibly);
    }

    private BufferedReader start(String name, int lines) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        AuditProcess.class.getName(),
                        temp.toString(),
                        name,
                        Integer.toString(lines))
                .redirectErrorStream(true)
                .start();
        processes.add(process);
        return process.inputReader();
    }

    private static void await(BufferedReader output, String line) throws IOException {
        List<String> read = new ArrayList<>();
        for (String next = output.readLine(); next != null; next = output.readLine()) {
            read.add(next);
            if (next.equals(line)) {
                return;
            }
        }
        throw new AssertionError("ended without " + line + ": " + read);
    }

    @Test
    void allWriteOneChainThoughSomeAreKilled() throws Exception {
        List<BufferedReader> whole = List.of(start("a", LINES), start("b", LINES));
        for (String name : List.of("k1", "k2", "k3")) {
            await(start(name, 30 * LINES), "under way");
            Process victim = processes.get(processes.size() - 1);
            victim.destroyForcibly().waitFor();
        }
        for (BufferedReader output : whole) {
            await(output, "lost 0");
        }
        for (Process process : processes) {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }

        Tampering log = new Tampering(temp);
        AuditReport report = log.verify();

        assertThat(report.findings()).isEmpty();
        assertThat(report.files()).hasSizeGreaterThan(3);
        Map<String, Long> next = new HashMap<>();
        for (String line : log.all()) {
            JsonNode json = AuditLine.JSON.readTree(line);
            if (json.path("event").asText().equals("call")) {
                String process = json.path("process").asText();
                assertThat(json.path("number").asLong()).isEqualTo(next.getOrDefault(process, 0L));
                next.merge(process, 1L, Long::sum);
            }
        }
        assertThat(next.get("a")).isEqualTo(LINES);
        assertThat(next.get("b")).isEqualTo(LINES);
        assertThat(next.get("k1")).isBetween(30L * LINES / 10, 30L * LINES - 1);
    }

    /** A stopped process that holds the lock holds up nobody for ever. */
    @Test
    void aStoppedProcessCostsLinesAndNoMoreThanItsTime() throws Exception {
        await(start("stopped", 1000 * LINES), "under way");
        Process stopped = processes.get(0);
        try (AuditLog log = AuditLog.open(AuditSettings.in(temp))) {
            boolean held = false;
            for (int i = 0; i < 200 && !held; i++) {
                signal(stopped, "-STOP");
                long begin = System.nanoTime();
                log.record(AuditEntry.of(AuditEntry.Event.CALL).put("number", i));
                assertThat(System.nanoTime() - begin).isLessThan(60_000_000_000L);
                held = log.status().failure().isPresent();
                signal(stopped, "-CONT");
            }
            assertThat(held)
                    .as("stopped with the lock held, within 200 attempts")
                    .isTrue();
        }
        stopped.destroyForcibly().waitFor();
        assertThat(new Tampering(temp).verify().findings()).isEmpty();
    }

    private static void signal(Process process, String signal) throws Exception {
        assertThat(new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }
}
