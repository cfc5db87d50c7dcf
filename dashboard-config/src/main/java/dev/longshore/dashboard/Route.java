package dev.longshore.dashboard;

import java.util.List;

/** What the paths of the dashboard lead to, and how each may be asked for. */
enum Route {
    ROOT("GET, HEAD"),
    PAGES("GET, HEAD"),
    API("GET, POST, DELETE"),
    EVENTS("GET"),
    NOTHING("GET, HEAD");

    private final String allowed;

    Route(String allowed) {
        this.allowed = allowed;
    }

    static Route of(String path) {
        if (path.equals("/")) {
            return ROOT;
        }
        if (isBelow(path, "/dashboard")) {
            return PAGES;
        }
        if (isBelow(path, "/api")) {
            return API;
        }
        return isBelow(path, "/sse") ? EVENTS : NOTHING;
    }

    private static boolean isBelow(String path, String top) {
        return path.equals(top) || path.startsWith(top + "/");
    }

    boolean allows(String method) {
        return List.of(allowed.split(", ", -1)).contains(method);
    }

    /** As the header {@code Allow} says it. */
    String allowed() {
        return allowed;
    }

    /** Whether it holds nothing of the jobs, so that links from anywhere may lead to it. */
    boolean isPage() {
        return this != API && this != EVENTS;
    }
}
