package dev.longshore.docker.audit;

import org.jspecify.annotations.Nullable;

/** The audit log cannot be opened, written or read; {@link #fix} says what to do. */
public final class AuditException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String fix;

    AuditException(String message, String fix, @Nullable Throwable cause) {
        super(message, cause);
        this.fix = fix;
    }

    AuditException(String message, String fix) {
        this(message, fix, null);
    }

    /** What the operator should do, on one line. */
    public String fix() {
        return fix;
    }
}
