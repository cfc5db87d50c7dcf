package dev.longshore.docker.policy;

/** Text of a policy file on its way into a message: on one line, of bounded length. */
final class Quoted {
    private static final int LONGEST = 200;

    private Quoted() {}

    static String of(String text) {
        StringBuilder out = new StringBuilder("\"");
        text.chars().limit(LONGEST).forEach(c -> out.append(Character.isISOControl(c) ? ' ' : (char) c));
        return out.append(text.length() > LONGEST ? "…\"" : "\"").toString();
    }
}
