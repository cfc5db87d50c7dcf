package dev.longshore.graph;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Derives node ids from (repository, label, path, key), so that the same thing has the same id in every run, in every
 * step, and no two repositories share one.
 *
 * <p>An id is the label and the first 16 bytes of a SHA-256 over the four parts, each ended by a NUL, which none of them
 * can hold. Immutable and safe for use by many threads.
 */
public final class NodeIds {
    private static final int DIGEST_BYTES = 16;
    private static final HexFormat HEX = HexFormat.of();

    /** Looking an algorithm up costs more than a digest of this length. */
    private static final ThreadLocal<MessageDigest> SHA_256 = ThreadLocal.withInitial(NodeIds::sha256);

    private final byte[] repository;

    /** @param repository what tells this repository from every other: {@code Repository.identity()} */
    public NodeIds(String repository) {
        this.repository = repository.getBytes(UTF_8);
    }

    /** The id of the repository itself. */
    public NodeId repository() {
        return of(Label.REPOSITORY, "", "");
    }

    /** The id of what is told apart by its path alone: a file, a directory, a symlink, a document. */
    public NodeId ofPath(Label label, String path) {
        return of(label, path, "");
    }

    /**
     * The id of a class or function.
     *
     * @param qualifiedName the dotted chain of definitions inside the file, for example {@code Flask.route}
     * @param overload 1 for the first definition of that name in the file by line, 2 for the second, …
     */
    public NodeId ofDefinition(Label label, String path, String qualifiedName, int overload) {
        return of(label, path, overload <= 1 ? qualifiedName : qualifiedName + "#" + overload);
    }

    /** The id of anything else; {@code key} tells it from its like under the same path: an anchor, a line. */
    public NodeId of(Label label, String path, String key) {
        MessageDigest sha256 = SHA_256.get(); // as left by digest(): empty
        sha256.update(repository);
        sha256.update((byte) 0);
        sha256.update(label.text().getBytes(UTF_8));
        sha256.update((byte) 0);
        sha256.update(path.getBytes(UTF_8));
        sha256.update((byte) 0);
        sha256.update(key.getBytes(UTF_8));
        sha256.update((byte) 0);
        return new NodeId(label.text() + ":" + HEX.formatHex(sha256.digest(), 0, DIGEST_BYTES));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
