package dev.longshore.source;

import dev.longshore.text.ForeignText;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.jgit.api.errors.InvalidRemoteException;
import org.eclipse.jgit.api.errors.TransportException;

/** Says what a failure of JGit's means: a full disk, a network to try again, or a source that is not there. */
final class CloneFailures {
    private static final String DISK_FULL = "No space left on device";
    /** An HTTP status that another attempt may not get, as JGit words it; and what ssh says of a network. */
    private static final Pattern TEMPORARY = Pattern.compile(
            ": (?:5[0-9]{2}|429)(?: |$)|(?i:connection (?:reset|timed out|closed by)|operation timed out)");

    private CloneFailures() {}

    /**
     * The failure on one line.
     *
     * @param url stands in JGit's message; shown as {@code display} says
     * @throws IOException instead, where the failure is this machine's: its disk is full
     */
    static InvalidSourceException of(Exception failure, String url, String display) throws IOException {
        List<Throwable> chain = chain(failure);
        String cannot = "cannot clone " + display + ": ";
        for (Throwable link : chain) {
            if (String.valueOf(link.getMessage()).contains(DISK_FULL)) {
                throw new IOException(cannot + DISK_FULL, failure);
            }
        }
        String why = failure instanceof InvalidRemoteException || failure instanceof TransportException
                ? failure.getMessage()
                : chain.get(chain.size() - 1).getMessage();
        // Of an ssh server, these are its own words.
        Optional<String> line =
                String.valueOf(why).replace(url, display).lines().findFirst().map(ForeignText::oneLine);
        return new InvalidSourceException(
                cannot + line.orElse(""), failure, chain.stream().anyMatch(CloneFailures::isTemporary));
    }

    private static boolean isTemporary(Throwable link) {
        return link instanceof SocketException
                || link instanceof InterruptedIOException
                || link instanceof EOFException
                || TEMPORARY.matcher(String.valueOf(link.getMessage())).find();
    }

    /** Causes can run in a circle. */
    private static List<Throwable> chain(Throwable failure) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable link = failure; link != null && !chain.contains(link); link = link.getCause()) {
            chain.add(link);
        }
        return chain;
    }
}
