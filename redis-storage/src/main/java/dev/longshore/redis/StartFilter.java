package dev.longshore.redis;

import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.filters.JobServerFilter;
import org.jobrunr.server.BackgroundJobServer;

/** Tells the session of a server of each job that the server starts. */
final class StartFilter implements JobServerFilter {
    private final ServerSessions sessions;
    private final BackgroundJobServer server;

    StartFilter(ServerSessions sessions, BackgroundJobServer server) {
        this.sessions = sessions;
        this.server = server;
    }

    @Override
    public void onProcessing(Job job) {
        ServerSession session = sessions.find(server);
        if (session != null) {
            session.starts(job);
        }
    }
}
