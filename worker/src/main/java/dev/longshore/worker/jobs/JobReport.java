package dev.longshore.worker.jobs;

import dev.longshore.step.Progress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import org.jobrunr.jobs.context.JobContext;
import org.jobrunr.jobs.context.JobDashboardProgressBar;
import org.jspecify.annotations.Nullable;

/**
 * What the dashboard shows of an attempt: a progress bar, and a log of the first lines and the last. JobRunr stores both with
 * the job, at each of its heartbeats, so that they are short. Passes progress on to another. Thread-safe.
 */
final class JobReport implements Progress, AutoCloseable {
    static final int FIRST_LINES = 100;
    static final int LAST_LINES = 50;
    static final int LONGEST_LINE = 300;

    private final JobContext job;
    private final Progress next;
    private final AtomicLong done = new AtomicLong();
    private final Deque<String> lastLines = new ArrayDeque<>();
    private volatile long total;
    private volatile long percent = -1;
    private @Nullable JobDashboardProgressBar bar;
    private String message = "";
    private int lines;
    private long leftOut;

    /** Made by the thread that JobRunr runs the job on. */
    JobReport(JobContext job, Progress next) {
        this.job = job;
        this.next = next;
        job.logger(); // belongs to this attempt from now on, whoever writes to it
    }

    @Override
    public void total(long units) {
        next.total(units);
        total = units;
        show();
    }

    @Override
    public void advance(long units) {
        next.advance(units);
        done.addAndGet(units);
        show();
    }

    /** Called for every file: does nothing while the bar would look the same. */
    private void show() {
        long all = total;
        if (all > 0 && Math.min(done.get() * 100 / all, 100) != percent) {
            draw();
        }
    }

    private synchronized void draw() {
        long all = total;
        long now = Math.min(done.get(), all);
        if (bar == null) {
            bar = job.progressBar(all);
        }
        bar.setProgress(all, now, 0);
        percent = now * 100 / all;
    }

    @Override
    public void message(String text) {
        next.message(text);
        synchronized (this) {
            if (text.equals(message)) {
                return;
            }
            message = text;
        }
        log(text);
    }

    @Override
    public synchronized void log(String line) {
        next.log(line);
        String cut = line.length() <= LONGEST_LINE ? line : line.substring(0, LONGEST_LINE - 1) + "…";
        if (lines < FIRST_LINES) {
            lines++;
            job.logger().info(cut);
            return;
        }
        lastLines.add(cut);
        if (lastLines.size() > LAST_LINES) {
            lastLines.remove();
            leftOut++;
        }
    }

    /** The end of the attempt: its last lines are shown now. */
    @Override
    public synchronized void close() {
        if (leftOut > 0) {
            job.logger().warn(leftOut + " lines are left out here");
        }
        lastLines.forEach(job.logger()::info);
        lastLines.clear();
    }
}
