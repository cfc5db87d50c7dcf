/** The command line: {@link dev.longshore.worker.cli.LongshoreCommand} and its subcommands. */
@NullMarked
package dev.longshore.worker.cli;

import org.jspecify.annotations.NullMarked;
