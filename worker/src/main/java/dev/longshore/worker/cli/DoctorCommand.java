package dev.longshore.worker.cli;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.blarify.AnalyserImage;
import dev.longshore.run.RunId;
import dev.longshore.source.Trees;
import dev.longshore.step.StepException;
import dev.longshore.worker.preflight.Check;
import dev.longshore.worker.preflight.DockerChecks;
import dev.longshore.worker.preflight.MachineChecks;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code longshore doctor}: the checks that a run makes before its first step, as a list. */
@Command(
        name = "doctor",
        description = "Checks what a run needs from this machine and from Docker, and says how to fix what is wrong.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"  0:all holds", "  1:something is wrong", "  2:wrong usage"})
final class DoctorCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "DIR",
            defaultValue = ".",
            description =
                    "A directory that you want to ingest: containers must be able to see it (default: ${DEFAULT-VALUE}).")
    private Path directory = Path.of(".");

    @Option(names = "--json", description = "Print the checks as one JSON object.")
    private boolean json;

    @Option(
            names = "--env",
            arity = "0..1",
            paramLabel = "FILE",
            fallbackValue = ".env",
            description =
                    "Instead of checking, write what docker-compose.yml needs: the socket's group and new secrets. Never"
                            + " overwrites; - prints it (default: ${FALLBACK-VALUE}).")
    private @Nullable String environmentFile;

    @Mixin
    private DockerOptions dockerOptions = new DockerOptions();

    @Mixin
    private WorkDirectory work = new WorkDirectory();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (environmentFile != null) {
            return writeEnvironment(environmentFile);
        }
        requireReadable(directory);
        String policy = dockerOptions.readPolicy(work.path()).origin();
        List<Check> checks = new ArrayList<>(new MachineChecks(work.path()).all());
        checks.add(Check.ok("policy", policy));
        Thread self = Thread.currentThread();
        // Ctrl-C interrupts the checks: the guard then removes the canary, and what it looked at goes before the
        // process.
        try (DockerOptions daemon = dockerOptions;
                Interrupts interrupts = new Interrupts(self::interrupt)) {
            checks.addAll(dockerChecks(daemon, checks));
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(json ? json(checks) : text(checks));
        out.flush();
        boolean allHold = checks.stream().allMatch(check -> check.status() == Check.Status.OK);
        return allHold ? ExitCode.SUCCEEDED : ExitCode.FAILED;
    }

    private int writeEnvironment(String file) throws IOException {
        try (DockerOptions daemon = dockerOptions) {
            ComposeEnvironment environment =
                    ComposeEnvironment.of(daemon.client().endpoint());
            PrintWriter out = spec.commandLine().getOut();
            if (file.equals("-")) {
                out.print(environment.text());
            } else {
                environment.write(Path.of(file));
                out.println(file + " is written, for you alone");
                out.println(environment.next());
            }
            out.flush();
            return ExitCode.SUCCEEDED;
        } catch (StepException e) {
            throw new BadInputException(e.failure().message());
        }
    }

    private static void requireReadable(Path directory) {
        if (!Files.exists(directory)) {
            throw new BadInputException("there is no directory " + directory);
        }
        if (!Files.isDirectory(directory)) {
            throw new BadInputException(directory + " is no directory");
        }
        if (!Files.isReadable(directory) || !Files.isExecutable(directory)) {
            throw new BadInputException(directory + " cannot be read: this process lacks the permission");
        }
    }

    private List<Check> dockerChecks(DockerOptions daemon, List<Check> machine)
            throws IOException, InterruptedException {
        Path scratch;
        try {
            // No run's name: who looks for abandoned runs leaves it alone.
            scratch = Files.createTempDirectory(work.path(), "doctor-");
        } catch (IOException e) {
            if (machine.stream().allMatch(check -> check.status() == Check.Status.OK)) {
                throw e;
            }
            return DockerChecks.notChecked();
        }
        try {
            return new DockerChecks(daemon.client())
                    .all(
                            AnalyserImage.ofThisVersion().reference(),
                            "longshore images build",
                            directory.toAbsolutePath().normalize(),
                            scratch,
                            RunId.next(Instant.now()).value());
        } catch (StepException e) {
            return List.of(Check.problem("endpoint", e.failure()));
        } finally {
            Trees.deleteIfExists(scratch);
        }
    }

    static String text(List<Check> checks) {
        StringBuilder text = new StringBuilder();
        for (Check check : checks) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-8s %-14s %s%n",
                    check.status().name().toLowerCase(Locale.ROOT),
                    check.name(),
                    check.detail()));
            check.fix()
                    .lines()
                    .forEach(line -> text.append(String.format(Locale.ROOT, "%-8s %-14s fix: %s%n", "", "", line)));
        }
        return text.toString();
    }

    private static String json(List<Check> checks) throws IOException {
        JsonMapper mapper =
                JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        ObjectNode json = mapper.createObjectNode();
        json.put("ok", checks.stream().allMatch(check -> check.status() == Check.Status.OK));
        ArrayNode list = json.putArray("checks");
        for (Check check : checks) {
            ObjectNode one = list.addObject();
            one.put("name", check.name());
            one.put("status", check.status().name().toLowerCase(Locale.ROOT));
            one.put("detail", check.detail());
            check.code().ifPresent(code -> one.put("code", code));
            if (!check.fix().isEmpty()) {
                one.put("fix", check.fix());
            }
        }
        return mapper.writeValueAsString(json) + "\n";
    }
}
