package dev.longshore.docker.policy;

import java.util.Optional;

/**
 * What one rule says of one part of a request.
 *
 * @param subject the part: {@code image}, {@code mount /in}, {@code limit memory}
 * @param reason in words, on one line
 * @param where what decided it in the policy; empty where no policy can say otherwise
 */
public record Decision(boolean allowed, Rule rule, String subject, String reason, Optional<Place> where) {
    public static Decision allow(Rule rule, String subject, String reason, Place where) {
        return new Decision(true, rule, subject, reason, Optional.of(where));
    }

    public static Decision deny(Rule rule, String subject, String reason, Place where) {
        return new Decision(false, rule, subject, reason, Optional.of(where));
    }

    /** Refused whatever the policy says. */
    public static Decision never(Rule rule, String subject, String reason) {
        return new Decision(false, rule, subject, reason, Optional.empty());
    }

    /** Subject, reason and place on one line, for messages. */
    public String text() {
        return subject + ": " + reason + where.map(place -> "; " + place).orElse("");
    }
}
