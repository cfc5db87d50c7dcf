package dev.longshore.worker.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.step.Progress;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.JobDetails;
import org.jobrunr.jobs.context.JobContext;
import org.jobrunr.jobs.context.JobDashboardLogger.JobDashboardLogLine;
import org.jobrunr.jobs.context.JobDashboardLogger.JobDashboardLogLines;
import org.jobrunr.jobs.context.JobDashboardProgressBar;
import org.junit.jupiter.api.Test;

class JobReportTest {
    private static final String LOG_KEY = "jobRunrDashboardLog-1";

    private final Job job = new Job(UUID.randomUUID(), new JobDetails(new PublishJob("r-0123")));

    /** JobRunr makes contexts, and lets subclasses. */
    private static final class Context extends JobContext {
        Context(Job job) {
            super(job);
        }
    }

    private JobReport report() {
        return new JobReport(new Context(job), Progress.NONE);
    }

    private List<String> lines() {
        assertThat(job.getMetadata().get(LOG_KEY)).isInstanceOf(JobDashboardLogLines.class);
        return Stream.of(job.getMetadata().get(LOG_KEY))
                .map(JobDashboardLogLines.class::cast)
                .flatMap(log -> log.getLogLines().stream())
                .map(JobDashboardLogLine::getLogMessage)
                .toList();
    }

    @Test
    void theBarFollowsTheProgressOnceItIsKnownOfHowMuch() {
        try (JobReport report = report()) {
            report.advance(10);
            assertThat(JobDashboardProgressBar.get(job))
                    .as("a bar of nothing would be full")
                    .isNull();
            report.total(200);
            report.advance(40);
            assertThat(JobDashboardProgressBar.get(job).getProgressAsPercentage())
                    .isEqualTo(25);
            report.total(100);
            report.advance(400);
            assertThat(JobDashboardProgressBar.get(job).getProgressAsPercentage())
                    .isEqualTo(100);
        }
    }

    @Test
    void aLogThatIsShortIsKeptWhole() {
        try (JobReport report = report()) {
            report.message("reading");
            report.message("reading");
            report.log("a line");
            report.message("writing");
        }

        assertThat(lines()).containsExactly("reading", "a line", "writing");
    }

    @Test
    void ofALongLogTheFirstLinesAndTheLastAreKept() {
        int all = JobReport.FIRST_LINES + 1000 + JobReport.LAST_LINES;
        try (JobReport report = report()) {
            for (int i = 1; i <= all; i++) {
                report.log("line " + i + " " + "x".repeat(1000));
            }
        }

        assertThat(lines()).hasSize(JobReport.FIRST_LINES + 1 + JobReport.LAST_LINES);
        assertThat(lines().get(0)).startsWith("line 1 ").hasSize(JobReport.LONGEST_LINE);
        assertThat(lines().get(JobReport.FIRST_LINES)).isEqualTo("1000 lines are left out here");
        assertThat(lines().get(lines().size() - 1)).startsWith("line " + all + " ");
    }
}
