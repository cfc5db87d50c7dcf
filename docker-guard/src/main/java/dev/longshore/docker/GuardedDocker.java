package dev.longshore.docker;

import dev.longshore.docker.DockerFailure.ContainerLeft;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one way to the daemon. It can run hardened containers, build and inspect images, and remove what its owner left behind;
 * nothing else of the Docker API can be reached through it. Safe for use by several threads.
 *
 * <p>Every method but {@link #open}, {@link #endpoint} and {@link #close} talks to the daemon, has a deadline, can be interrupted
 * where it says so, and throws {@link DockerFailureException}.
 */
public final class GuardedDocker implements AutoCloseable {
    private final DockerSettings settings;
    private final Recorder recorder;
    private EndpointFinder.Found found;
    private @Nullable DaemonConnection connection;
    private @Nullable HostPaths hostPaths;
    private boolean closed;

    private GuardedDocker(DockerSettings settings, EndpointFinder.Found found) {
        this.settings = settings;
        this.recorder = new Recorder(settings);
        this.found = found;
    }

    /**
     * Finds the daemon's address; connects to nothing and starts no thread.
     *
     * @throws DockerFailureException with {@link DockerFailure.EndpointUnusable} when the address or context given cannot be used
     */
    public static GuardedDocker open(DockerSettings settings) {
        return new GuardedDocker(settings, new EndpointFinder(settings).find());
    }

    /** Where the daemon is and where that was found; the default socket when there is none anywhere. */
    public synchronized DockerEndpoint endpoint() {
        return found.endpoint();
    }

    /** Connects, negotiates the API version and asks who the daemon is. */
    public DaemonInfo connect() throws InterruptedException {
        return new DaemonQuestions(connection()).info();
    }

    /**
     * Asks the daemon for a sign of life, within the probe deadline.
     *
     * @return how long the answer took
     */
    public Duration ping() throws InterruptedException {
        long begin = System.nanoTime();
        connection().unversioned("ping", "/_ping", settings.probeTimeout());
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    /**
     * Looks an image up on the daemon.
     *
     * @throws DockerFailureException with {@link DockerFailure.ImageMissing} when it is not there
     */
    public ImageInfo image(String reference) throws InterruptedException {
        return recorder.asking(
                subject(),
                "image-inspect",
                Optional.of(reference),
                () -> new Images(connection(), subject()).inspect(reference));
    }

    /**
     * Builds an image; interrupting this thread, and the deadline, end the build on the daemon too. What the log's consumer throws
     * ends it as well and is thrown here.
     *
     * @param log gets each line of the build's log, from another thread, one at a time
     * @throws DockerFailureException with {@link DockerFailure.BuildFailed} when a step of the build fails
     * @throws java.io.UncheckedIOException when a file of the build context cannot be read
     */
    public void buildImage(ImageBuild request, Consumer<String> log) throws InterruptedException {
        recorder.asking(subject(), "build", Optional.of(request.tag()), () -> {
            Admission.require(PolicyCheck.build(settings.policy(), request));
            new ImageBuilding(connection(), subject(), request, log).run();
            return true;
        });
    }

    /**
     * Runs a container to its end and removes it, whatever happens: also when it does not start, when the listener throws, and when
     * this thread is interrupted, which is how a run is cancelled.
     *
     * @throws InterruptedException when this thread was interrupted; the container has been stopped and removed, or a suppressed
     *     {@link DockerFailureException} with {@link DockerFailure.ContainerLeft} names it
     * @throws DockerFailureException when the container could not be started
     */
    public ContainerExit run(ContainerRequest request, ContainerListener listener) throws InterruptedException {
        return recorder.running(
                Subject.of(settings.owner(), request),
                request,
                () -> new ContainerRun(connection(), hostPaths(), request, listener).run());
    }

    /**
     * What the policy says of a request and of all that the daemon has behind the names in it; nothing is made.
     *
     * @throws DockerFailureException when the daemon cannot be asked, also for an image that it does not have
     */
    public Explanation explain(ContainerRequest request) throws InterruptedException {
        return new Explanation(Admission.explain(connection(), PolicyCheck.withDefaults(settings.policy(), request)));
    }

    /**
     * What the daemon calls a file or directory that this process sees, and so how a container would get at it.
     *
     * @param path absolute
     * @throws java.io.UncheckedIOException when it is not there, or cannot be reached
     */
    public HostPath onHost(Path path) throws InterruptedException {
        try {
            return hostPaths().locate(path.toRealPath());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Removes every container, with its volumes, that carries this owner's labels, running or not. Give the run, or be
     * sure that no other live process uses the same owner id. Interruption does not stop it.
     *
     * @return the names of the containers removed
     * @throws DockerFailureException with {@link DockerFailure.ContainerLeft} for the first that could not be removed, after all
     *     have been tried; the others are suppressed
     */
    public List<String> removeLeftovers(Owner owner) {
        Containers containers = new Containers(connection(), Subject.of(owner));
        Volumes volumes = new Volumes(connection(), Subject.of(owner));
        List<String> removed = new ArrayList<>();
        DockerFailureException failure = null;
        for (String name : listed(() -> containers.names(owner))) {
            Optional<ContainerLeft> left = containers.remove(name, owner, false);
            if (left.isEmpty()) {
                removed.add(name);
            } else if (failure == null) {
                failure = new DockerFailureException(left.get());
            } else {
                failure.addSuppressed(new DockerFailureException(left.get()));
            }
        }
        for (String name : listed(() -> volumes.names(owner))) {
            Optional<DockerFailure> left = volumes.remove(name);
            if (left.isPresent()) {
                DockerFailureException thrown = new DockerFailureException(left.get());
                if (failure == null) {
                    failure = thrown;
                } else {
                    failure.addSuppressed(thrown);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
        return removed;
    }

    private Subject subject() {
        return Subject.of(settings.owner());
    }

    private interface Listing {
        List<String> list() throws InterruptedException;
    }

    private List<String> listed(Listing names) {
        boolean interrupted = Thread.interrupted();
        try {
            return names.list();
        } catch (InterruptedException e) {
            interrupted = true;
            throw new DockerFailureException(new DockerFailure.Timeout("list", settings.callTimeout()), e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The socket may appear later, when the daemon is started: as long as there was none, it is looked for again. */
    private synchronized DaemonConnection connection() {
        if (closed) {
            throw new IllegalStateException("this guard is closed");
        }
        if (!found.found()) {
            found = new EndpointFinder(settings).find();
            if (!found.found()) {
                throw new DockerFailureException(new DockerFailure.SocketAbsent(found.lookedAt()));
            }
        }
        if (connection == null) {
            connection = new DaemonConnection(settings, found.endpoint(), recorder);
            recorder.connected(found.endpoint());
        }
        return connection;
    }

    private synchronized HostPaths hostPaths() {
        DaemonConnection open = connection();
        HostPaths paths = hostPaths;
        if (paths == null) {
            paths = new HostPaths(open);
            hostPaths = paths;
        }
        return paths;
    }

    /** Closes the connections; calls under way fail, and containers they ran are left for {@link #removeLeftovers}. */
    @Override
    public synchronized void close() {
        closed = true;
        if (connection != null) {
            connection.close();
        }
    }
}
