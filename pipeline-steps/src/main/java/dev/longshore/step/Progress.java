package dev.longshore.step;

/** Where a step tells how far it is. Cheap enough to be called for every file; thread-safe. */
public interface Progress {
    /** How many units there are in all, as far as is known now. */
    void total(long units);

    /** {@code units} more are done. */
    void advance(long units);

    /** What is being done now, a few words. */
    void message(String text);

    /** A line for whoever reads afterwards what the step did; may be dropped where there are many. */
    default void log(String line) {}

    /** Tells nobody. */
    Progress NONE = new Progress() {
        @Override
        public void total(long units) {}

        @Override
        public void advance(long units) {}

        @Override
        public void message(String text) {}
    };
}
