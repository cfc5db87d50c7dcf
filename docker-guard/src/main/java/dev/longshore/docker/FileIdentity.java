package dev.longshore.docker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Which file a path means at this moment, whatever it is called: what tells it from another that was put in its place. */
record FileIdentity(long device, long inode) {
    /** Of the path itself, not of what a symbolic link there points to. */
    static FileIdentity of(Path path) throws IOException {
        return new FileIdentity((Long) Files.getAttribute(path, "unix:dev", LinkOption.NOFOLLOW_LINKS), (Long)
                Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS));
    }
}
