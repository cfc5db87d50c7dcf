package dev.longshore.worker.preflight;

import dev.longshore.container.ContainerUsers;
import dev.longshore.docker.ContainerExit;
import dev.longshore.docker.ContainerListener;
import dev.longshore.docker.ContainerRequest;
import dev.longshore.docker.ContainerUser;
import dev.longshore.docker.DockerFailure;
import dev.longshore.docker.DockerFailureException;
import dev.longshore.docker.GuardedDocker;
import dev.longshore.docker.HostPath;
import dev.longshore.docker.Limits;
import dev.longshore.docker.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;

/**
 * A container that shows whether the daemon mounts what this process means. A daemon on another host, or one that a
 * containerised worker reaches through a mounted socket, takes a path for one of its own: it then mounts an empty
 * directory without a word. It runs as the user that the step's container will run as, and so meets what that will meet.
 */
final class Canary {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final String SHELL = "/bin/sh";
    private static final String TOKEN = "canary";
    /** Exit code of a shell that was told of a file that is not there. */
    private static final int NOT_SEEN = 3;
    /** Exit code of a shell that may not look into the workspace. */
    private static final int CLOSED = 4;
    /** What shells, and the daemon for them, say of a program that is not there or cannot be executed. */
    private static final Set<Integer> NO_PROGRAM = Set.of(126, 127);

    private final GuardedDocker docker;
    private final String image;
    private final String run;

    Canary(GuardedDocker docker, String image, String run) {
        this.docker = docker;
        this.image = image;
        this.run = run;
    }

    /**
     * Whether a container sees the workspace, as far as the image's shell can tell.
     *
     * @param scratch gets a file with a random name that the container must find, beside the workspace's own files
     */
    Check sees(String name, Path workspace, Path scratch) throws IOException, InterruptedException {
        // As with a step's own files: readable by whatever user, below a directory that nobody else can enter.
        Path closed = Files.createTempDirectory(scratch, TOKEN);
        Path open = Files.createDirectory(closed.resolve("seen"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
        String token = TOKEN + "-" + UUID.randomUUID();
        Files.createFile(open.resolve(token));
        ContainerUser user = ContainerUsers.forWorkspace(workspace, closed);
        HostPath place = docker.onHost(workspace);
        // What is copied is there, and may be large: only whether copying works is to be seen.
        boolean copied = place instanceof HostPath.Copied;
        ContainerRequest.Builder request = ContainerRequest.builder(image, run, "preflight")
                .entrypoint(SHELL)
                .command(
                        "-c",
                        "test -e \"/canary/$TOKEN\" || exit " + NOT_SEEN
                                + "; test -n \"$COPIED\" && exit 0; test -r /workspace && test -x /workspace || exit "
                                + CLOSED
                                + "; test -z \"$FIRST\" || test -e \"/workspace/$FIRST\" || exit " + NOT_SEEN)
                .environment("TOKEN", token)
                .environment("FIRST", firstEntry(workspace))
                .environment("COPIED", copied ? "yes" : "")
                .mount(new Mount.ReadOnlyBind(open, "/canary"))
                .user(user)
                .limits(Limits.DEFAULT.withMemoryBytes(64L << 20))
                .deadline(DEADLINE);
        if (!copied) {
            request.mount(new Mount.ReadOnlyBind(workspace, "/workspace"));
        }
        try {
            return judge(name, place, user, docker.run(request.build(), ContainerListener.NONE));
        } catch (DockerFailureException e) {
            return saysThatThereIsNoShell(e.failure()) ? notVerifiable(name) : Check.problem(name, e.failure());
        }
    }

    private static Check judge(String name, HostPath place, ContainerUser user, ContainerExit exit) {
        Path workspace = place.path();
        int code = exit instanceof ContainerExit.Exited exited ? exited.code() : -1;
        if (code == 0) {
            return Check.ok(name, "a container sees the files of " + workspace + how(place));
        }
        if (NO_PROGRAM.contains(code)) {
            return notVerifiable(name);
        }
        if (code == NOT_SEEN) {
            return Check.problem(
                    name,
                    "a container does not see the files of " + workspace,
                    "the daemon must have this directory at the same path: run it on this host, or say --host-paths copy,"
                            + " which has the files copied");
        }
        if (code == CLOSED) {
            return Check.problem(
                    name,
                    "a container runs as the user " + user + ", who may not read " + workspace,
                    "let that user read it: chmod -R o+rX " + workspace + ", or run Longshore as the one who owns it");
        }
        return Check.problem(
                name, "the canary container ended with " + exit, "run longshore doctor again; see the daemon's log");
    }

    /** How it comes to see them, where that is not by their own path. */
    private static String how(HostPath place) {
        if (place instanceof HostPath.Translated translated) {
            return ", which the daemon knows as " + translated.onHost();
        }
        return place instanceof HostPath.Copied ? ", as copies in a volume" : "";
    }

    /** The daemon could create the container, mounts and all, but not start the shell in it. */
    private static boolean saysThatThereIsNoShell(DockerFailure failure) {
        return failure instanceof DockerFailure.DaemonError error
                && error.operation().equals("start")
                && error.detail().contains(SHELL);
    }

    private static Check notVerifiable(String name) {
        return Check.ok(name, "not verifiable: the image has no shell");
    }

    /**
     * Any file or directory of the workspace whose name an environment variable can carry; empty if there is none. A
     * symbolic link would not do: where it leads to need not be in the container.
     */
    private static String firstEntry(Path workspace) throws IOException {
        try (var entries = Files.newDirectoryStream(workspace)) {
            for (Path entry : entries) {
                String text = entry.getFileName().toString();
                boolean plain = Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)
                        || Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS);
                if (plain && text.chars().allMatch(c -> c > ' ' && c < 127)) {
                    return text;
                }
            }
        }
        return "";
    }
}
