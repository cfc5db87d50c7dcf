package dev.longshore.worker.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code longshore}: does nothing itself, but names its subcommands. */
@Command(
        name = "longshore",
        description = "Ingests source repositories into a graph of files, classes, functions, calls and documents.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            IngestCommand.class,
            DoctorCommand.class,
            ImagesCommand.class,
            WorkerCommand.class,
            EnqueueCommand.class,
            RunsCommand.class,
            QueueCommand.class,
            PolicyCommand.class,
            AuditCommand.class,
            DashboardCommand.class,
            DockerCommand.class
        },
        footer = {"", "Try: longshore ingest .", "     longshore COMMAND --help"})
public final class LongshoreCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
    private CommandSpec spec;

    /** Runs a command line and gives the program's exit code. */
    public static int execute(String... arguments) {
        return commandLine().execute(arguments);
    }

    static CommandLine commandLine() {
        return new CommandLine(new LongshoreCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, arguments) -> ErrorReport.wrongUsage(e))
                .setExecutionExceptionHandler((e, command, parsed) -> new ErrorReport(command.getErr()).failed(e));
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "name a command");
    }
}
