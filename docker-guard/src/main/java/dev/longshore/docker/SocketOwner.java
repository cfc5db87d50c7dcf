package dev.longshore.docker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Who may use a socket, by its file attributes.
 *
 * @param user name of the uid in this process's user database, or the number again
 * @param group name of the gid there, or the number again
 * @param mode permission bits, such as 0660
 */
public record SocketOwner(int uid, String user, int gid, String group, int mode) {
    /** Reads the attributes; symbolic links are followed, as connecting does. */
    static SocketOwner of(Path socket) throws IOException {
        Map<String, Object> attributes = Files.readAttributes(socket, "unix:uid,gid,mode,owner,group");
        return new SocketOwner(
                number(attributes, "uid"),
                String.valueOf(attributes.get("owner")),
                number(attributes, "gid"),
                String.valueOf(attributes.get("group")),
                number(attributes, "mode") & 07777);
    }

    private static int number(Map<String, Object> attributes, String name) throws IOException {
        if (attributes.get(name) instanceof Integer value) {
            return value;
        }
        throw new IOException("no attribute " + name);
    }

    @Override
    public String toString() {
        return "owner " + named(uid, user) + ", group " + named(gid, group) + ", mode " + String.format("%04o", mode);
    }

    private static String named(int id, String name) {
        String number = Integer.toUnsignedString(id);
        return name.equals(number) ? number : number + " (" + name + ")";
    }
}
