package dev.longshore.docker;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * The one way to the daemon. It can run hardened containers, build and inspect images, and remove what its owner left behind;
 * nothing else of the Docker API can be reached through it. Safe for use by several threads.
 *
 * <p>Every method but {@link #open} and {@link #endpoint} talks to the daemon, has a deadline, can be interrupted where it says
 * so, and throws {@link DockerFailureException}.
 */
public final class GuardedDocker implements AutoCloseable {
    private final EndpointFinder.Found found;

    private GuardedDocker(EndpointFinder.Found found) {
        this.found = found;
    }

    /**
     * Finds the daemon's address; connects to nothing and starts no thread.
     *
     * @throws DockerFailureException with {@link DockerFailure.EndpointUnusable} when the address or context given cannot be used
     */
    public static GuardedDocker open(DockerSettings settings) {
        return new GuardedDocker(new EndpointFinder(settings).find());
    }

    /** Where the daemon is and where that was found. */
    public DockerEndpoint endpoint() {
        return found.endpoint();
    }

    /** Connects, negotiates the API version and asks who the daemon is. */
    public DaemonInfo connect() throws InterruptedException {
        return unfinished("connect");
    }

    /**
     * Asks the daemon for a sign of life, within the probe deadline.
     *
     * @return how long the answer took
     */
    public Duration ping() throws InterruptedException {
        return unfinished("connect");
    }

    /**
     * Looks an image up on the daemon.
     *
     * @throws DockerFailureException with {@link DockerFailure.ImageMissing} when it is not there
     */
    public ImageInfo image(String reference) throws InterruptedException {
        return unfinished(reference);
    }

    /**
     * Builds an image; interrupting this thread, and the deadline, end the build on the daemon too.
     *
     * @param log gets each line of the build's log, from this thread or another, one at a time
     * @throws DockerFailureException with {@link DockerFailure.BuildFailed} when a step of the build fails
     */
    public void buildImage(ImageBuild request, Consumer<String> log) throws InterruptedException {
        unfinished(request.tag());
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
        return unfinished(request.image());
    }

    /**
     * Removes every container, with its anonymous volumes, that carries this owner's labels, running or not. Give the run, or be
     * sure that no other live process uses the same owner id. Interruption does not stop it.
     *
     * @return the names of the containers removed
     */
    public List<String> removeLeftovers(Owner owner) {
        return unfinished(owner.id());
    }

    /** Closes the connections; calls under way fail. */
    @Override
    public void close() {}

    // Until the implementation that follows.
    @SuppressWarnings("TypeParameterUnusedInFormals")
    private static <T> T unfinished(String what) {
        throw new UnsupportedOperationException(what);
    }
}
