package dev.longshore.docker;

/**
 * The user and group a container's process runs as, by number: names would be looked up in the image, which is not trusted.
 *
 * @param uid 1 to 2147483647; root is refused
 * @param gid 1 to 2147483647; root is refused
 */
public record ContainerUser(int uid, int gid) {
    /** {@code nobody} and {@code nogroup} of Debian and most others. */
    public static final ContainerUser NOBODY = new ContainerUser(65534, 65534);

    public ContainerUser {
        if (uid < 1 || gid < 1) {
            throw new IllegalArgumentException(
                    "a container runs as a user and group above 0, never as root: " + uid + ":" + gid);
        }
    }

    @Override
    public String toString() {
        return uid + ":" + gid;
    }
}
