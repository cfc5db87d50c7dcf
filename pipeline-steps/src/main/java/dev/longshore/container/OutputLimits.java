package dev.longshore.container;

/**
 * How much of an image's output is read; more is refused, not cut.
 *
 * @param lineBytes longest line; this much memory is taken for one
 * @param nodes lines of {@code nodes.jsonl}; each takes some 64 bytes of memory until the edges are read
 * @param edges lines of {@code edges.jsonl}
 */
public record OutputLimits(int lineBytes, long nodes, long edges) {
    static final OutputLimits DEFAULT = new OutputLimits(8 << 20, 4_000_000, 50_000_000);

    /** Properties of one node or edge. */
    static final int PROPERTIES = 64;

    /** Items of a list that a property holds. */
    static final int LIST_ITEMS = 10_000;

    /** Characters of one text. */
    static final int TEXT = 1 << 20;

    /** Characters of a local id. */
    static final int LOCAL_ID = 16 << 10;

    /** Characters of a qualified name, an anchor or a URL. */
    static final int KEY = 4096;

    /** Bytes of {@code counts.json}. */
    static final int COUNTS_BYTES = 1 << 20;

    /** Entries of {@code counts.json}. */
    static final int COUNTS = 1000;

    public OutputLimits {
        if (lineBytes < 1024 || nodes < 1 || edges < 1) {
            throw new IllegalArgumentException("limits of the output must be above 0, of a line at least 1 KiB: "
                    + lineBytes + " bytes, " + nodes + " nodes, " + edges + " edges");
        }
    }
}
