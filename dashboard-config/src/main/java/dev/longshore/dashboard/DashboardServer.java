package dev.longshore.dashboard;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import org.jobrunr.storage.StorageProvider;
import org.jobrunr.utils.mapper.jackson.JacksonJsonMapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The JobRunr dashboard of a storage, from its start to {@link #close()}. Unlike JobRunr's own server it binds to loopback
 * unless told otherwise, answers nobody it should not, and lets nothing of its inside out.
 */
public final class DashboardServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DashboardServer.class);

    /** So often a browser that has gone is noticed. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    /** For the requests at work when it is closed. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final int BACKLOG = 128;

    static {
        // The JDK's server takes these from the JVM's properties alone, when its first class is loaded. What the
        // operator sets stays.
        setUnlessSet("jdk.httpserver.maxConnections", "1024");
        setUnlessSet("sun.net.httpserver.maxReqHeaderSize", Integer.toString(32 << 10));
        setUnlessSet("sun.net.httpserver.maxReqHeaders", "100");
        setUnlessSet("sun.net.httpserver.idleInterval", "10");
        setUnlessSet("sun.net.httpserver.drainAmount", "0");
        setUnlessSet("sun.net.httpserver.nodelay", "true");
    }

    private final HttpServer http;
    private final RequestThreads threads;
    private final EventStreams streams;
    private final ListenedStorage storage;
    private boolean closed;

    private DashboardServer(HttpServer http, RequestThreads threads, EventStreams streams, ListenedStorage storage) {
        this.http = http;
        this.threads = threads;
        this.streams = streams;
        this.storage = storage;
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /**
     * Starts the dashboard; it answers when this returns.
     *
     * @param storage stays the caller's to close, after the dashboard; has its job mapper already
     * @throws DashboardStartException if it cannot listen where it should
     */
    public static DashboardServer start(DashboardSettings settings, StorageProvider storage)
            throws DashboardStartException {
        return start(settings, storage, HEARTBEAT);
    }

    static DashboardServer start(DashboardSettings settings, StorageProvider storage, Duration heartbeat)
            throws DashboardStartException {
        HttpServer http;
        try {
            http = HttpServer.create(settings.address(), BACKLOG);
        } catch (IOException e) {
            throw new DashboardStartException(settings.address(), e);
        }
        JacksonJsonMapper json = new JacksonJsonMapper(new ObjectMapper());
        ListenedStorage listened = new ListenedStorage(storage);
        RequestThreads threads = new RequestThreads();
        EventStreams streams = new EventStreams(listened, json, threads.watchdog(), heartbeat);
        http.setExecutor(threads);
        http.createContext(
                "/",
                new FrontDoor(
                        new Gate(settings, new FailureLimit(System::nanoTime)),
                        new JobRunrPages(listened, json),
                        streams,
                        threads.watchdog()));
        http.start();
        DashboardServer server = new DashboardServer(http, threads, streams, listened);
        LOG.info("the dashboard is at {}", server.uri());
        return server;
    }

    /** Where it listens, with the port it got. */
    public InetSocketAddress address() {
        return http.getAddress();
    }

    /** Where a browser on this machine finds it. */
    public URI uri() {
        InetSocketAddress address = address();
        String host = address.getAddress().isAnyLocalAddress() ? "localhost" : HostNames.inUrl(address.getAddress());
        return URI.create("http://" + host + ":" + address.getPort() + "/dashboard");
    }

    int streams() {
        return streams.count();
    }

    /** Ends streams of events and lets requests at work end, for some seconds at most. Does nothing a second time. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        streams.close();
        try {
            threads.watchdog().awaitNone(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // then it closes without waiting
        }
        http.stop(0);
        threads.close();
        storage.removeListeners();
        LOG.info("the dashboard has stopped");
    }
}
