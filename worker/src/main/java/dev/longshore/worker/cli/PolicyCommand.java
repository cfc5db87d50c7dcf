package dev.longshore.worker.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.docker.Explanation;
import dev.longshore.docker.RequestFile;
import dev.longshore.docker.RequestFile.Reading;
import dev.longshore.docker.policy.Decision;
import dev.longshore.docker.policy.GuardPolicy;
import dev.longshore.docker.policy.PolicyFile;
import dev.longshore.docker.policy.Rule;
import dev.longshore.step.StepException;
import dev.longshore.worker.SystemWords;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code longshore policy}: what may be asked of the Docker daemon, and why something may not. */
@Command(
        name = "policy",
        description = "Checks a policy, and explains what it says of a container.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {PolicyCommand.Explain.class, PolicyCommand.Check.class, PolicyCommand.Standard.class})
final class PolicyCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command: explain, check or standard");
    }

    private static void print(CommandSpec spec, String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(text);
        out.flush();
    }

    /** {@code longshore policy explain}. */
    @Command(
            name = "explain",
            description =
                    "Says whether a policy allows a container, and by which rules. Files are looked at on this host; the image's"
                            + " content, the daemon and what is in use only with --daemon. Nothing is created.",
            mixinStandardHelpOptions = true,
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {
                "  0:allowed",
                "  1:denied, or the daemon cannot be asked",
                "  2:wrong usage or a wrong policy"
            })
    static final class Explain implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
        private CommandSpec spec;

        @Parameters(
                paramLabel = "REQUEST.json",
                description = "The container, as docs/policy.md has it; - for standard input.")
        private Path request = Path.of("-");

        @Option(names = "--daemon", description = "Ask the daemon too.")
        private boolean askDaemon;

        @Option(names = "--json", description = "Print one JSON object.")
        private boolean json;

        @Mixin
        private DockerOptions dockerOptions = new DockerOptions();

        @Mixin
        private WorkDirectory work = new WorkDirectory();

        @Override
        public Integer call() throws StepException, InterruptedException {
            try (DockerOptions daemon = dockerOptions) {
                GuardPolicy policy = daemon.readPolicy(work.path());
                Reading reading = RequestFile.read(text(), policy);
                Explanation explanation = reading instanceof Reading.Request asked
                        ? explanation(daemon, asked)
                        : new Explanation(((Reading.Refused) reading).problems());
                print(spec, json ? json(policy, explanation) : table(explanation));
                return explanation.allowed() ? ExitCode.SUCCEEDED : ExitCode.FAILED;
            }
        }

        private Explanation explanation(DockerOptions daemon, Reading.Request asked)
                throws StepException, InterruptedException {
            return askDaemon
                    ? daemon.client().explain(asked.request())
                    : Explanation.of(daemon.settings(), asked.request());
        }

        private String text() {
            try {
                if (request.equals(Path.of("-"))) {
                    InputStream in = System.in;
                    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
                }
                return Files.readString(request);
            } catch (IOException e) {
                throw new BadInputException("cannot read the request: " + SystemWords.describe(e));
            }
        }

        private static String table(Explanation explanation) {
            StringBuilder text = new StringBuilder();
            for (Decision decision : explanation.decisions()) {
                text.append(String.format(
                        Locale.ROOT,
                        "%-5s %-18s %s%n",
                        decision.allowed() ? "allow" : "deny",
                        decision.rule(),
                        decision.text()));
            }
            String verdict = explanation.allowed()
                    ? "allowed"
                    : "denied by "
                            + explanation.denied().stream()
                                    .map(Decision::rule)
                                    .map(Rule::id)
                                    .distinct()
                                    .collect(Collectors.joining(", "));
            return text.append(verdict).append('\n').toString();
        }

        private static String json(GuardPolicy policy, Explanation explanation) {
            ObjectNode json = new JsonMapper().createObjectNode();
            json.put("allowed", explanation.allowed()).put("policy", policy.origin());
            explanation.denied().stream()
                    .map(decision -> decision.rule().id())
                    .distinct()
                    .forEach(json.putArray("deniedBy")::add);
            List<Decision> decisions = explanation.decisions();
            var list = json.putArray("decisions");
            for (Decision decision : decisions) {
                ObjectNode one = list.addObject();
                one.put("allowed", decision.allowed())
                        .put("rule", decision.rule().id());
                one.put("subject", decision.subject()).put("reason", decision.reason());
                decision.where()
                        .ifPresent(place -> one.put("file", place.origin())
                                .put("line", place.line())
                                .put("key", place.key()));
            }
            return json.toPrettyString() + "\n";
        }
    }

    /** {@code longshore policy check}. */
    @Command(
            name = "check",
            description = "Reads a policy and says all that is wrong with it.",
            mixinStandardHelpOptions = true,
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {"  0:the policy can be used", "  2:it cannot, or wrong usage"})
    static final class Check implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
        private CommandSpec spec;

        @Parameters(paramLabel = "FILE", description = "The policy.")
        private Path file = Path.of("");

        @Mixin
        private WorkDirectory work = new WorkDirectory();

        @Override
        public Integer call() {
            GuardPolicy policy = PolicyOptions.read(file, work.path(), System.getProperty("user.home", "/"));
            int profiles = policy.profiles().size();
            print(spec, file + ": a policy with " + profiles + (profiles == 1 ? " profile" : " profiles") + "\n");
            return ExitCode.SUCCEEDED;
        }
    }

    /** {@code longshore policy standard}. */
    @Command(
            name = "standard",
            description = "Prints the policy that holds where none is named: one to start from.",
            mixinStandardHelpOptions = true)
    static final class Standard implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
        private CommandSpec spec;

        @Override
        public Integer call() {
            print(spec, PolicyFile.standardText());
            return ExitCode.SUCCEEDED;
        }
    }
}
