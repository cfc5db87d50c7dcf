package dev.longshore.worker.cli;

import picocli.CommandLine.Command;

/** Placeholder until the builder lands. */
@Command(name = "images", description = "Builds and lists the analyser images.", mixinStandardHelpOptions = true)
final class ImagesCommand implements Runnable {
    @Override
    public void run() {}
}
