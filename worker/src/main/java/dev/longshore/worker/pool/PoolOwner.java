package dev.longshore.worker.pool;

import dev.longshore.docker.DirectoryLeases;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Whose the containers of a pool's workers are: the pool's, which its work directory stands for. All its workers share them, each
 * under a lease of its own, so that one can go on with or remove what a dead one left.
 */
public final class PoolOwner {
    private final PoolDirectory directory;

    private PoolOwner(PoolDirectory directory) {
        this.directory = directory;
    }

    /** The owner for a pool of this name in this work directory. */
    public static PoolOwner of(Path work, String pool) {
        return of(new PoolDirectory(work, pool));
    }

    static PoolOwner of(PoolDirectory directory) {
        return new PoolOwner(directory);
    }

    /** What its containers are labelled with; made with the directory. */
    public String id() throws IOException {
        return "longshore-pool-" + directory.identity();
    }

    /** A lease of this process; its directory must be on a file system with working locks. */
    public DirectoryLeases lease() throws IOException {
        directory.identity();
        return DirectoryLeases.take(directory.root());
    }
}
