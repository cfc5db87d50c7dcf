package dev.longshore.blarify;

import dev.longshore.docker.DockerFailure;
import dev.longshore.docker.DockerFailureException;
import dev.longshore.docker.GuardedDocker;
import dev.longshore.docker.ImageBuild;
import dev.longshore.docker.ImageInfo;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The image that the blarify step runs. Its tag is made of what it is built from: a program whose image files changed asks
 * for another image, and an image that is there need not be built again. Immutable.
 */
public final class AnalyserImage {
    private static final String NAME = "longshore/blarify";
    private static final int TAG_DIGITS = 12;
    /** The SHA-256 of the files that an image was built from. */
    static final String CONTEXT_LABEL = "dev.longshore.image.context";
    /** The base that an image was built on, as it was named. */
    static final String BASE_LABEL = "dev.longshore.image.base";

    private final ImageContext context;
    private final String digest;

    private AnalyserImage(ImageContext context) {
        this.context = context;
        this.digest = context.digest();
    }

    /** The image as this version of the program builds it. */
    public static AnalyserImage ofThisVersion() {
        return new AnalyserImage(ImageContext.load());
    }

    /**
     * How to build it.
     *
     * @param base the image to build on; empty for the one that the Dockerfile names
     * @param wheels a directory with the wheels of all Python packages, for a build without network; empty to have the
     *     build fetch them
     * @param force whether to build it even if it is there
     * @param deadline how long the build may take
     */
    public record Options(Optional<String> base, Optional<Path> wheels, boolean force, Duration deadline) {
        public static final Options STANDARD =
                new Options(Optional.empty(), Optional.empty(), false, Duration.ofMinutes(30));
    }

    /** What {@link #build} did. */
    public enum Outcome {
        BUILT,
        /** It was there, built from the same files on the same base. */
        WAS_THERE
    }

    /** The image's name on a daemon, for example {@code longshore/blarify:0f3a…}. */
    public String reference() {
        return NAME + ":" + digest.substring(0, TAG_DIGITS);
    }

    /** The base image where the operator names none. */
    public String standardBase() {
        return context.standardBase();
    }

    /**
     * The image on this daemon, if it is there.
     *
     * @throws DockerFailureException the daemon could not be asked
     */
    public Optional<ImageInfo> find(GuardedDocker docker) throws InterruptedException {
        try {
            return Optional.of(docker.image(reference()));
        } catch (DockerFailureException e) {
            if (e.failure() instanceof DockerFailure.ImageMissing) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Builds the image, unless it is there.
     *
     * @param log takes each line of the build's log
     * @throws DockerFailureException the build failed, or the daemon could not be asked
     * @throws IOException the directory of wheels cannot be read, or has none
     */
    public Outcome build(GuardedDocker docker, Options options, Consumer<String> log)
            throws IOException, InterruptedException {
        String base = options.base().orElseGet(this::standardBase);
        if (!options.force()
                && find(docker).filter(found -> isOurs(found, base, options)).isPresent()) {
            return Outcome.WAS_THERE;
        }
        docker.buildImage(request(base, options), log);
        return Outcome.BUILT;
    }

    /** Whoever names no base takes the image that is there on whichever base; a tag alone anybody can set. */
    private boolean isOurs(ImageInfo found, String base, Options options) {
        return digest.equals(found.labels().get(CONTEXT_LABEL))
                && (options.base().isEmpty() || base.equals(found.labels().get(BASE_LABEL)));
    }

    private ImageBuild request(String base, Options options) throws IOException {
        ImageBuild.Builder build = ImageBuild.builder(reference())
                .argument("BASE_IMAGE", base)
                .label(CONTEXT_LABEL, digest)
                .label(BASE_LABEL, base)
                .network(options.wheels().isEmpty())
                .deadline(options.deadline());
        context.files().forEach(build::file);
        if (options.wheels().isPresent()) {
            wheels(options.wheels().get()).forEach(build::file);
        }
        return build.build();
    }

    private static SortedMap<String, Path> wheels(Path directory) throws IOException {
        TreeMap<String, Path> wheels = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.whl")) {
            files.forEach(file -> wheels.put("wheels/" + file.getFileName(), file));
        }
        if (wheels.isEmpty()) {
            throw new NoSuchFileException(directory.toString(), null, "no wheels (*.whl) in it");
        }
        return wheels;
    }
}
