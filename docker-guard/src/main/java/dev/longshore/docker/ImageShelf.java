package dev.longshore.docker;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which images are on the daemon: what was seen there is taken to be there still for a short time, and what is missing is fetched as
 * the pull policy has it. Of several who want the same image at once, one fetches it and the others wait. Safe for use by several
 * threads.
 */
final class ImageShelf {
    private static final Logger LOG = LoggerFactory.getLogger(ImageShelf.class);

    private static final Duration DAY = Duration.ofHours(24);
    private static final Duration SILENCE = Duration.ofMinutes(3);
    private static final int MOST_SEEN = 1000;

    private final DockerSettings settings;
    private final Clock clock;
    private final Duration silence;
    private final PullTimes times;
    private final Map<String, Seen> seen = new ConcurrentHashMap<>();
    private final Map<String, ReentrantLock> pulling = new ConcurrentHashMap<>();

    ImageShelf(DockerSettings settings) {
        this(settings, Clock.systemUTC(), SILENCE);
    }

    ImageShelf(DockerSettings settings, Clock clock, Duration silence) {
        this.settings = settings;
        this.clock = clock;
        this.silence = silence;
        this.times = new PullTimes(settings.containers().pullRecords());
    }

    private record Seen(ImageInfo image, Instant at) {}

    /** The image as it was seen of late, or as it is now. */
    ImageInfo find(DaemonConnection daemon, Subject subject, String reference) throws InterruptedException {
        Duration presence = settings.containers().imagePresence();
        @Nullable Seen known = seen.get(reference);
        if (known != null && known.at().plus(presence).isAfter(clock.instant())) {
            return known.image();
        }
        return look(daemon, subject, reference);
    }

    /** The image as it is now. */
    ImageInfo look(DaemonConnection daemon, Subject subject, String reference) throws InterruptedException {
        Duration presence = settings.containers().imagePresence();
        seen.remove(reference);
        ImageInfo image = new Images(daemon, subject).inspect(reference);
        if (!presence.isZero() && seen.size() < MOST_SEEN) {
            seen.put(reference, new Seen(image, clock.instant()));
        }
        return image;
    }

    /** It was built, or the daemon says that it is gone. */
    void forget(String reference) {
        seen.remove(reference);
    }

    /** The image, fetched where the policy asks for that. */
    ImageInfo find(
            DaemonConnection daemon,
            Subject subject,
            String reference,
            PullPolicy policy,
            Consumer<PullProgress> listener)
            throws InterruptedException {
        ImageReference.require(reference);
        if (policy == PullPolicy.NEVER) {
            return find(daemon, subject, reference);
        }
        ReentrantLock turn = pulling.computeIfAbsent(reference, unused -> new ReentrantLock());
        turn.lockInterruptibly();
        try {
            Optional<ImageInfo> here = present(daemon, subject, reference);
            if (here.isPresent() && !isDue(reference, policy)) {
                return here.get();
            }
            if (reference.startsWith("sha256:")) {
                // No registry can be asked for a bare id.
                return here.orElseThrow(() -> new DockerFailureException(new DockerFailure.ImageMissing(reference)));
            }
            return pulled(daemon, subject, reference, policy, here, listener);
        } finally {
            if (!turn.hasQueuedThreads()) {
                // Who comes between this and the unlocking pulls beside us, which the daemon puts up with.
                pulling.remove(reference, turn);
            }
            turn.unlock();
        }
    }

    private boolean isDue(String reference, PullPolicy policy) {
        return switch (policy) {
            case NEVER, MISSING -> false;
            case ALWAYS -> true;
            case DAILY ->
                times.last(reference)
                        .map(last -> last.plus(DAY).isBefore(clock.instant()))
                        .orElse(true);
        };
    }

    private Optional<ImageInfo> present(DaemonConnection daemon, Subject subject, String reference)
            throws InterruptedException {
        try {
            return Optional.of(find(daemon, subject, reference));
        } catch (DockerFailureException e) {
            if (e.failure() instanceof DockerFailure.ImageMissing) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private ImageInfo pulled(
            DaemonConnection daemon,
            Subject subject,
            String reference,
            PullPolicy policy,
            Optional<ImageInfo> here,
            Consumer<PullProgress> listener)
            throws InterruptedException {
        try {
            Optional<String> credentials = new RegistryCredentials(settings).header(reference);
            new ImagePull(daemon, subject, reference, credentials, silence, listener).run();
        } catch (DockerFailureException e) {
            if (policy == PullPolicy.DAILY && here.isPresent() && e.failure().retryable()) {
                LOG.warn("{}; the image that is here does", e.failure().message());
                return here.get();
            }
            throw e;
        }
        forget(reference);
        times.pulled(reference, clock.instant());
        try {
            return find(daemon, subject, reference);
        } catch (DockerFailureException e) {
            if (e.failure() instanceof DockerFailure.ImageMissing) {
                throw new DockerFailureException(
                        new DockerFailure.ImagePullFailed(
                                reference,
                                "the pull ended and the image is not there",
                                Optional.of(Duration.ofSeconds(1))),
                        e);
            }
            throw e;
        }
    }
}
