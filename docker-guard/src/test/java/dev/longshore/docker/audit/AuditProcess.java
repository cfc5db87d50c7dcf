package dev.longshore.docker.audit;

import java.nio.file.Path;

/** A process that writes numbered lines to a log until it has written all, or is killed. Arguments: directory, name, lines. */
final class AuditProcess {
    private AuditProcess() {}

    public static void main(String[] arguments) {
        AuditSettings settings = AuditSettings.in(Path.of(arguments[0]))
                .withProcess(arguments[1])
                .withFileBytes(64 << 10)
                .withKeep(0);
        int lines = Integer.parseInt(arguments[2]);
        try (AuditLog log = AuditLog.open(settings)) {
            for (int i = 0; i < lines; i++) {
                log.record(AuditEntry.of(AuditEntry.Event.CALL).put("number", i));
                if (i == lines / 10) {
                    System.out.println("under way");
                }
            }
            System.out.println("lost " + log.status().lost());
        }
    }
}
