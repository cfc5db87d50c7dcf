package dev.longshore.dashboard;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides which requests are let in. In this order: what the server understands at all, the host name (a page of another
 * site whose name was pointed at this machine has that site's name here), the credentials, and whether a page of another
 * site asks, as a browser would send the credentials along with that too.
 */
final class Gate {
    /** The dashboard's own pages hold 20. */
    static final int MOST_PER_PAGE = 200;

    private static final int LONGEST_URI = 2048;
    private static final Set<String> READING = Set.of("GET", "HEAD");

    private final InetAddress bound;
    private final Set<String> trustedHosts;
    private final @Nullable Credentials credentials;
    private final FailureLimit failures;

    Gate(DashboardSettings settings, FailureLimit failures) {
        this.bound = settings.address().getAddress();
        this.trustedHosts = settings.trustedHosts();
        this.credentials = settings.credentials().orElse(null);
        this.failures = failures;
    }

    /** Empty if the request is let in. */
    Optional<Refusal> refusal(HttpExchange exchange, Route route) {
        return Optional.ofNullable(refusalOf(exchange, route));
    }

    private @Nullable Refusal refusalOf(HttpExchange exchange, Route route) {
        Headers headers = exchange.getRequestHeaders();
        if (exchange.getRequestURI().getHost() != null
                || exchange.getRequestURI().toString().length() > LONGEST_URI
                || !isPlain(exchange.getRequestURI().getPath())) {
            return Refusal.BAD_PATH;
        }
        if (hasBody(headers)) {
            return Refusal.BODY;
        }
        List<String> hosts = headers.getOrDefault("Host", List.of());
        Optional<Authority> host = hosts.size() == 1 ? Authority.parse(hosts.get(0)) : Optional.empty();
        if (host.isEmpty()) {
            return Refusal.HOST_MISSING;
        }
        if (!isOurs(host.get().host())) {
            return Refusal.HOST_UNTRUSTED;
        }
        Refusal unauthenticated = authenticate(exchange, headers);
        if (unauthenticated != null) {
            return unauthenticated;
        }
        if (!route.allows(exchange.getRequestMethod())) {
            return Refusal.method(route.allowed());
        }
        if (!isSameSite(exchange, route, host.get())) {
            return Refusal.CROSS_SITE;
        }
        return isPageTooLarge(exchange.getRequestURI().getQuery()) ? Refusal.PAGE_TOO_LARGE : null;
    }

    /** Without anything that some reader of it may take for a step up or for another path. */
    private static boolean isPlain(@Nullable String path) {
        if (path == null
                || !path.startsWith("/")
                || path.indexOf('\\') >= 0
                || path.chars().anyMatch(c -> c < ' ')) {
            return false;
        }
        for (String segment : path.split("/", -1)) {
            if (segment.equals("..") || segment.equals(".")) {
                return false;
            }
        }
        return !path.contains("//");
    }

    private static boolean hasBody(Headers headers) {
        String length = headers.getFirst("Content-Length");
        return headers.containsKey("Transfer-Encoding") || (length != null && !length.equals("0"));
    }

    /** An address cannot be pointed elsewhere as a name can, but a request may only use those that lead here. */
    private boolean isOurs(String host) {
        if (trustedHosts.contains(host)) {
            return true;
        }
        Optional<InetAddress> address = HostNames.address(host);
        if (address.isPresent()) {
            return bound.isAnyLocalAddress()
                    || address.get().equals(bound)
                    || (bound.isLoopbackAddress() && address.get().isLoopbackAddress());
        }
        return (bound.isLoopbackAddress() || bound.isAnyLocalAddress()) && host.equals("localhost");
    }

    private @Nullable Refusal authenticate(HttpExchange exchange, Headers headers) {
        if (credentials == null) {
            return null;
        }
        List<String> given = headers.getOrDefault("Authorization", List.of());
        if (given.isEmpty()) {
            return Refusal.UNAUTHENTICATED; // a browser's first request: no guess
        }
        InetAddress client = exchange.getRemoteAddress().getAddress();
        Duration wait = failures.wait(client);
        if (!wait.isZero()) {
            return Refusal.tooManyFailures(wait.toSeconds() + 1);
        }
        if (given.size() == 1 && credentials.match(given.get(0))) {
            return null;
        }
        failures.failed(client);
        return Refusal.UNAUTHENTICATED;
    }

    /**
     * Whether the request comes from the dashboard's own page or from no page at all. A page may be opened from elsewhere;
     * what changes something or hands out data may not be asked for.
     */
    private boolean isSameSite(HttpExchange exchange, Route route, Authority host) {
        Headers headers = exchange.getRequestHeaders();
        boolean reading = READING.contains(exchange.getRequestMethod());
        List<String> sites = headers.getOrDefault("Sec-Fetch-Site", List.of());
        List<String> origins = headers.getOrDefault("Origin", List.of());
        if (sites.size() > 1 || origins.size() > 1) {
            return false;
        }
        if (reading && route.isPage()) {
            return true;
        }
        if (!sites.isEmpty()
                && !sites.get(0).equals("same-origin")
                && !sites.get(0).equals("none")) {
            return false;
        }
        return origins.isEmpty() || isOurOrigin(origins.get(0), host);
    }

    /** A proxy may rewrite the header {@code Host} but not {@code Origin}, hence the trusted names. */
    private boolean isOurOrigin(String text, Authority host) {
        Optional<Authority> origin = Authority.ofOrigin(text);
        return origin.isPresent()
                && (origin.get().equals(host)
                        || trustedHosts.contains(origin.get().host()));
    }

    private static boolean isPageTooLarge(@Nullable String query) {
        if (query == null) {
            return false;
        }
        for (String parameter : query.split("&", -1)) {
            if (parameter.startsWith("limit=")) {
                String limit = parameter.substring("limit=".length());
                if (!limit.matches("\\d{1,9}") || Integer.parseInt(limit) > MOST_PER_PAGE) {
                    return true;
                }
            }
        }
        return false;
    }
}
