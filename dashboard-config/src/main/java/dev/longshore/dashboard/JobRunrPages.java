package dev.longshore.dashboard;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import org.jobrunr.dashboard.JobRunrApiHandler;
import org.jobrunr.dashboard.JobRunrStaticFileHandler;
import org.jobrunr.jobs.states.IllegalJobStateChangeException;
import org.jobrunr.storage.ConcurrentJobModificationException;
import org.jobrunr.storage.StorageProvider;
import org.jobrunr.utils.mapper.JsonMapper;

/** JobRunr's own pages and what they call, with its failures told apart as far as the caller can help them. */
final class JobRunrPages {
    private final HttpHandler pages = new JobRunrStaticFileHandler();
    private final HttpHandler api;

    JobRunrPages(StorageProvider storage, JsonMapper json) {
        // Anonymous usage data would be sent by the browser, to JobRunr's makers.
        JobRunrApiHandler handler = new JobRunrApiHandler(storage, json, false);
        handler.withExceptionMapping(IllegalArgumentException.class, (e, response) -> response.statusCode(400));
        handler.withExceptionMapping(IllegalJobStateChangeException.class, (e, response) -> response.statusCode(409));
        handler.withExceptionMapping(
                ConcurrentJobModificationException.class, (e, response) -> response.statusCode(409));
        this.api = handler;
    }

    void answer(HttpExchange exchange, Route route) throws IOException {
        (route == Route.API ? api : pages).handle(exchange);
    }
}
