package dev.longshore.redis;

/** What Redis does for the store in one step each. */
final class Scripts {
    static final Script SAVE = Script.fromResource(Scripts.class, "insert.lua", "head.lua", "keys.lua", "save.lua");
    static final Script CLAIM = script("claim.lua");
    static final Script GET = script("get.lua");
    static final Script LIST = script("list.lua");
    static final Script DELETE = script("delete.lua");
    static final Script STATISTICS = script("statistics.lua");
    static final Script LIVING = script("living.lua");
    static final Script SUCCEEDED = script("succeeded.lua");
    static final Script SIGNATURES = script("signatures.lua");
    static final Script INSTANT = script("instant.lua");
    static final Script RECURRING = script("recurring.lua");
    static final Script DUE = script("due.lua");
    static final Script BEAT = script("beat.lua");
    static final Script QUARANTINE = script("quarantine.lua");
    static final Script SERVER = script("server.lua");
    static final Script QUEUE = script("queue.lua");

    private Scripts() {}

    private static Script script(String name) {
        return Script.fromResource(Scripts.class, "head.lua", "keys.lua", name);
    }
}
