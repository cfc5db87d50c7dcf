package dev.longshore.docker;

/**
 * How far a pull is.
 *
 * @param layers layers seen so far, including those that are here already
 * @param layersDone those that are complete
 * @param bytes size of the layers whose size is known
 * @param bytesDone of them, what has been downloaded
 * @param status the daemon's last word, such as {@code Downloading}
 */
public record PullProgress(String reference, int layers, int layersDone, long bytes, long bytesDone, String status) {}
