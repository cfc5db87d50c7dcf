package dev.longshore.source;

import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jgit.transport.URIish;

/** What the address of a git repository says. */
public final class GitUrl {
    private static final Pattern SCHEME = Pattern.compile("(?i)(https?|git|ssh|git\\+ssh|file)://.+");
    /** {@code git@host:path}, as ssh is written short; a single letter before the colon would be a drive. */
    private static final Pattern SHORT_SSH = Pattern.compile("(?:[^/@:\\s]+@)?[^/@:\\s]{2,}:(?!//)[^\\s]+");

    private GitUrl() {}

    /** Whether {@code text} can only be meant as the address of a repository. */
    public static boolean looksLikeOne(String text) {
        return SCHEME.matcher(text).matches() || SHORT_SSH.matcher(text).matches();
    }

    /** The address without user and password; the user of ssh stays, as it is part of the place. */
    public static String withoutCredentials(String url) {
        Matcher scheme = Pattern.compile("(?i)(https?|git|file)://[^/@]*@(.*)").matcher(url);
        if (scheme.matches()) {
            return scheme.group(1).toLowerCase(Locale.ROOT) + "://" + scheme.group(2);
        }
        return url.replaceFirst("(?i)^(ssh://[^/@:]*):[^/@]*@", "$1@");
    }

    /** User and password of an http address; a user alone is a token, which goes with an empty password. */
    static Optional<Credentials> credentials(String url) {
        try {
            URIish uri = new URIish(url);
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            return scheme.startsWith("http") && uri.getUser() != null
                    ? Optional.of(new Credentials(uri.getUser(), Objects.requireNonNullElse(uri.getPass(), "")))
                    : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    /** A user and the password; never printed. */
    record Credentials(String user, String password) {
        @Override
        public String toString() {
            return "Credentials[…]";
        }
    }

    /**
     * The same for every way to write the address of one repository: {@code github.com/pallets/flask} for {@code
     * https://github.com/pallets/flask.git} and for {@code git@github.com:pallets/flask}.
     */
    static String identity(String url) {
        try {
            URIish uri = new URIish(url);
            String host = uri.getHost() == null ? "" : uri.getHost().toLowerCase(Locale.ROOT);
            String path = trimmed(uri.getPath());
            return host.isEmpty() ? path : host + "/" + path;
        } catch (URISyntaxException e) {
            return trimmed(url);
        }
    }

    /** The last part of the address, without {@code .git}. */
    public static String name(String url) {
        String identity = identity(url);
        return identity.substring(identity.lastIndexOf('/') + 1);
    }

    private static String trimmed(String path) {
        return path.replaceAll("^/+|/+$", "").replaceFirst("(/\\.git|\\.git)$", "");
    }
}
