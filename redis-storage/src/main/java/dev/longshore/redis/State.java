package dev.longshore.redis;

import java.util.Arrays;
import org.jobrunr.jobs.states.StateName;

/** The letter that a job's state has in the store. */
enum State {
    AWAITING('A'),
    SCHEDULED('S'),
    ENQUEUED('E'),
    PROCESSING('P'),
    FAILED('F'),
    SUCCEEDED('U'),
    DELETED('D');

    private final char letter;

    State(char letter) {
        this.letter = letter;
    }

    static State of(StateName name) {
        return valueOf(name.name());
    }

    static State of(byte letter) {
        return Arrays.stream(values())
                .filter(state -> state.letter == letter)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no state " + letter));
    }

    char letter() {
        return letter;
    }

    byte[] bytes() {
        return new byte[] {(byte) letter};
    }
}
