package dev.longshore.source;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jgit.transport.URIish;

/** What the address of a git repository says. */
public final class GitUrl {
    private static final Pattern SCHEME = Pattern.compile("(?i)(https?|git|ssh|git\\+ssh|ssh\\+git|file)://.+");
    /** {@code git@host:path}, as ssh is written short; a single letter before the colon would be a drive. */
    private static final Pattern SHORT_SSH = Pattern.compile("(?:[^/@:\\s]+@)?[^/@:\\s]{2,}:(?!//)[^\\s]+");

    /** The authority ends at the first slash, and its last {@code @} ends the user and password. */
    private static final Pattern WITH_USER = Pattern.compile("(?is)([a-z][a-z0-9+.-]*)://([^/]*)@(.*)");
    /** {@code user:password@host:path}, which git takes for ssh too. */
    private static final Pattern SHORT_SSH_PASSWORD = Pattern.compile("(?s)([^/:@]+):[^/]*@([^/:@]+:.*)");

    private GitUrl() {}

    /** Whether {@code text} can only be meant as the address of a repository. */
    public static boolean looksLikeOne(String text) {
        return SCHEME.matcher(text).matches() || SHORT_SSH.matcher(text).matches();
    }

    /** The address without user and password; the user of ssh stays, as it is part of the place. */
    public static String withoutCredentials(String url) {
        Matcher full = WITH_USER.matcher(url);
        if (full.matches()) {
            String scheme = full.group(1).toLowerCase(Locale.ROOT);
            String user = full.group(2).replaceFirst("(?s):.*", "");
            boolean keep = scheme.contains("ssh") && !user.isEmpty();
            return scheme + "://" + (keep ? user + "@" : "") + full.group(3);
        }
        return SHORT_SSH_PASSWORD.matcher(url).replaceFirst("$1@$2");
    }

    /** Whether the address is one that ssh goes to. */
    static boolean isSsh(String url) {
        Matcher scheme = SCHEME.matcher(url);
        return scheme.matches()
                ? scheme.group(1).toLowerCase(Locale.ROOT).contains("ssh")
                : SHORT_SSH.matcher(url).matches();
    }

    /** The directory that a {@code file:} address names. */
    static Optional<Path> localPath(String url) {
        if (!url.regionMatches(true, 0, "file:", 0, "file:".length())) {
            return Optional.empty();
        }
        try {
            return Optional.of(Path.of(URI.create(url)));
        } catch (IllegalArgumentException | FileSystemNotFoundException e) {
            // Not escaped as a URI must be: git takes it as it is.
            return Optional.of(Path.of(url.replaceFirst("(?i)^file:(//)?", "")));
        }
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
        String stripped = withoutCredentials(url);
        try {
            URIish uri = new URIish(stripped);
            String host = uri.getHost() == null ? "" : uri.getHost().toLowerCase(Locale.ROOT);
            String path = trimmed(uri.getPath());
            return host.isEmpty() ? path : host + "/" + path;
        } catch (URISyntaxException e) {
            return trimmed(stripped.replaceFirst("(?i)^[a-z][a-z0-9+.-]*://([^/]*@)?", ""));
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
