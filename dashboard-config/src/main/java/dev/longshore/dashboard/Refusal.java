package dev.longshore.dashboard;

import java.util.Map;

/**
 * Why a request is not let in.
 *
 * @param message for people, with the fix where there is one; repeats nothing the request said
 * @param headers besides those that every answer has
 */
record Refusal(int status, String message, Map<String, String> headers) {
    Refusal(int status, String message) {
        this(status, message, Map.of());
    }

    static final Refusal BAD_PATH = new Refusal(400, "That is no path of this server's.");
    static final Refusal BODY = new Refusal(413, "No request here takes a body.");
    static final Refusal HOST_MISSING = new Refusal(400, "The request must name one host.");
    static final Refusal HOST_UNTRUSTED = new Refusal(
            421,
            "The dashboard does not go by the host name in this address. If it should, start it with --trusted-host NAME.");
    static final Refusal CROSS_SITE =
            new Refusal(403, "Another site's page asked for this. Open the dashboard by its own address.");
    static final Refusal UNAUTHENTICATED = new Refusal(
            401,
            "The dashboard needs a user and a password.",
            Map.of("WWW-Authenticate", "Basic realm=\"Longshore dashboard\", charset=\"UTF-8\""));
    static final Refusal PAGE_TOO_LARGE =
            new Refusal(400, "A page may hold at most " + Gate.MOST_PER_PAGE + " entries.");
    static final Refusal NOT_FOUND = new Refusal(404, "There is nothing here. The dashboard is at /dashboard.");
    static final Refusal TOO_MANY_STREAMS =
            new Refusal(503, "Too many pages of the dashboard are open. Close some.", Map.of("Retry-After", "30"));

    static Refusal method(String allowed) {
        return new Refusal(405, "That is not how to ask for this.", Map.of("Allow", allowed));
    }

    static Refusal tooManyFailures(long seconds) {
        return new Refusal(
                429,
                "Wrong credentials too often. Wait " + seconds + " s.",
                Map.of("Retry-After", Long.toString(seconds)));
    }
}
