package dev.longshore.docker;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.dockerjava.transport.DockerHttpClient.Request;
import dev.longshore.docker.DaemonStreams.Stream;
import dev.longshore.docker.DockerFailure.ContainerLeft;
import dev.longshore.docker.DockerFailure.PolicyDenied;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries files to a daemon that does not have them, and a container's output back: a volume for each mount, filled from an
 * archive before the container is made, and read as an archive once it has ended.
 *
 * <p>A volume that a container may only read cannot be filled through that container. So another one holds the volumes while they
 * are filled; it is made of the same image and never started.
 */
final class VolumeCourier implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(VolumeCourier.class);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final String SHELF = "/longshore";

    /** How the name of the container ends that holds the volumes while they are filled. */
    static final String HOLDER = "-courier";

    private final DaemonConnection daemon;
    private final Subject subject;
    private final Volumes volumes;
    private final List<Parcel> parcels = new ArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private @Nullable Thread watch;

    /**
     * One mount on its way.
     *
     * @param shelf what it is called where the container that holds the volumes has them
     */
    private record Parcel(Mount.OfHost mount, String volume, String shelf) {}

    /**
     * Prepares nothing yet.
     *
     * @param name of the container that the files are for; the volumes' names begin with it
     * @throws DockerFailureException with {@link PolicyDenied} for a single file: a volume is always a directory
     */
    VolumeCourier(DaemonConnection daemon, Subject subject, String name, List<Mount.OfHost> mounts) {
        this.daemon = daemon;
        this.subject = subject;
        this.volumes = new Volumes(daemon, subject);
        for (Mount.OfHost mount : mounts) {
            if (!Files.isDirectory(mount.host())) {
                throw new DockerFailureException(new PolicyDenied(
                        "bind-apart",
                        Text.quote(mount.host().toString())
                                + " is a single file, which the daemon does not have: mount its directory"));
            }
            int number = parcels.size();
            parcels.add(new Parcel(mount, name + "-" + number, Integer.toString(number)));
        }
    }

    /**
     * Makes the volumes and fills them, within the request's deadline.
     *
     * @param labels of the container that the files are for, and so of all that is made for it
     */
    void send(ContainerRequest request, ImageInfo image, Owner owner, ObjectNode labels) throws InterruptedException {
        if (parcels.isEmpty()) {
            return;
        }
        ObjectNode body = Hardening.create(
                request,
                owner,
                image,
                List.of(),
                Optional.empty(),
                daemon.settings().policy().profile(request.step()).environment());
        body.set("Labels", labels.deepCopy());
        // Above the volumes it is unpacked into. Nothing runs here.
        body.withObject("/HostConfig").put("ReadonlyRootfs", false);
        for (Parcel parcel : parcels) {
            volumes.create(parcel.volume(), labels.deepCopy());
            volume(body.withArray("/HostConfig/Mounts"), parcel.volume(), SHELF + "/" + parcel.shelf(), false);
        }
        Containers containers = new Containers(daemon, subject);
        String holder = parcels.get(0).volume() + HOLDER;
        boolean mayAppear = true;
        try (DaemonStreams streams = daemon.openStreams()) {
            containers.create(holder, body);
            mayAppear = false;
            for (Parcel parcel : parcels) {
                fill(parcel, holder, streams, request.deadline());
            }
        } finally {
            Optional<ContainerLeft> left = containers.remove(holder, owner, mayAppear);
            left.ifPresent(remains -> LOG.warn("{}; {}", remains.message(), remains.fix()));
        }
    }

    private void fill(Parcel parcel, String holder, DaemonStreams streams, Duration deadline)
            throws InterruptedException {
        Path source = parcel.mount().host();
        // Docker gives the volume's own directory owner and mode from an archive that is unpacked above it only; Podman
        // reaches a volume only by its own path.
        boolean above = !PodmanWords.speaksTo(daemon);
        String place = above ? SHELF : SHELF + "/" + parcel.shelf();
        try (TarPipe archive = TreeTar.stream(source, above ? parcel.shelf() : ".")) {
            Request.Builder request = Request.builder()
                    .putHeader("Content-Type", "application/x-tar")
                    .body(archive);
            Call call = Call.put("copy to a volume", archivePath(holder, place), deadline)
                    .on(holder)
                    .by(subject);
            Stream<Boolean> stream = streams.open(call, request, VolumeCourier::readNothing);
            try {
                stream.awaitResult(call.operation(), deadline);
            } catch (DockerFailureException e) {
                throw archive.failure() == null
                        ? e
                        : new DockerFailureException(
                                new DockerFailure.Unknown(
                                        call.operation(),
                                        Text.quote(source.toString()) + " cannot be copied: " + archive.failure()),
                                e);
            }
        } catch (IOException e) {
            LOG.debug("closing the archive of {}", source, e);
        }
    }

    private static boolean readNothing(InputStream body) throws IOException {
        body.readAllBytes();
        return true;
    }

    private static String archivePath(String container, String path) {
        return "/containers/" + container + "/archive?path=" + DaemonStreams.encode(path);
    }

    /** Has the container's create call name the volumes where it named paths that the daemon does not have. */
    void address(ObjectNode body) {
        ArrayNode mounts = body.withArray("/HostConfig/Mounts");
        for (Parcel parcel : parcels) {
            String target = parcel.mount().target();
            for (int i = 0; i < mounts.size(); i++) {
                if (mounts.get(i).path("Target").asText().equals(target)) {
                    mounts.remove(i);
                    break;
                }
            }
            volume(mounts, parcel.volume(), target, parcel.mount() instanceof Mount.ReadOnlyBind);
        }
    }

    private static void volume(ArrayNode mounts, String name, String target, boolean readOnly) {
        ObjectNode mount = mounts.addObject();
        mount.put("Type", "volume").put("Source", name).put("Target", target).put("ReadOnly", readOnly);
        // What the image has at that place would otherwise be copied in.
        mount.putObject("VolumeOptions").put("NoCopy", true);
    }

    /**
     * Measures the outputs while the container runs. Nothing of them is on this side, so the daemon's archive of them is read and
     * counted, for a fifth of the time at most.
     */
    void watch(String container, Consumer<Ending> endings) {
        if (outputs().isEmpty()) {
            return;
        }
        Thread thread = Daemons.thread("docker-courier", () -> measure(container, endings));
        watch = thread;
        thread.start();
    }

    private void measure(String container, Consumer<Ending> endings) {
        try {
            long pause = LOOK.toNanos();
            while (!closed.await(pause, TimeUnit.NANOSECONDS)) {
                long begin = System.nanoTime();
                for (Mount.OutputDirectory output : outputs()) {
                    try {
                        read(
                                        container,
                                        output,
                                        OutputTar::problem,
                                        daemon.settings().callTimeout())
                                .ifPresent(problem -> endings.accept(new Ending.TooMuchOutput(output.host(), problem)));
                    } catch (DockerFailureException e) {
                        // A file that grows while it is read breaks the archive off: the next look may be luckier.
                        LOG.debug("{} of {} could not be measured", output.target(), container, e);
                    }
                }
                pause = Math.max(LOOK.toNanos(), 4 * (System.nanoTime() - begin));
            }
        } catch (InterruptedException e) {
            // Closed while it measured.
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Brings the outputs back from a container that has ended, into the directories that the request names.
     *
     * @return the first output that is past its bounds
     */
    Optional<Ending.TooMuchOutput> fetch(String container, Duration deadline) throws InterruptedException {
        close();
        for (Mount.OutputDirectory output : outputs()) {
            Optional<String> problem = read(container, output, OutputTar::extract, deadline);
            if (problem.isPresent()) {
                return Optional.of(new Ending.TooMuchOutput(output.host(), problem.get()));
            }
        }
        return Optional.empty();
    }

    private interface Measure {
        Optional<String> of(InputStream archive, Mount.OutputDirectory output) throws IOException;
    }

    private Optional<String> read(String container, Mount.OutputDirectory output, Measure measure, Duration deadline)
            throws InterruptedException {
        Call call = Call.get("copy from a volume", archivePath(container, output.target()), deadline)
                .on(container)
                .by(subject);
        try (DaemonStreams streams = daemon.openStreams()) {
            return streams.open(call, Request.builder(), body -> measure.of(body, output))
                    .awaitResult(call.operation(), deadline);
        }
    }

    private List<Mount.OutputDirectory> outputs() {
        return parcels.stream()
                .map(Parcel::mount)
                .filter(Mount.OutputDirectory.class::isInstance)
                .map(Mount.OutputDirectory.class::cast)
                .toList();
    }

    /** Removes the volumes; what cannot be removed now is found by its labels later. */
    void remove() {
        for (Parcel parcel : parcels) {
            volumes.remove(parcel.volume())
                    .ifPresent(failure -> LOG.warn("volume {} is left: {}", parcel.volume(), failure.message()));
        }
    }

    /** Ends the measuring. */
    @Override
    public void close() {
        closed.countDown();
        Thread thread = watch;
        if (thread != null) {
            thread.interrupt();
        }
    }
}
