package dev.longshore.container;

import dev.longshore.docker.ContainerListener;
import dev.longshore.docker.StatsAlert;
import dev.longshore.step.Progress;
import dev.longshore.step.StepContext.StepId;
import dev.longshore.text.ForeignText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a step's container says: progress is passed on, all else is log. Calls come one at a time. */
final class ContainerLog implements ContainerListener {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerLog.class);
    private static final int LONGEST_LINE = 2000;

    private final StepId step;
    private final Progress log;
    private final ProgressLines progress;
    private volatile String lastLine = "";

    ContainerLog(StepId step, Progress progress) {
        this.step = step;
        this.log = progress;
        this.progress = new ProgressLines(progress);
    }

    @Override
    public void started(String container) {
        LOG.debug("{}: container {} runs", step, container);
    }

    @Override
    public void stdout(String line) {
        if (!progress.take(line)) {
            log("out", line);
            if (!line.isBlank()) {
                lastLine = line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) : line;
            }
        }
    }

    @Override
    public void stderr(String line) {
        log("err", line);
    }

    @Override
    public void alert(StatsAlert alert) {
        LOG.info("{}: {}", step, alert.message());
        log.log("high use: " + alert.message());
    }

    private void log(String stream, String line) {
        String safe = ForeignText.oneLine(line, LONGEST_LINE);
        log.log(safe);
        LOG.debug("{} {}: {}", step, stream, safe);
    }

    /** The last line on standard output that was no progress; empty if there was none. */
    String lastLine() {
        return lastLine;
    }
}
