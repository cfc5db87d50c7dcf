package dev.longshore.graph;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the disk keep what was written, so that a power failure cannot leave a graph whose manifest is there and whose
 * lines are not: a rename alone may reach the disk before the bytes of the renamed file do.
 */
final class Durable {
    private static final Logger LOG = LoggerFactory.getLogger(Durable.class);

    private Durable() {}

    /** Returns once the files of a whole graph, and their names, are on the disk. */
    static void graph(Path directory) throws IOException {
        for (String name : PublishedFiles.NAMES) {
            try (FileChannel file = FileChannel.open(directory.resolve(name), StandardOpenOption.WRITE)) {
                file.force(true);
            }
        }
        names(directory);
    }

    /** Returns once the names in a directory are on the disk, where the file system can be asked for that. */
    static void names(Path directory) {
        try (FileChannel open = FileChannel.open(directory, StandardOpenOption.READ)) {
            open.force(true);
        } catch (IOException e) {
            // Some network and FUSE file systems refuse this; and a parent may be written but not read.
            LOG.debug("the names in {} may not outlive a power failure: {}", directory, e.toString());
        }
    }
}
