package dev.longshore.worker;

import dev.longshore.worker.cli.LongshoreCommand;

/** Where the program starts. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(LongshoreCommand.execute(arguments));
    }
}
