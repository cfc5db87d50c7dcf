package dev.longshore.redis;

import org.jobrunr.server.tasks.Task;

/**
 * Which of JobRunr's own tasks asks. Two of its questions have no good answer here: it asks for scheduled jobs one poll
 * ahead of their time and would start them too early; and it takes for orphans what is not updated for some polls, which
 * after Redis was away is everything. {@link DueJobs} and {@link Heartbeat} do both jobs instead.
 */
final class JobRunrTasks {
    private static final StackWalker STACK = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    private JobRunrTasks() {}

    /** Whether the question comes from that task. Asked once in a poll at most. */
    static boolean asks(Class<? extends Task> task) {
        return STACK.walk(frames -> frames.anyMatch(frame -> frame.getDeclaringClass() == task));
    }
}
