package dev.longshore.docker;

import dev.longshore.docker.ConnectionListener.Subscription;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

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
    private final ImageShelf shelf;
    private final DaemonLink link;
    private final Optional<String> client;

    private GuardedDocker(
            DockerSettings settings, Recorder recorder, ImageShelf shelf, DaemonLink link, Optional<String> client) {
        this.settings = settings;
        this.recorder = recorder;
        this.shelf = shelf;
        this.link = link;
        this.client = client;
    }

    /**
     * Finds the daemon's address; connects to nothing and starts no thread.
     *
     * @throws DockerFailureException with {@link DockerFailure.EndpointUnusable} when the address or context given cannot be used
     */
    public static GuardedDocker open(DockerSettings settings) {
        Recorder recorder = new Recorder(settings);
        GuardedDocker guard = new GuardedDocker(
                settings, recorder, new ImageShelf(settings), new DaemonLink(settings, recorder), Optional.empty());
        settings.metrics().ifPresent(meters -> meters.watch(guard));
        return guard;
    }

    /**
     * This guard for one of several clients, such as the users of an API: whose calls fail is let through again at once the first time,
     * then after a wait that doubles up to a bound, and meanwhile gets {@link DockerFailure.InBackoff}. Others are not held up by
     * it. Shares the connection; closing either closes both.
     *
     * @param name of 1 to 100 characters
     */
    public GuardedDocker forClient(String name) {
        if (name.isBlank() || name.length() > 100) {
            throw new IllegalArgumentException("a client's name must have 1 to 100 characters: " + Text.quote(name));
        }
        return new GuardedDocker(settings, recorder, shelf, link, Optional.of(name));
    }

    /** What is known of the connection; asks the daemon nothing. */
    public ConnectionStatus status() {
        return link.status();
    }

    /** Tells of every change of the connection's state from now on; the daemon is looked after from now on, whether or not it is called. */
    public Subscription listen(ConnectionListener listener) {
        return link.listen(listener);
    }

    /**
     * Waits until the daemon answers, asking it at once if it has not been asked yet.
     *
     * @return whether it answers; false when the time is up
     */
    public boolean awaitConnected(Duration longest) throws InterruptedException {
        return link.awaitConnected(longest);
    }

    /** Where the daemon is and where that was found; the default socket when there is none anywhere. */
    public DockerEndpoint endpoint() {
        return link.endpoint();
    }

    /** Connects, negotiates the API version and asks who the daemon is. */
    public DaemonInfo connect() throws InterruptedException {
        return attempt("connect", () -> new DaemonQuestions(connection()).info());
    }

    /**
     * Asks the daemon for a sign of life, within the probe deadline.
     *
     * @return how long the answer took
     */
    public Duration ping() throws InterruptedException {
        long begin = System.nanoTime();
        attempt("ping", () -> connection().unversioned("ping", "/_ping", settings.probeTimeout()));
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    /**
     * Looks an image up on the daemon, as it is now.
     *
     * @throws DockerFailureException with {@link DockerFailure.ImageMissing} when it is not there
     */
    public ImageInfo image(String reference) throws InterruptedException {
        return asking(
                subject(),
                "image-inspect",
                Optional.of(reference),
                () -> shelf.look(connection(), subject(), reference));
    }

    /**
     * Makes sure that an image is on the daemon, as the policy has it. Interrupting this thread ends a pull on the daemon too; so does
     * what the listener throws, which is thrown here.
     *
     * @param listener told how far a pull is, from another thread, one call at a time
     * @throws DockerFailureException with {@link DockerFailure.ImageMissing} when it is not there and may not be pulled, with {@link
     *     DockerFailure.ImagePullFailed} when it cannot be
     */
    public ImageInfo image(String reference, PullPolicy policy, Consumer<PullProgress> listener)
            throws InterruptedException {
        return asking(subject(), "pull", Optional.of(reference), () -> {
            // Without a step: what may be fetched at all is what every step may run.
            if (policy != PullPolicy.NEVER) {
                ImageReference.require(reference);
                Admission.require(List.of(new ImageCheck(settings.policy().base(), reference).byName()));
            }
            return shelf.find(connection(), subject(), reference, policy, listener);
        });
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
        asking(subject(), "build", Optional.of(request.tag()), () -> {
            Admission.require(PolicyCheck.build(settings.policy(), request));
            shelf.forget(request.tag());
            new ImageBuilding(connection(), subject(), request, log).run();
            shelf.forget(request.tag());
            return true;
        });
    }

    /**
     * Runs a container to its end and removes it, whatever happens: also when it does not start, when the listener throws, and when
     * this thread is interrupted.
     *
     * @throws InterruptedException when this thread was interrupted; the container has been stopped and removed, or a suppressed
     *     {@link DockerFailureException} with {@link DockerFailure.ContainerLeft} names it
     * @throws DockerFailureException when the container could not be started
     */
    public ContainerExit run(ContainerRequest request, ContainerListener listener) throws InterruptedException {
        return run(request, listener, new Cancellation());
    }

    /**
     * The same, and ends with {@link ContainerExit.Cancelled} when another thread cancels it. What is asked of the daemon before the
     * container's start is carried through first; with a call's deadline that takes no longer than the call timeout, and as long as the
     * copying where files have to be copied.
     */
    public ContainerExit run(ContainerRequest request, ContainerListener listener, Cancellation cancellation)
            throws InterruptedException {
        return run(new ContainerRun.Order(request, Optional.empty(), listener, cancellation));
    }

    private ContainerExit run(ContainerRun.Order order) throws InterruptedException {
        return recorder.running(
                Subject.of(settings.owner(), order.request()),
                order.request(),
                () -> attempt("run", () -> new ContainerRun(connection(), hostPaths(), shelf, order).run()));
    }

    /**
     * What the policy says of a request and of all that the daemon has behind the names in it; nothing is made.
     *
     * @throws DockerFailureException when the daemon cannot be asked, also for an image that it does not have
     */
    public Explanation explain(ContainerRequest request) throws InterruptedException {
        return new Explanation(
                Admission.explain(connection(), shelf, PolicyCheck.withDefaults(settings.policy(), request)));
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
     * The same, for a container that may outlive this process: another process of this owner that asks for the same run, step and
     * request takes it over once this one's lease is over, as it runs or as it ended. So does this call, if there is one such. Its output
     * is heard from its beginning, as far as the daemon kept it; its deadline counts from when it was first started; where its
     * output directories are is in {@link RunSummary#mounts}. Where the daemon has none of this process's files, and so they are
     * copied, nobody can take it over. One that fits and cannot be taken over for a reason that passes (a call that got no answer, a full
     * quota) is left as it is, and this call fails with that reason: to be made again, before the grace of
     * {@link #reap} is over.
     *
     * @throws InterruptedException likewise; a container that was taken over is then stopped and removed too
     */
    public ContainerExit run(ContainerRequest request, Takeover takeover, ContainerListener listener)
            throws InterruptedException {
        return run(request, takeover, listener, new Cancellation());
    }

    /** The same, for another thread to cancel; a container that was taken over is then stopped and removed too. */
    public ContainerExit run(
            ContainerRequest request, Takeover takeover, ContainerListener listener, Cancellation cancellation)
            throws InterruptedException {
        return run(new ContainerRun.Order(request, Optional.of(takeover), listener, cancellation));
    }

    /**
     * Hears what the daemon has kept of a container's output, from its beginning: of one that may be taken over, for as long as it
     * exists; of every other nothing is kept.
     *
     * @param container the name of one of this owner's
     * @throws DockerFailureException with {@link DockerFailure.NotFound} when this owner has no such container
     */
    public void logs(String container, Duration deadline, ContainerListener listener) throws InterruptedException {
        asking(subject(), "logs", Optional.of(container), () -> {
            new ContainerLogs(connection(), subject()).read(container, deadline, listener);
            return true;
        });
    }

    /**
     * Copies what is in a directory of this machine into one of a container. The daemon takes it only below a volume: the root is
     * read-only, and what is in memory cannot be reached.
     *
     * @param files checked as a mount would be; nothing is followed that is a link in it
     * @throws DockerFailureException with {@link DockerFailure.NotFound} when this owner has no such container or directory
     */
    public void copyIn(String container, Mount.ReadOnlyBind files, Duration deadline) throws InterruptedException {
        asking(subject(), "copy-in", Optional.of(container), () -> {
            files(container).copyIn(container, checked(files, Mount.ReadOnlyBind.class), deadline);
            return true;
        });
    }

    /**
     * Copies what is in a directory of a container into one of this machine, within bounds that count what comes and not what is
     * claimed. Only files and directories are made: no name leads out of the directory, and no link is written.
     *
     * @param output its target is what is copied; checked as a mount would be
     * @throws DockerFailureException with {@link DockerFailure.NotFound} when this owner has no such container or directory, with
     *     {@link DockerFailure.PolicyDenied} when a bound is passed
     */
    public void copyOut(String container, Mount.OutputDirectory output, Duration deadline) throws InterruptedException {
        asking(subject(), "copy-out", Optional.of(container), () -> {
            files(container).copyOut(container, checked(output, Mount.OutputDirectory.class), deadline);
            return true;
        });
    }

    /** Of one of this owner's containers. */
    private ContainerFiles files(String container) throws InterruptedException {
        DaemonConnection daemon = connection();
        new Containers(daemon, subject()).own("copy", container, settings.owner());
        return new ContainerFiles(daemon, subject());
    }

    private <M extends Mount.OfHost> M checked(M mount, Class<M> kind) throws InterruptedException {
        DaemonConnection daemon = connection();
        BindRules.Checked checked = new BindRules(
                        settings, daemon.endpoint(), "", DaemonFacts.of(daemon).root())
                .check(mount);
        Admission.require(List.of(checked.decision()));
        return kind.cast(checked.mount());
    }

    /** Everything this owner has on the daemon, whichever of its processes made it. */
    public List<DockerObject> objects() throws InterruptedException {
        return new Inventory(connection(), settings.owner()).all();
    }

    /**
     * Removes what processes of this owner left behind: containers, volumes and networks. What is under a lease that is held stays; what
     * is under one that is over goes after the grace; what is under one that cannot be judged from here goes when the longest that its
     * run may take is past, and the grace with it.
     *
     * @param grace how long what can be taken over is left for that
     * @param dryRun whether to touch nothing, and only to say what would be done
     */
    public ReapReport reap(Duration grace, boolean dryRun) throws InterruptedException {
        return new Reaper(connection(), settings.owner(), grace).sweep(dryRun);
    }

    /**
     * Removes what this owner has on the daemon, or what it has of one run, that is no live other process's: what this process made
     * itself goes too, running or not, and there is no grace. Interruption does not stop it.
     *
     * @param owner this guard's own, with or without a run
     * @return the names of the containers, volumes and networks removed
     * @throws DockerFailureException with {@link DockerFailure.ContainerLeft} or what else it was for the first that could not be
     *     removed, after all have been tried; the others are suppressed
     */
    public List<String> removeLeftovers(Owner owner) {
        if (!owner.id().equals(settings.owner().id())) {
            throw new IllegalArgumentException("this guard is " + settings.owner() + "'s, not " + owner + "'s");
        }
        ReapReport report = sweepOwnToo(owner);
        List<DockerFailure> failures = report.failures();
        if (!failures.isEmpty()) {
            DockerFailureException first = new DockerFailureException(failures.get(0));
            failures.stream().skip(1).map(DockerFailureException::new).forEach(first::addSuppressed);
            throw first;
        }
        return report.removed().stream().map(DockerObject::name).toList();
    }

    private ReapReport sweepOwnToo(Owner owner) {
        boolean interrupted = Thread.interrupted();
        try {
            return new Reaper(connection(), owner, Duration.ZERO).sweepOwnToo();
        } catch (InterruptedException e) {
            interrupted = true;
            throw new DockerFailureException(new DockerFailure.Timeout("list", settings.callTimeout()), e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Subject subject() {
        return Subject.of(settings.owner());
    }

    private DaemonConnection connection() {
        return link.connection();
    }

    private HostPaths hostPaths() {
        return link.hostPaths();
    }

    private <T> T asking(Subject subject, String operation, Optional<String> target, Recorder.Work<T> work)
            throws InterruptedException {
        return recorder.asking(subject, operation, target, () -> attempt(operation, work));
    }

    /** For a client, unless it still has to wait. */
    private <T> T attempt(String operation, Recorder.Work<T> work) throws InterruptedException {
        return client.isEmpty() ? work.run() : link.attempt(client.get(), operation, work);
    }

    /** Closes the connections; calls under way fail, and containers they ran are left for {@link #removeLeftovers}. */
    @Override
    public void close() {
        link.close();
    }
}
