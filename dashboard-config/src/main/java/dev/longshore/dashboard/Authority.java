package dev.longshore.dashboard;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host and maybe a port, as in the header {@code Host} and in an origin.
 *
 * @param host in lower case, an IPv6 address without its brackets
 * @param port -1 where there is none
 */
record Authority(String host, int port) {
    private static final Pattern FORM =
            Pattern.compile("(?:\\[([0-9A-Fa-f:.]{2,45})]|([^\\[\\]:/?#@\\s]{1,253}))(?::(\\d{1,5}))?");
    private static final Pattern ORIGIN = Pattern.compile("(https?)://(.{1,300})");

    static Optional<Authority> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String host = (matcher.group(1) == null ? matcher.group(2) : matcher.group(1)).toLowerCase(Locale.ROOT);
        boolean known = matcher.group(1) == null ? HostNames.isName(host) : HostNames.isAddress(host);
        int port = matcher.group(3) == null ? -1 : Integer.parseInt(matcher.group(3));
        return known && port <= 65_535 ? Optional.of(new Authority(host, port)) : Optional.empty();
    }

    /** Of a web page's origin; empty for {@code null} and for what is no page's. */
    static Optional<Authority> ofOrigin(String origin) {
        Matcher matcher = ORIGIN.matcher(origin);
        return matcher.matches() ? parse(matcher.group(2)) : Optional.empty();
    }
}
