package dev.longshore.docker;

import com.github.dockerjava.transport.DockerHttpClient.Request;
import dev.longshore.docker.DaemonStreams.Stream;
import dev.longshore.docker.DockerFailure.PolicyDenied;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Copies directories into a container and out of it, as a tar that is never whole in memory or on disk. */
final class ContainerFiles {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerFiles.class);

    private final DaemonConnection daemon;
    private final Subject subject;

    ContainerFiles(DaemonConnection daemon, Subject subject) {
        this.daemon = daemon;
        this.subject = subject;
    }

    /** Copies what is in a directory of ours, as {@link BindRules} lets it be seen, into one of the container. */
    void copyIn(String container, Mount.ReadOnlyBind files, Duration deadline) throws InterruptedException {
        Path source = files.host();
        Call call = Call.put("copy into", path(container, files.target()), deadline)
                .on(container)
                .by(subject);
        try (DaemonStreams streams = daemon.openStreams();
                TarPipe archive = TreeTar.stream(source, ".")) {
            Request.Builder request = Request.builder()
                    .putHeader("Content-Type", "application/x-tar")
                    .body(archive);
            Stream<Boolean> stream = streams.open(call, request, ContainerFiles::readNothing);
            try {
                stream.awaitResult(call.operation(), deadline);
            } catch (DockerFailureException e) {
                Throwable cause = archive.failure();
                throw cause == null || notFound(e)
                        ? known(e, container)
                        : new DockerFailureException(
                                new DockerFailure.Unknown(
                                        call.operation(),
                                        Text.quote(source.toString()) + " cannot be copied: " + cause),
                                e);
            }
        } catch (IOException e) {
            LOG.debug("closing the archive of {}", source, e);
        }
    }

    /**
     * Copies what is in a directory of the container into one of ours, within its bounds.
     *
     * @param output its target is what is copied
     * @throws DockerFailureException with {@link PolicyDenied} when it is past the bounds or cannot be unpacked safely; not all of it
     *     was written then
     */
    void copyOut(String container, Mount.OutputDirectory output, Duration deadline) throws InterruptedException {
        Call call = Call.get("copy out of", path(container, output.target()), deadline)
                .on(container)
                .by(subject);
        Optional<String> problem;
        try (DaemonStreams streams = daemon.openStreams()) {
            problem = streams.open(call, Request.builder(), body -> OutputTar.extract(body, output))
                    .awaitResult(call.operation(), deadline);
        } catch (DockerFailureException e) {
            throw known(e, container);
        }
        if (problem.isPresent()) {
            throw new DockerFailureException(
                    new PolicyDenied("copy-bounds", Text.quote(output.target()) + ": " + problem.get()));
        }
    }

    private static boolean readNothing(InputStream body) throws IOException {
        body.readAllBytes();
        return true;
    }

    private static boolean notFound(DockerFailureException e) {
        return e.failure() instanceof DockerFailure.DaemonError error && error.status() == 404;
    }

    private static DockerFailureException known(DockerFailureException e, String container) {
        return notFound(e)
                ? new DockerFailureException(new DockerFailure.NotFound("copy", "that place in " + container), e)
                : e;
    }

    private static String path(String container, String path) {
        return "/containers/" + container + "/archive?path=" + DaemonStreams.encode(path);
    }
}
