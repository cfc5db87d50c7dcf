package dev.longshore.worker.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.run.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.JobDetails;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.jobs.states.DeletedState;
import org.jobrunr.jobs.states.StateName;
import org.jobrunr.storage.InMemoryStorageProvider;
import org.jobrunr.utils.mapper.jackson.JacksonJsonMapper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Looks of at most four pages of five jobs. */
class EndedJobsTest {
    private static final int MOST = 20;

    private final InMemoryStorageProvider storage = new InMemoryStorageProvider();
    private final EndedJobs ended = new EndedJobs(storage, StateName.DELETED, new EndedJobs.Bound(5, 4));
    private final Set<UUID> seen = new HashSet<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @BeforeEach
    void start() {
        storage.setJobMapper(new JobMapper(new JacksonJsonMapper()));
    }

    @AfterEach
    void stop() {
        storage.close();
    }

    /** Deleted one by one, so long ago. */
    private List<UUID> deleted(int count, Duration ago, Duration between) {
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Instant then = now.minus(ago).minus(between.multipliedBy(i));
            JobDetails details = new JobDetails(new StepJob(RunId.next(then), "step"));
            ids.add(storage.save(new Job(details, new DeletedState("by an operator", then)))
                    .getId());
        }
        return ids;
    }

    /** Answers how many jobs were given. */
    private int look() {
        List<UUID> given = new ArrayList<>();
        ended.look(now, job -> given.add(job.getId()));
        seen.addAll(given);
        now = now.plusSeconds(15);
        return given.size();
    }

    private void lookUntilSeen(Collection<UUID> jobs, int most) {
        for (int looks = 0; looks < most && !seen.containsAll(jobs); looks++) {
            look();
        }
        assertThat(seen).as("after %s looks", most).containsAll(jobs);
    }

    @Test
    void goesOnWhereTheLastLookStopped() {
        List<UUID> jobs = deleted(3 * MOST, Duration.ZERO, Duration.ofHours(1));
        assertThat(look()).isEqualTo(MOST);
        // Each page begins with the last job of the one before.
        assertThat(seen).containsExactlyInAnyOrderElementsOf(jobs.subList(0, MOST - 3));
        lookUntilSeen(jobs, 4);
    }

    @Test
    void whatIsNewDoesNotWaitForWhatWasLeft() {
        deleted(10 * MOST, Duration.ZERO, Duration.ofHours(1));
        look();
        List<UUID> fresh = deleted(1, Duration.ZERO, Duration.ZERO);
        look();
        assertThat(seen).containsAll(fresh);
    }

    @Test
    void newJobsThatFillEveryLookKeepItFromNone() {
        List<UUID> jobs = deleted(3 * MOST, Duration.ZERO, Duration.ofHours(1));
        for (int looks = 0; looks < 4; looks++) {
            look();
            jobs.addAll(deleted(MOST + 5, Duration.ZERO, Duration.ofMillis(10)));
        }
        assertThat(seen).as("the oldest, while there were new ones").containsAll(jobs.subList(0, 3 * MOST));
        lookUntilSeen(jobs, 20);
    }

    @Test
    void moreThanAPageOfOneInstantIsNoHindrance() {
        List<UUID> jobs = deleted(2 * MOST, Duration.ofDays(1), Duration.ZERO);
        jobs.addAll(deleted(5, Duration.ofDays(2), Duration.ofHours(1)));
        lookUntilSeen(jobs, 4);
    }

    @Test
    void whatWasSeenIsNotReadAgainForEver() {
        deleted(3 * MOST, Duration.ZERO, Duration.ofHours(1));
        for (int looks = 0; looks < 10; looks++) {
            look();
        }
        assertThat(look()).as("the page that reaches back past the last look").isEqualTo(5);
    }

    @Test
    void aJobThatIsSavedAfterALaterOneIsSeen() {
        deleted(1, Duration.ZERO, Duration.ZERO);
        look();
        List<UUID> late = deleted(1, Duration.ofMinutes(1), Duration.ZERO);
        look();
        assertThat(seen).containsAll(late);
    }
}
