package dev.longshore.worker.cli;

import java.io.PrintWriter;
import java.util.List;
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
        subcommands = {IngestCommand.class, DoctorCommand.class, ImagesCommand.class},
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
                .setParameterExceptionHandler((e, arguments) -> reportUsage(e))
                .setExecutionExceptionHandler((e, command, parsed) -> report(e, command.getErr()));
    }

    /** What is wrong stays in sight only if no screen of options follows it. */
    private static int reportUsage(CommandLine.ParameterException e) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        List<String> meant =
                e instanceof CommandLine.UnmatchedArgumentException unmatched && unmatched.isUnknownOption()
                        ? unmatched.getSuggestions()
                        : List.of();
        err.println("longshore: " + e.getMessage() + " ("
                + (meant.isEmpty() ? "" : "did you mean " + String.join(" or ", meant) + "? ") + "see: "
                + command.getCommandSpec().qualifiedName() + " --help)");
        err.flush();
        return ExitCode.BAD_INPUT;
    }

    /** One line for what the user can help, a stack trace for what only we can. */
    private static int report(Exception e, PrintWriter err) throws Exception {
        if (e instanceof BadInputException) {
            String message = String.valueOf(e.getMessage());
            message.lines().forEach(line -> err.println("longshore: " + line));
            err.flush();
            return ExitCode.BAD_INPUT;
        }
        throw e;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "name a command");
    }
}
