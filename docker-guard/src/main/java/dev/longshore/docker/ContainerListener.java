package dev.longshore.docker;

/**
 * What a container says while it runs, line by line, as UTF-8 with malformed bytes replaced. Calls come one at a time, from the
 * calling thread or another. A slow listener slows the container down and loses nothing; one that throws ends the run: the container is
 * killed and removed and {@link GuardedDocker#run} throws what the listener threw.
 */
public interface ContainerListener {
    /** Longest line passed on, in bytes; the rest of a longer one is dropped and the line ends with {@link #TRUNCATED}. */
    int MAX_LINE_BYTES = 64 * 1024;

    /** Ends a line that was longer than {@link #MAX_LINE_BYTES}. */
    String TRUNCATED = " …[truncated]";

    /** Listens to nothing. */
    ContainerListener NONE = new ContainerListener() {};

    /** The daemon says that the container runs. Its first lines may come before. */
    default void started(String container) {}

    /** A line of standard output, without its line end. */
    default void stdout(String line) {}

    /** A line of standard error, without its line end. */
    default void stderr(String line) {}

    /** What it used of late, about once a second; left out where the daemon does not tell, and while a line is being heard. */
    default void stats(StatsSample sample) {}

    /** Its use of something went above a threshold; once for each crossing. */
    default void alert(StatsAlert alert) {}
}
