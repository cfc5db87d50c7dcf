package dev.longshore.worker.cli;

/** How progress is shown. */
enum ProgressStyle {
    NONE,
    /** A line every few seconds: into a log, a pipe, a dumb terminal. */
    LINES,
    /** A bar a step, redrawn in place. */
    BARS;

    /** Bars if there is a terminal to draw them on. */
    static ProgressStyle detect() {
        String terminal = System.getenv().getOrDefault("TERM", "dumb");
        return Terminal.isTerminal(Terminal.STDERR) && !terminal.equals("dumb") ? BARS : LINES;
    }
}
