package dev.longshore.worker.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.docker.audit.AuditFinding;
import dev.longshore.docker.audit.AuditKey;
import dev.longshore.docker.audit.AuditReport;
import dev.longshore.docker.audit.AuditVerifier;
import dev.longshore.text.ForeignText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code longshore audit}: reads the audit log that {@code --audit} has written. */
@Command(
        name = "audit",
        description = "Verifies the audit log that --audit has written, and makes keys for it.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {AuditCommand.Verify.class, AuditCommand.Head.class, AuditCommand.NewKey.class})
final class AuditCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command: verify, head or new-key");
    }

    /** What these commands share. */
    abstract static class OnLog implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
        private CommandSpec spec;

        @Option(
                names = "--audit-key",
                paramLabel = "FILE",
                description = "The key that the log is chained with, if it is; else LONGSHORE_AUDIT_KEY.")
        private @Nullable String key;

        @Override
        public final Integer call() {
            return read(AuditOptions.key(key, System.getenv()));
        }

        abstract int read(Optional<AuditKey> key);

        final void print(String text) {
            PrintWriter out = spec.commandLine().getOut();
            out.print(text);
            out.flush();
        }

        static String required(Optional<String> directory) {
            return directory.orElseThrow(
                    () -> new BadInputException("name the directory of the audit log, or set LONGSHORE_AUDIT"));
        }
    }

    /** {@code longshore audit verify}. */
    @Command(
            name = "verify",
            description =
                    "Tells what of an audit log was removed, changed, moved or added since it was written. Lines cut off the"
                            + " end together with the file that says where it ends show only with --head.",
            mixinStandardHelpOptions = true,
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {
                "  0:the log is as it was written",
                "  1:it is not",
                "  2:wrong usage, no log there, or a key is needed"
            })
    static final class Verify extends OnLog {
        @Parameters(
                arity = "0..*",
                paramLabel = "DIR|FILE",
                description =
                        "The log's directory, or some of its files in their order: what came before and after those is not"
                                + " asked for. LONGSHORE_AUDIT if not given.")
        private List<Path> paths = List.of();

        @Option(
                names = "--head",
                paramLabel = "NUMBER:HASH",
                description = "An end of the log that was noted elsewhere, as longshore audit head prints it.")
        private @Nullable String head;

        @Option(names = "--json", description = "Print one JSON object.")
        private boolean json;

        @Override
        int read(Optional<AuditKey> key) {
            AuditVerifier verifier = new AuditVerifier(key, Optional.ofNullable(head));
            List<Path> given = new ArrayList<>(paths);
            if (given.isEmpty()) {
                given.add(Path.of(required(AuditOptions.option(null, System.getenv(), "LONGSHORE_AUDIT"))));
            }
            boolean files = given.size() > 1 || Files.isRegularFile(given.get(0));
            AuditReport report = files ? verifier.files(given) : verifier.directory(given.get(0));
            print(json ? json(report) : text(report));
            return report.intact() ? ExitCode.SUCCEEDED : ExitCode.FAILED;
        }

        private static String text(AuditReport report) {
            StringBuilder text = new StringBuilder();
            for (AuditFinding finding : report.findings()) {
                text.append(finding.file().isEmpty() ? "" : finding.file() + ":" + finding.line() + ": ")
                        .append(kind(finding))
                        .append(": ")
                        .append(finding.message())
                        .append('\n');
            }
            if (report.found() > report.findings().size()) {
                text.append("and ")
                        .append(report.found() - report.findings().size())
                        .append(" more\n");
            }
            // Without a key anybody who may write the log may have written what a note quotes: no terminal is to obey
            // it.
            report.notes()
                    .forEach(note -> text.append("note: ")
                            .append(ForeignText.uncut(note))
                            .append('\n'));
            text.append(
                            report.intact()
                                    ? "intact: "
                                    : "NOT INTACT, " + report.found()
                                            + (report.found() == 1 ? " finding: " : " findings: "))
                    .append(report.lines())
                    .append(" lines, numbers ")
                    .append(report.first())
                    .append(" to ")
                    .append(report.last())
                    .append(", in ")
                    .append(report.files().size())
                    .append(report.files().size() == 1 ? " file" : " files");
            return text.append("; head ").append(report.head()).append('\n').toString();
        }

        private static String kind(AuditFinding finding) {
            return finding.kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        private static String json(AuditReport report) {
            ObjectNode json = new JsonMapper().createObjectNode();
            json.put("ok", report.intact()).put("lines", report.lines());
            json.put("first", report.first()).put("last", report.last()).put("head", report.head());
            report.files().forEach(json.putArray("files")::add);
            json.put("found", report.found());
            ArrayNode findings = json.putArray("findings");
            for (AuditFinding finding : report.findings()) {
                findings.addObject()
                        .put("kind", kind(finding))
                        .put("file", finding.file())
                        .put("line", finding.line())
                        .put("number", finding.seq())
                        .put("message", finding.message());
            }
            report.notes().forEach(json.putArray("notes")::add);
            return json.toPrettyString() + "\n";
        }
    }

    /** {@code longshore audit head}. */
    @Command(
            name = "head",
            description =
                    "Prints where the log ends. Noted where who writes the log cannot write, it shows later whether lines were"
                            + " cut off: longshore audit verify --head.",
            mixinStandardHelpOptions = true)
    static final class Head extends OnLog {
        @Parameters(
                arity = "0..1",
                paramLabel = "DIR",
                description = "The log's directory; LONGSHORE_AUDIT if not given.")
        private @Nullable String directory;

        @Override
        int read(Optional<AuditKey> key) {
            Path path = Path.of(required(AuditOptions.option(directory, System.getenv(), "LONGSHORE_AUDIT")));
            AuditReport report = new AuditVerifier(key, Optional.empty()).directory(path);
            if (!report.intact()) {
                throw new BadInputException("the audit log is not as it was written: see longshore audit verify");
            }
            print(report.head() + "\n");
            return ExitCode.SUCCEEDED;
        }
    }

    /** {@code longshore audit new-key}. */
    @Command(
            name = "new-key",
            description =
                    "Writes a file with a new key. Keep a copy where who may write the log cannot read it: who has the key can"
                            + " write the log anew.",
            mixinStandardHelpOptions = true)
    static final class NewKey implements Callable<Integer> {
        @Parameters(paramLabel = "FILE", description = "A file that is not there yet.")
        private Path file = Path.of("");

        @Override
        public Integer call() throws IOException {
            try {
                AuditKey.create(file);
            } catch (FileAlreadyExistsException e) {
                throw new BadInputException(file + " is there already, and a key is never written over");
            }
            return ExitCode.SUCCEEDED;
        }
    }
}
