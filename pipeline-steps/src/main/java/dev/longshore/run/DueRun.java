package dev.longshore.run;

import java.util.ArrayList;
import java.util.List;

/**
 * A run whose preflight should be enqueued now.
 *
 * @param occasion what for; each is there once in the run's life, so that a job id may be derived from it
 */
public record DueRun(RunId run, Occasion occasion) {
    /** Why a preflight is due. Its text has letters, digits, {@code -} and {@code :} only. */
    public record Occasion(String text) {
        /** The run is new. */
        public static final Occasion NEW = new Occasion("new");

        /** The run of the same repository that it waited for is over. */
        static Occasion after(RunId other) {
            return new Occasion("after:" + other);
        }

        /** The run was parked for the {@code count}th time, and Docker may be back. */
        static Occasion parked(int count) {
            return new Occasion("parked:" + count);
        }

        /** All that there have been for a run to which this happened. */
        public static List<Occasion> in(List<RunEvent.Entry> events) {
            List<Occasion> occasions = new ArrayList<>(List.of(NEW));
            int parked = 0;
            for (RunEvent.Entry entry : events) {
                if (entry.event() instanceof RunEvent.Waits waits) {
                    occasions.add(after(waits.after()));
                } else if (entry.event() instanceof RunEvent.RunChanged changed && changed.state() == RunState.PARKED) {
                    parked++;
                    occasions.add(parked(parked));
                }
            }
            return occasions;
        }

        /** Whether it is for Docker that the run waits: pointless to enqueue it where Docker is away. */
        public boolean needsDocker() {
            return text.startsWith("parked:");
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
