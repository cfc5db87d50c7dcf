package dev.longshore.worker.jobs;

import dev.longshore.run.DueRun;
import dev.longshore.run.Run;
import dev.longshore.run.RunState;
import dev.longshore.run.RunStore;
import java.util.List;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.scheduling.JobRequestScheduler;
import org.jobrunr.storage.StorageProvider;
import org.jobrunr.utils.mapper.jackson.JacksonJsonMapper;

/** Where a process that works on no runs itself puts them in for those that do. */
public final class RunQueue {
    private final RunStore runs;
    private final JobChain chain;

    /** @param storage where the workers look for jobs; stays open */
    public RunQueue(RunStore runs, StorageProvider storage) {
        storage.setJobMapper(new JobMapper(new JacksonJsonMapper()));
        this.runs = runs;
        this.chain = new JobChain(new JobRequestScheduler(storage), () -> {});
    }

    /** The queues that the next jobs of a run wait in, or those that run now go back to if their worker is lost. */
    public static List<String> next(Run run) {
        // Running, it has a failure only while its preflight is to be made again, and no step starts before that.
        List<? extends RunJob> jobs =
                run.state() == RunState.RUNNING && run.failure().isPresent()
                        ? List.of(new PreflightJob(run.id(), DueRun.Occasion.NEW))
                        : JobChain.awaited(run);
        return jobs.stream().map(RunJob::queue).distinct().toList();
    }

    /**
     * Puts a run in, unless one that has not started yet asks for the same. If this process dies meanwhile, the run is in
     * whole or not at all: a worker makes up for a job that is missing.
     *
     * @return the run that is in
     */
    public Run submit(Run run) {
        Run in = runs.submit(run);
        if (in.id().equals(run.id())) {
            chain.preflight(in, DueRun.Occasion.NEW);
        }
        return in;
    }
}
