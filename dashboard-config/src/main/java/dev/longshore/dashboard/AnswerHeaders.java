package dev.longshore.dashboard;

import com.sun.net.httpserver.Headers;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The headers of every answer: what a browser may do with it, which is as little as the dashboard works with. */
final class AnswerHeaders {
    /**
     * For the page. JobRunr adds a policy of its own, by which scripts need a nonce; both hold, so that a script must be
     * both ours and meant. Styles are written into the page by its libraries; no style can send anything anywhere.
     */
    private static final String PAGE_POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
            + " img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none';"
            + " form-action 'none'; frame-ancestors 'none'";

    /** For all else, should a browser be made to show it as a page. */
    private static final String DATA_POLICY =
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

    private AnswerHeaders() {}

    static void set(Headers headers, @Nullable String contentType, String path, int status) {
        boolean page =
                contentType != null && contentType.toLowerCase(Locale.ROOT).startsWith("text/html");
        headers.add("Content-Security-Policy", page ? PAGE_POLICY : DATA_POLICY);
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("X-Frame-Options", "DENY");
        headers.set("X-DNS-Prefetch-Control", "off");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Cross-Origin-Opener-Policy", "same-origin");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        headers.set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
        // JobRunr's, for calls from other sites, which are not let in.
        headers.remove("Access-Control-Allow-Methods");
        headers.remove("Expires");
        // The names of static files change with what is in them.
        boolean lasting = status == 200 && path.startsWith("/dashboard/static/");
        headers.set("Cache-Control", lasting ? "private, max-age=604800, immutable" : "no-store");
    }
}
