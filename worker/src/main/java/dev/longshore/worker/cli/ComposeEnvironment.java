package dev.longshore.worker.cli;

import dev.longshore.docker.DockerEndpoint;
import dev.longshore.worker.SystemWords;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What docker-compose.yml wants to know of this machine, and new secrets: the text of its {@code .env}. */
final class ComposeEnvironment {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SECRET_BYTES = 32;
    /** As in the Dockerfile, where nobody in particular runs it. */
    private static final int STANDARD_ID = 10001;

    private static final int GROUP_WRITES = 0020;
    private static final Pattern GID_LINE = Pattern.compile("(?m)^DOCKER_GID=(\\S*)\\s*$");

    private final Path socket;
    private final int gid;
    private final boolean rootless;
    private final int uid;
    private final int ownGid;

    private ComposeEnvironment(Path socket, int gid, boolean rootless, int uid, int ownGid) {
        this.socket = socket;
        this.gid = gid;
        this.rootless = rootless;
        this.uid = uid;
        this.ownGid = ownGid;
    }

    /** Looks at the socket and at this user; connects to nothing. Throws BadInputException where compose cannot use the daemon. */
    static ComposeEnvironment of(DockerEndpoint endpoint) {
        Path socket = endpoint.socket()
                .orElseThrow(() -> new BadInputException("the daemon is at " + endpoint.address()
                        + ", and docker-compose.yml mounts a socket: name one with --docker-host unix:///PATH"));
        try {
            Map<String, Object> attributes = Files.readAttributes(socket, "unix:uid,gid,mode");
            if ((number(attributes, "mode") & GROUP_WRITES) == 0) {
                throw new BadInputException("the group of " + socket + " may not use it: let the daemon give it to one"
                        + " (\"group\": \"docker\" in /etc/docker/daemon.json; restart Docker)");
            }
            Map<String, Object> self = Files.readAttributes(Path.of("/proc/self"), "unix:uid,gid");
            int uid = number(self, "uid");
            int ownGid = number(self, "gid");
            // A user's own daemon has that user as root inside its containers, and the user's group as root's.
            boolean rootless = number(attributes, "uid") != 0;
            return new ComposeEnvironment(
                    socket,
                    rootless ? 0 : number(attributes, "gid"),
                    rootless,
                    uid > 0 && !rootless ? uid : STANDARD_ID,
                    ownGid > 0 && !rootless ? ownGid : STANDARD_ID);
        } catch (IOException e) {
            throw new BadInputException("cannot look at the socket, so start Docker first: " + SystemWords.describe(e));
        }
    }

    private static int number(Map<String, Object> attributes, String name) {
        return attributes.get(name) instanceof Integer value ? value : 0;
    }

    /** The lines, with secrets that nobody has had before. */
    String text() {
        String redis = secret();
        return String.join(
                "\n",
                "# Settings and secrets of docker-compose.yml, written by longshore doctor --env: keep them to yourself.",
                "",
                rootless
                        ? "# The Docker socket. It is a user's own, whose group is root's inside of the containers."
                        : "# The Docker socket, and the group that may use it.",
                "DOCKER_SOCKET=" + socket,
                "DOCKER_GID=" + Integer.toUnsignedString(gid),
                "",
                "# Who the workers are: reads what is in LONGSHORE_SOURCES and writes to LONGSHORE_OUT.",
                "LONGSHORE_UID=" + Integer.toUnsignedString(uid),
                "LONGSHORE_GID=" + Integer.toUnsignedString(ownGid),
                "LONGSHORE_SOURCES=./sources",
                "LONGSHORE_OUT=./longshore-out",
                "",
                "# Redis is told the password's hash alone: to change one is to change both.",
                "LONGSHORE_REDIS_PASSWORD=" + redis,
                "LONGSHORE_REDIS_PASSWORD_SHA256=" + sha256(redis),
                "",
                "LONGSHORE_DASHBOARD_USER=operator",
                "LONGSHORE_DASHBOARD_PASSWORD=" + secret(),
                "");
    }

    /** Makes the file, for this user alone; throws BadInputException if there is one already. */
    void write(Path file) throws IOException {
        try (var out = Files.newByteChannel(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            var bytes = StandardCharsets.UTF_8.encode(text());
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        } catch (FileAlreadyExistsException e) {
            throw new BadInputException(file + " is there already, and stays as it is: its secrets are in use"
                    + changedGroup(file)
                            .map(old -> "\nbut the socket's group is " + Integer.toUnsignedString(gid)
                                    + " now: change DOCKER_GID=" + old + " in it")
                            .orElse(""));
        }
    }

    /** The group in an older file, if it is another than the socket's now. */
    private Optional<String> changedGroup(Path file) {
        try {
            Matcher line = GID_LINE.matcher(Files.readString(file));
            return line.find() && !line.group(1).equals(Integer.toUnsignedString(gid))
                    ? Optional.of(line.group(1))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // not ours to read, and so not ours to judge
        }
    }

    /** What is left to do, for people. */
    String next() {
        if (rootless) {
            // Their number inside of the containers is another outside, one that only root could give a directory to.
            return "next: install -d sources && install -d -m 1777 longshore-out && docker compose up -d --build\n"
                    + "what is in sources must be readable by others: with a rootless daemon the workers are a user of their own";
        }
        return "next: install -d sources && install -d -o " + Integer.toUnsignedString(uid) + " -g "
                + Integer.toUnsignedString(ownGid) + " longshore-out && docker compose up -d --build";
    }

    private static String secret() {
        byte[] bytes = new byte[SECRET_BYTES];
        RANDOM.nextBytes(bytes);
        // Letters that mean nothing to shells, URLs and the readers of .env files.
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
