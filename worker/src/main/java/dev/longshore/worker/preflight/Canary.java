package dev.longshore.worker.preflight;

import dev.longshore.docker.ContainerExit;
import dev.longshore.docker.ContainerListener;
import dev.longshore.docker.ContainerRequest;
import dev.longshore.docker.DockerFailureException;
import dev.longshore.docker.GuardedDocker;
import dev.longshore.docker.Limits;
import dev.longshore.docker.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;

/**
 * A container that shows whether the daemon mounts what this process means. A daemon on another host, or one that a
 * containerised worker reaches through a mounted socket, takes a path for one of its own: it then mounts an empty
 * directory without a word.
 */
final class Canary {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final String TOKEN = "canary";
    /** Exit code of a shell that was told of a file that is not there. */
    private static final int NOT_SEEN = 3;

    private final GuardedDocker docker;
    private final String image;
    private final String run;

    Canary(GuardedDocker docker, String image, String run) {
        this.docker = docker;
        this.image = image;
        this.run = run;
    }

    /** @param scratch gets a file with a random name that the container must find, beside the workspace's own files */
    Check sees(String name, Path workspace, Path scratch) throws IOException, InterruptedException {
        String token = TOKEN + "-" + UUID.randomUUID();
        Files.createFile(scratch.resolve(token));
        String first = firstEntry(workspace);
        ContainerRequest request = ContainerRequest.builder(image, run, "preflight")
                .entrypoint("/bin/sh")
                .command("-c", "test -e \"/canary/$TOKEN\" && test -e \"/workspace/$FIRST\" || exit " + NOT_SEEN)
                .environment("TOKEN", token)
                .environment("FIRST", first)
                .mount(new Mount.ReadOnlyBind(scratch, "/canary"))
                .mount(new Mount.ReadOnlyBind(workspace, "/workspace"))
                .limits(Limits.DEFAULT.withMemoryBytes(64L << 20))
                .deadline(DEADLINE)
                .build();
        try {
            return judge(name, workspace, docker.run(request, ContainerListener.NONE));
        } catch (DockerFailureException e) {
            return Check.problem(name, e.failure());
        }
    }

    private static Check judge(String name, Path workspace, ContainerExit exit) {
        if (exit instanceof ContainerExit.Exited exited && exited.code() == 0) {
            return Check.ok(name, "a container sees the files of " + workspace);
        }
        if (exit instanceof ContainerExit.Exited exited && exited.code() == NOT_SEEN) {
            return Check.problem(
                    name,
                    "a container does not see the files of " + workspace,
                    "the daemon must have this directory at the same path: run it on this host, or mount the directory"
                            + " into this container at the path that it has on the host");
        }
        return Check.problem(
                name, "the canary container ended with " + exit, "run longshore doctor again; see the daemon's log");
    }

    /** Any entry of the workspace whose name an environment variable can carry; {@code .} if there is none. */
    private static String firstEntry(Path workspace) throws IOException {
        try (var entries = Files.newDirectoryStream(workspace)) {
            for (Path entry : entries) {
                String text = entry.getFileName().toString();
                if (text.chars().allMatch(c -> c > ' ' && c < 127)) {
                    return text;
                }
            }
        }
        return ".";
    }
}
