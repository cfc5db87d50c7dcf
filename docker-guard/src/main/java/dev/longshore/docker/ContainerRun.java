package dev.longshore.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.dockerjava.transport.DockerHttpClient.Request;
import dev.longshore.docker.DaemonStreams.ListenerException;
import dev.longshore.docker.DockerFailure.ContainerLeft;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One container's life: create → attach → start → wait → inspect → remove. Whatever happens in between, it is removed: what may
 * exist is noted before each call that could bring it about, and the removal pays no heed to interrupts. One that is taken over
 * from a process that died comes in after the start: its output is read from the daemon's log, from its beginning. If it cannot be
 * heard yet, for a reason that passes, it is given back as it is, and this run fails: nothing is started beside it.
 *
 * <p>The wait call is made after the start: since the daemon is told not to remove the container by itself, one that has ended
 * already is still there to be asked.
 */
final class ContainerRun {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerRun.class);
    private static final Duration DRAIN_LOOK = Duration.ofMillis(250);
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    /** How much longer than its deadline a container may be of use: until it is stopped, read out and removed. */
    private static final Duration AFTERMATH = Duration.ofMinutes(5);

    private final DaemonConnection daemon;
    private final HostPaths hostPaths;
    private final ImageShelf images;
    private final Containers containers;
    private final Predecessors predecessors;
    private final ContainerRequest request;
    private final ContainerListener listener;
    private final Optional<Takeover> takeover;
    private final Cancellation cancellation;
    private final Subject subject;
    private final Owner owner;
    private final AttachedOutput output;
    private final CompletableFuture<Ending> ending = new CompletableFuture<>();

    private String name;
    private List<Mount> mounts = List.of();
    private boolean takenOver;
    /** Whether this run has started it, or hears it: until then there is nothing to tell, and one that was taken over can be given back. */
    private boolean begun;

    private boolean endedBefore;
    private boolean created;
    private boolean createUnanswered;
    private boolean mayRun;
    private boolean graceless;
    private long startedAt;
    private Duration duration = Duration.ZERO;
    private DaemonStreams.@Nullable Stream<Boolean> attached;
    private @Nullable ContainerWatch watch;
    private @Nullable VolumeCourier courier;
    private Optional<Throwable> listenerFailure = Optional.empty();

    /** What is to be run, and how whoever asks for it takes part. */
    record Order(
            ContainerRequest request,
            Optional<Takeover> takeover,
            ContainerListener listener,
            Cancellation cancellation) {}

    ContainerRun(DaemonConnection daemon, HostPaths hostPaths, ImageShelf images, Order order) {
        ContainerRequest asked = order.request();
        this.daemon = daemon;
        this.hostPaths = hostPaths;
        this.images = images;
        this.subject = Subject.of(daemon.settings().owner(), asked);
        this.containers = new Containers(daemon, subject);
        this.request = PolicyCheck.withDefaults(daemon.settings().policy(), asked);
        this.listener = order.listener();
        this.takeover = order.takeover();
        this.cancellation = order.cancellation();
        this.name = ContainerName.of(request.run(), request.step());
        this.owner = subject.owner();
        this.output = new AttachedOutput(listener);
        this.predecessors = new Predecessors(daemon, containers, request, owner);
    }

    /** How it ended, once only the container's end is left to be told. */
    private interface Outcome {
        ContainerExit exit(RunSummary summary);
    }

    ContainerExit run() throws InterruptedException {
        if (cancellation.isCancelled()) {
            return cancelled();
        }
        // What is not allowed has no effect: nothing is looked for, and nothing of an earlier attempt touched.
        Admission asked = Admission.check(daemon, images, request);
        Optional<String> fingerprint = takeover.map(terms -> terms.fingerprint(request, asked.image()));
        // Connections first: once a container was taken over, whatever fails has to remove it.
        try (DaemonStreams streams = daemon.openStreams();
                Cancellation.Stay stay = cancellation.enter(() -> ending.complete(new Ending.Cancelled()))) {
            if (cancellation.isCancelled()) {
                return cancelled();
            }
            Optional<Predecessors.Taken> taken = predecessors.settle(fingerprint);
            // One that was taken over is to end as any other does.
            if (taken.isEmpty() && cancellation.isCancelled()) {
                return cancelled();
            }
            if (taken.isPresent()) {
                created = true;
                mayRun = true;
                takenOver = true;
                endedBefore = taken.get().ended();
                name = taken.get().name();
            }
            return run(asked, fingerprint, taken, streams);
        } finally {
            // Also one that could not be removed: from now on it is the reaper's.
            LiveContainers.remove(name);
        }
    }

    /** Of one that was not made yet. */
    private ContainerExit cancelled() {
        return new ContainerExit.Cancelled(summary(Optional.empty()));
    }

    private ContainerExit run(
            Admission asked, Optional<String> fingerprint, Optional<Predecessors.Taken> taken, DaemonStreams streams)
            throws InterruptedException {
        try (Admission admission = admit(asked, taken);
                ContainerWatch outside = new ContainerWatch(
                        containers, name, admission.mounts(), stats(), this::tell, ending::complete)) {
            watch = outside;
            mounts = admission.mounts();
            Outcome outcome;
            try {
                Optional<Ending> early = Optional.empty();
                if (taken.isPresent()) {
                    follow(taken.get(), streams);
                } else {
                    early = bringUp(admission, fingerprint, streams);
                }
                if (early.isPresent()) {
                    outcome = outcome(early.get());
                } else {
                    outside.start();
                    if (courier != null) {
                        courier.watch(name, ending::complete);
                    }
                    outcome = outcome(awaitEnding(streams));
                }
            } catch (Throwable thrown) {
                if (taken.isEmpty() || begun || !givenBack(taken.get(), thrown)) {
                    dispose(streams).ifPresent(left -> thrown.addSuppressed(new DockerFailureException(left)));
                }
                throw thrown;
            }
            duration = taken.filter(Predecessors.Taken::ended)
                    .map(Predecessors.Taken::age)
                    .orElseGet(() -> begun ? Duration.ofNanos(System.nanoTime() - startedAt) : Duration.ZERO);
            Optional<ContainerLeft> left = dispose(streams);
            rethrow(listenerFailure);
            return outcome.exit(summary(left));
        }
    }

    /**
     * What was taken over has to be allowed as what is new: where its files are now, and with its share of the quotas, unless it
     * has ended and needs none.
     */
    private Admission admit(Admission asked, Optional<Predecessors.Taken> taken) throws InterruptedException {
        try {
            Admission admission = taken.isEmpty()
                    ? asked
                    : Admission.check(
                            daemon, images, request.withMounts(taken.get().mounts()));
            if (!endedBefore) {
                admission.grant(name);
            }
            return admission;
        } catch (Throwable refused) {
            if (taken.isPresent() && !givenBack(taken.get(), refused)) {
                containers
                        .remove(name, owner, false)
                        .ifPresent(left -> refused.addSuppressed(new DockerFailureException(left)));
            }
            throw refused;
        }
    }

    /** Where what is in the way passes, the container is not to lose what it has done: not before the reaper's grace is over. */
    private boolean givenBack(Predecessors.Taken taken, Throwable refused) {
        boolean passes =
                refused instanceof DockerFailureException e && e.failure().retryable();
        if (passes) {
            predecessors.giveBack(taken, ((DockerFailureException) refused).failure());
        }
        return passes;
    }

    /** Has it run; what it ended with, if it came to an end before anybody could wait for one. */
    private Optional<Ending> bringUp(Admission admission, Optional<String> fingerprint, DaemonStreams streams)
            throws InterruptedException {
        Duration timeout = daemon.settings().callTimeout();
        Placements places = admission.place(hostPaths);
        ObjectNode body = admission.body();
        // What is copied comes back through this process alone: nobody else could go on with it.
        label(body, places.copied().isEmpty() ? fingerprint : Optional.empty());
        places.translate(body);
        if (!places.copied().isEmpty()) {
            LiveContainers.add(name);
            courier = new VolumeCourier(daemon, subject, name, places.copied());
            courier.send(request, admission.image(), owner, body.withObject("/Labels"));
            courier.address(body);
        }
        if (cancellation.isCancelled()) {
            return Optional.of(new Ending.Cancelled());
        }
        create(body);
        attached = streams.open(
                post("attach", "/attach?stream=true&stdout=true&stderr=true"), Request.builder(), this::readOutput);
        attached.awaitHeaders("attach", timeout);
        if (cancellation.isCancelled()) {
            return Optional.of(new Ending.Cancelled());
        }
        mayRun = true;
        begun = true;
        startedAt = System.nanoTime();
        admission.beforeStart();
        containers.start(name);
        Optional<Ending> unseen = seen(admission);
        if (unseen.isPresent()) {
            return unseen;
        }
        startedAt = System.nanoTime();
        output.between(() -> listener.started(name), request.deadline());
        output.touch();
        return Optional.empty();
    }

    /**
     * Looks at what it was started with. It has begun: where it cannot be looked at just now, that is the end of an attempt, and not one
     * that could not be made.
     */
    private Optional<Ending> seen(Admission admission) throws InterruptedException {
        try {
            admission.afterStart(name);
            return Optional.empty();
        } catch (DockerFailureException e) {
            if (e.failure() instanceof DockerFailure.NotNow) {
                LOG.debug("{} was started and cannot be looked at", name, e);
                return Optional.of(new Ending.Lost(e.failure()));
            }
            throw e;
        }
    }

    /** Goes on with a container that was started already. */
    private void follow(Predecessors.Taken taken, DaemonStreams streams) throws InterruptedException {
        // The daemon keeps its own time of the start: what has passed since is part of the deadline.
        // One that ended in time is not late for being heard late.
        startedAt = System.nanoTime() - (taken.ended() ? 0 : taken.age().toNanos());
        Call logs = Call.get(
                        "logs", "/containers/" + name + "/logs?follow=true&stdout=true&stderr=true", request.deadline())
                .on(name)
                .by(subject);
        attached = streams.open(logs, Request.builder(), this::readOutput);
        attached.awaitHeaders("logs", daemon.settings().callTimeout());
        begun = true;
        output.between(() -> listener.started(name), request.deadline());
        output.touch();
    }

    /** An image's own labels are inherited: each that means something to us is set, if only to nothing. */
    private void label(ObjectNode body, Optional<String> fingerprint) {
        ObjectNode labels = body.withObject("/Labels");
        labels.put(Owner.LEASE_LABEL, daemon.settings().leases().own());
        Duration life = request.deadline().plus(AFTERMATH);
        labels.put(Owner.LIFE_LABEL, Long.toString(life.toSeconds()));
        labels.put(Owner.REQUEST_LABEL, fingerprint.orElse(""));
        labels.put(Predecessors.MOUNTS_LABEL, fingerprint.isEmpty() ? "" : Predecessors.places(mounts));
        if (fingerprint.isPresent()) {
            ObjectNode log = body.withObject("/HostConfig").putObject("LogConfig");
            log.put("Type", Takeover.LOG_DRIVER);
            log.putObject("Config").put("max-size", Takeover.LOG_SIZE).put("max-file", "" + Takeover.LOG_FILES);
        }
    }

    private Call post(String operation, String path) {
        return Call.post(operation, "/containers/" + name + path, null, request.deadline())
                .on(name)
                .by(subject);
    }

    private void create(ObjectNode body) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        created = true;
        createUnanswered = true;
        LiveContainers.add(name);
        try {
            containers.create(name, body);
            createUnanswered = false;
        } catch (DockerFailureException e) {
            DockerFailure failure = e.failure();
            if (failure instanceof DockerFailure.ImageMissing) {
                images.forget(request.image());
            }
            createUnanswered = failure instanceof DockerFailure.Timeout
                    || failure instanceof DockerFailure.ConnectionLost
                    || failure instanceof DockerFailure.Unknown;
            throw e;
        }
    }

    private StatsRecorder stats() {
        return new StatsRecorder(daemon.settings().containers().thresholds(), request.limits());
    }

    /** From the watch's thread, which must not wait for a listener. */
    private boolean tell(Consumer<ContainerListener> word) {
        try {
            return output.between(() -> word.accept(listener), Duration.ZERO);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (RuntimeException | Error e) {
            // A listener that throws ends the run, whatever it was told.
            ending.complete(new Ending.ListenerFailed(e));
            return true;
        }
    }

    private boolean readOutput(InputStream body) throws IOException {
        output.read(body);
        return true;
    }

    private Ending awaitEnding(DaemonStreams streams) throws InterruptedException {
        if (attached != null) {
            attached.whenEnded(thrown -> thrown.map(ContainerRun::streamFailure).ifPresent(ending::complete));
        }
        streams.open(post("wait", "/wait?condition=not-running"), Request.builder(), ContainerRun::readWait)
                .whenEnded(thrown ->
                        ending.complete(thrown.map(ContainerRun::streamFailure).orElse(new Ending.Ended())));
        while (true) {
            Optional<Ending> overdue = overdue();
            if (overdue.isPresent()) {
                return overdue.get();
            }
            try {
                return ending.get(Math.max(1, untilOverdue()), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                LOG.trace("{}: looking whether it is overdue", name);
            } catch (ExecutionException e) {
                throw new IllegalStateException("an ending is never exceptional", e);
            }
        }
    }

    private static Ending streamFailure(Throwable thrown) {
        if (thrown instanceof DockerFailureException e) {
            return new Ending.Lost(e.failure());
        }
        return new Ending.ListenerFailed(thrown instanceof ListenerException e ? cause(e) : thrown);
    }

    private static int readWait(InputStream body) throws IOException {
        JsonNode answer = DaemonConnection.JSON.readTree(body);
        if (!answer.path("StatusCode").isNumber()) {
            throw new EOFException("the wait ended without a status");
        }
        return answer.path("StatusCode").asInt();
    }

    private Optional<Ending> overdue() {
        if (System.nanoTime() - startedAt >= request.deadline().toNanos()) {
            return Optional.of(new Ending.PastDeadline());
        }
        boolean silent = request.inactivityTimeout()
                .map(timeout -> System.nanoTime() - output.lastActivity() >= timeout.toNanos())
                .orElse(false);
        return silent ? Optional.of(new Ending.Silent()) : Optional.empty();
    }

    private long untilOverdue() {
        long now = System.nanoTime();
        long deadline = request.deadline().toNanos() - (now - startedAt);
        return request.inactivityTimeout()
                .map(timeout -> Math.min(deadline, timeout.toNanos() - (now - output.lastActivity())))
                .orElse(deadline);
    }

    private Outcome outcome(Ending reason) throws InterruptedException {
        if (reason instanceof Ending.Ended) {
            return ended();
        }
        if (reason instanceof Ending.ListenerFailed failed) {
            throw rethrow(failed.thrown());
        }
        if (reason instanceof Ending.TooMuchOutput tooMuch) {
            // Every moment of grace is one more to fill the disk.
            graceless = true;
            return summary -> new ContainerExit.OutputLimitExceeded(tooMuch.directory(), tooMuch.detail(), summary);
        }
        if (reason instanceof Ending.Cancelled) {
            return ContainerExit.Cancelled::new;
        }
        if (reason instanceof Ending.PastDeadline) {
            return summary -> new ContainerExit.DeadlineExceeded(request.deadline(), summary);
        }
        if (reason instanceof Ending.Silent) {
            Duration timeout = request.inactivityTimeout().orElseThrow();
            return summary -> new ContainerExit.Inactive(timeout, summary);
        }
        DockerFailure failure = ((Ending.Lost) reason).failure();
        return summary -> new ContainerExit.DaemonLost(failure, summary);
    }

    private Outcome ended() throws InterruptedException {
        try {
            Optional<Ending> cutShort = drained();
            if (cutShort.isPresent()) {
                mayRun = false;
                return outcome(cutShort.get());
            }
            Containers.State state = containers.inspect(name);
            mayRun = state.running();
            Optional<Ending.TooMuchOutput> tooMuch =
                    courier == null ? Optional.empty() : courier.fetch(name, request.deadline());
            tooMuch = tooMuch.or(() -> watch == null ? Optional.empty() : watch.tooMuchOutput());
            if (tooMuch.isPresent()) {
                return outcome(tooMuch.get());
            }
            if (state.outOfMemory() && state.exitCode() != 0) {
                return summary -> new ContainerExit.OutOfMemory(request.limits().memoryBytes(), summary);
            }
            return summary -> new ContainerExit.Exited(state.exitCode(), summary);
        } catch (DockerFailureException e) {
            rethrow(listenerFailure());
            LOG.debug("{} ended and the daemon was lost", name, e);
            return summary -> new ContainerExit.DaemonLost(e.failure(), summary);
        }
    }

    /**
     * Waits for the rest of the output, as long as it keeps coming; a slow listener may take the run's deadline for it.
     *
     * @return what came before the end of the output; empty if nothing did
     */
    private Optional<Ending> drained() throws InterruptedException {
        if (attached == null) {
            return Optional.empty();
        }
        Duration timeout = daemon.settings().callTimeout();
        while (!attached.result().isDone()) {
            if (System.nanoTime() - startedAt >= request.deadline().toNanos()) {
                return Optional.of(new Ending.PastDeadline());
            }
            if (cancellation.isCancelled()) {
                return Optional.of(new Ending.Cancelled());
            }
            if (System.nanoTime() - output.lastActivity() >= timeout.toNanos()) {
                throw new DockerFailureException(new DockerFailure.Timeout("the end of the output", timeout));
            }
            try {
                attached.result().get(DRAIN_LOOK.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException | ExecutionException e) {
                LOG.trace("{}: output still coming, or failed", name);
            }
        }
        attached.awaitResult("the end of the output", timeout);
        return Optional.empty();
    }

    /** Ends it and removes it. */
    private Optional<ContainerLeft> dispose(DaemonStreams streams) {
        try {
            return created ? disposeOfContainer(streams) : Optional.empty();
        } finally {
            if (courier != null) {
                courier.close();
                courier.remove();
            }
        }
    }

    private Optional<ContainerLeft> disposeOfContainer(DaemonStreams streams) {
        if (mayRun && !graceless) {
            stop();
        }
        listenerFailure = listenerFailure();
        // A listener that never returns leaves the output unread, and the daemon does not remove a container it still
        // has output of.
        streams.close();
        Optional<ContainerLeft> left = containers.remove(name, owner, createUnanswered);
        left.ifPresent(remains -> LOG.warn("{}; {}", remains.message(), remains.fix()));
        return left;
    }

    private void stop() {
        boolean interrupted = Thread.interrupted();
        try {
            containers.stop(name, daemon.settings().stopGrace());
            if (attached != null) {
                Pause.untilDone(attached.result(), LAST_WORDS);
            }
        } catch (DockerFailureException e) {
            // The removal that follows kills it, and reports it if that fails too.
            LOG.debug("{} could not be stopped gracefully", name, e);
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Optional<Throwable> listenerFailure() {
        return attached != null && attached.failure().orElse(null) instanceof ListenerException e
                ? Optional.of(cause(e))
                : Optional.empty();
    }

    private static void rethrow(Optional<Throwable> thrown) {
        if (thrown.isPresent()) {
            throw rethrow(thrown.get());
        }
    }

    private static RuntimeException rethrow(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return thrown instanceof RuntimeException e ? e : new IllegalStateException(thrown);
    }

    private static Throwable cause(ListenerException e) {
        return e.getCause() == null ? e : e.getCause();
    }

    private RunSummary summary(Optional<ContainerLeft> left) {
        OptionalLong peak = watch == null ? OptionalLong.empty() : watch.peakMemory();
        StatsHistory history = watch == null ? StatsHistory.EMPTY : watch.history();
        return new RunSummary(name, duration, peak, output.stderrTail(), left, history, mounts, takenOver);
    }
}
