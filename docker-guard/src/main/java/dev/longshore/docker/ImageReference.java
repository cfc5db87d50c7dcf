package dev.longshore.docker;

import java.util.regex.Pattern;

/** The form of an image reference, as strict as Docker's own: it becomes part of a request's path. */
public final class ImageReference {
    private static final String COMPONENT = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
    private static final String HOST = "[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?";
    private static final Pattern REFERENCE = Pattern.compile("(?:" + HOST + "/)?" + COMPONENT + "(?:/" + COMPONENT
            + ")*" + "(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?");
    private static final Pattern ID = Pattern.compile("sha256:[0-9a-f]{64}");
    private static final int LONGEST = 512;

    private ImageReference() {}

    /** Whether this can name an image, whatever images there are. */
    public static boolean isValid(String reference) {
        return reference.length() <= LONGEST
                && (REFERENCE.matcher(reference).matches()
                        || ID.matcher(reference).matches());
    }

    static String require(String reference) {
        if (!isValid(reference)) {
            throw new IllegalArgumentException("not an image reference: " + Text.quote(reference));
        }
        return reference;
    }
}
