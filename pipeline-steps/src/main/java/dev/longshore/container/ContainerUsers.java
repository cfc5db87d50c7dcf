package dev.longshore.container;

import dev.longshore.docker.ContainerUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Whom a step's container runs as. */
public final class ContainerUsers {
    /** What distroless images and others call nonroot; owns nothing on the host. */
    private static final int NONROOT = 65532;

    private ContainerUsers() {}

    /**
     * This process's own user, so that what the container may read and write is what this process may. Where that is root,
     * the owner of the workspace: it can read its own files. Where that is root as well, nobody.
     *
     * @param own a directory that this process made
     */
    public static ContainerUser forWorkspace(Path workspace, Path own) throws IOException {
        for (Path path : new Path[] {own, workspace}) {
            int uid = attribute(path, "unix:uid");
            int gid = attribute(path, "unix:gid");
            if (uid > 0) {
                return new ContainerUser(uid, gid > 0 ? gid : NONROOT);
            }
        }
        return new ContainerUser(NONROOT, NONROOT);
    }

    private static int attribute(Path path, String name) throws IOException {
        return (Integer) Files.getAttribute(path, name, LinkOption.NOFOLLOW_LINKS);
    }
}
