package dev.longshore.redis;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jobrunr.jobs.filters.JobFilter;
import org.jobrunr.jobs.filters.RetryFilter;
import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.scheduling.JobRequestScheduler;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.server.JobActivator;
import org.jobrunr.utils.mapper.jackson.JacksonJsonMapper;

/** A store, one of JobRunr's servers on it, and a handler that does what a test tells it to. Public, as JobRunr calls it by reflection. */
public final class TestPool implements AutoCloseable {
    /** Long enough that nothing a test waits for can be due to a poll. */
    static final Duration POLL = Duration.ofMinutes(10);

    private final RedisStorageProvider store;
    private final BackgroundJobServer server;

    private TestPool(RedisStorageProvider store, BackgroundJobServer server) {
        this.store = store;
        this.server = server;
    }

    /** What is asked for; {@code name} is what the handler is given. */
    public static final class Ask implements JobRequest {
        private static final long serialVersionUID = 1;

        private String name;

        Ask() {
            this("");
        }

        Ask(String name) {
            this.name = name;
        }

        public String getName() {
            return name;
        }

        public void setName(String name) {
            this.name = name;
        }

        @Override
        public Class<Answer> getJobRequestHandler() {
            return Answer.class;
        }
    }

    /** Made for each pool: JobRunr finds it by its class. */
    public static final class Answer implements JobRequestHandler<Ask> {
        private final Work work;

        Answer(Work work) {
            this.work = work;
        }

        @Override
        public void run(Ask ask) throws Exception {
            work.run(ask.getName());
        }
    }

    @FunctionalInterface
    interface Work {
        void run(String name) throws Exception;
    }

    static RedisStorageProvider store(String url) {
        return withMapper(RedisStorageProvider.builder(url).build());
    }

    static RedisStorageProvider withMapper(RedisStorageProvider store) {
        store.setJobMapper(new JobMapper(new JacksonJsonMapper()));
        return store;
    }

    static TestPool start(RedisStorageProvider store, UnaryOperator<RedisWorkers> workers, Work work) {
        return start(store, workers, work, List.of(new RetryFilter(0)));
    }

    static TestPool start(
            RedisStorageProvider store, UnaryOperator<RedisWorkers> workers, Work work, List<JobFilter> filters) {
        BackgroundJobServer server = new BackgroundJobServer(
                store,
                new JacksonJsonMapper(),
                new JobActivator() {
                    @Override
                    public <T> T activateJob(Class<T> type) {
                        return type.cast(new Answer(work));
                    }
                },
                BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration()
                        .andPollInterval(POLL)
                        .andInterruptJobsAwaitDurationOnStopBackgroundJobServer(Duration.ofSeconds(2))
                        .andBackgroundJobServerWorkerPolicy(workers.apply(store.workers(4))));
        server.setJobFilters(filters);
        server.start();
        return new TestPool(store, server);
    }

    JobRequestScheduler scheduler() {
        return new JobRequestScheduler(store);
    }

    BackgroundJobServer server() {
        return server;
    }

    RedisStorageProvider store() {
        return store;
    }

    @Override
    public void close() {
        server.stop();
        store.close();
    }
}
