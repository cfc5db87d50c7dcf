package dev.longshore.docker.audit;

import static dev.longshore.docker.audit.Tampering.findings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {
    @TempDir
    Path temp;

    private Tampering log;
    private AuditSettings settings;

    @BeforeEach
    void prepare() {
        log = new Tampering(temp.resolve("log"));
        settings = AuditSettings.in(log.directory).withProcess("host/1");
    }

    private static AuditEntry call(int i) {
        return AuditEntry.of(AuditEntry.Event.CALL)
                .put("operation", "create")
                .put("target", "container-" + i)
                .took(Duration.ofNanos(1_234_567));
    }

    private void write(AuditSettings with, int calls) {
        try (AuditLog written = AuditLog.open(with)) {
            for (int i = 0; i < calls; i++) {
                written.record(call(i));
            }
        }
    }

    @Test
    void aLineSaysWhenAndWhoAndHoldsOnToTheOneBefore() throws IOException {
        Instant begin = Instant.now();
        write(settings, 1);

        List<String> lines = log.lines();
        assertThat(lines).hasSize(3);
        JsonNode call = AuditLine.JSON.readTree(lines.get(1));
        assertThat(call.path("seq").asLong()).isEqualTo(2);
        assertThat(call.path("event").asText()).isEqualTo("call");
        assertThat(call.path("process").asText()).isEqualTo("host/1");
        assertThat(call.path("target").asText()).isEqualTo("container-0");
        assertThat(call.path("millis").asDouble()).isEqualTo(1.235);
        assertThat(Instant.parse(call.path("time").asText())).isBetween(begin.minusMillis(1), Instant.now());
        assertThat(call.path("prev").asText())
                .isEqualTo(AuditLine.JSON.readTree(lines.get(0)).path("hash").asText());
    }

    @Test
    void onlyItsOwnerMayReadIt() throws IOException {
        write(settings, 1);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log.directory)))
                .isEqualTo("rwx------");
        for (String name : List.of("audit.jsonl", "audit.head", "audit.lock")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log.directory.resolve(name))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void theChainGoesOnOverProcessesAndFiles() throws IOException {
        AuditSettings small = settings.withFileBytes(4096);
        write(small, 20);
        write(small, 20);

        AuditReport report = log.verify();

        assertThat(report.findings()).isEmpty();
        assertThat(report.notes()).isEmpty();
        assertThat(report.lines()).isEqualTo(44);
        assertThat(report.files()).hasSizeGreaterThan(2).endsWith("audit.jsonl");
        for (String file : report.files()) {
            assertThat(Files.size(log.directory.resolve(file))).isLessThanOrEqualTo(4096);
        }
    }

    @Test
    void aFullFileThatIsRemovedShows() throws IOException {
        write(settings.withFileBytes(4096), 60);
        List<Path> full = new AuditDirectory(log.directory).fullFiles();
        long removed = log.lines(full.get(1)).size();
        AuditLine first = AuditLine.parse(log.lines(full.get(1)).get(0).getBytes(StandardCharsets.UTF_8))
                .orElseThrow();
        Files.delete(full.get(1));

        AuditReport report = log.verify();

        assertThat(findings(report)).containsExactly("REMOVED " + full.get(2).getFileName() + ":1 #" + first.seq());
        assertThat(report.findings().get(0).message())
                .contains("numbers " + first.seq() + " to " + (first.seq() + removed - 1));
        Files.delete(full.get(0));
        assertThat(findings(log.verify())).startsWith("REMOVED :1 #1");
    }

    @Test
    void theOldestFilesMakeRoomAndALineSaysSo() throws IOException {
        write(settings.withFileBytes(4096).withKeep(2), 200);

        AuditReport report = log.verify();

        assertThat(report.findings()).isEmpty();
        assertThat(report.files()).hasSize(3);
        assertThat(report.first()).isGreaterThan(100);
        assertThat(report.notes()).singleElement().asString().contains("1 to " + (report.first() - 1));
        Files.delete(log.directory.resolve(report.files().get(0)));
        assertThat(findings(log.verify())).containsExactly("REMOVED :1 #1");
    }

    @Test
    void allFilesAreKeptWhereThatIsAskedFor() {
        write(settings.withFileBytes(4096).withKeep(0), 200);

        assertThat(log.verify().first()).isEqualTo(1);
    }

    @Test
    void interruptsCostNoLine() throws InterruptedException {
        AtomicBoolean ended = new AtomicBoolean();
        try (AuditLog written = AuditLog.open(settings)) {
            Thread caller = new Thread(() -> {
                for (int i = 0; i < 2000; i++) {
                    written.record(call(i));
                }
                ended.set(true);
            });
            caller.start();
            while (caller.isAlive()) {
                caller.interrupt();
                Thread.onSpinWait();
            }
            caller.join();
            Thread.currentThread().interrupt();
            written.record(call(2000));
            assertThat(Thread.interrupted()).as("still interrupted").isTrue();
            assertThat(written.status().lost()).isZero();
        }
        assertThat(ended).isTrue();
        AuditReport report = log.verify();
        assertThat(report.findings()).isEmpty();
        assertThat(report.lines()).isEqualTo(2003);
    }

    @Test
    void severalLogsOfOneProcessWriteOneChain() throws InterruptedException {
        AuditSettings small = settings.withFileBytes(16 << 10);
        List<Thread> threads = new ArrayList<>();
        try (AuditLog one = AuditLog.open(small);
                AuditLog other = AuditLog.open(small)) {
            for (AuditLog written : List.of(one, other, one, other)) {
                Thread thread = new Thread(() -> {
                    for (int i = 0; i < 250; i++) {
                        written.record(call(i));
                    }
                });
                threads.add(thread);
                thread.start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }

        AuditReport report = log.verify();
        assertThat(report.findings()).isEmpty();
        assertThat(report.lines()).isEqualTo(1004);
    }

    @Test
    void halfALineAtTheEndIsCutOffAndALineSaysSo() throws IOException {
        write(settings, 3);
        Files.writeString(log.current(), Files.readString(log.current()) + "{\"seq\":6,\"ti");

        write(settings, 3);

        AuditReport report = log.verify();
        assertThat(report.findings()).isEmpty();
        assertThat(report.notes()).singleElement().asString().contains("12 of half a line cut off");
        assertThat(report.lines()).isEqualTo(11);
    }

    @Test
    void aLineThatTheHeadDoesNotKnowYetIsTakenOver() throws IOException {
        write(settings, 3);
        byte[] head = Files.readAllBytes(log.directory.resolve("audit.head"));
        write(settings, 0);
        Files.write(log.directory.resolve("audit.head"), head);

        write(settings, 1);

        assertThat(log.verify().findings()).isEmpty();
        assertThat(log.verify().notes()).isEmpty();
        assertThat(log.verify().lines()).isEqualTo(10);
    }

    @Test
    void linesLostAtTheEndShowThoughTheLogGoesOn() throws IOException {
        write(settings, 8);
        List<String> lines = log.lines();
        log.write(lines.subList(0, 6));

        write(settings, 2);

        AuditReport report = log.verify();
        assertThat(findings(report)).containsExactly("REMOVED audit.jsonl:7 #7");
        assertThat(report.findings().get(0).message()).contains("numbers 7 to 10");
        assertThat(report.notes()).singleElement().asString().contains("bytes missing");
    }

    @Test
    void aLogThatIsRemovedWhileItIsWrittenShows() throws IOException {
        try (AuditLog written = AuditLog.open(settings)) {
            written.record(call(1));
            Files.delete(log.current());
            written.record(call(2));
        }

        assertThat(findings(log.verify())).containsExactly("REMOVED :1 #1");
        assertThat(log.lines()).hasSize(3);
    }

    @Test
    void foreignLinesStayAndShow() throws IOException {
        write(settings, 3);
        Files.writeString(log.current(), Files.readString(log.current()) + "nothing of ours\n");

        write(settings, 3);

        assertThat(findings(log.verify())).containsExactly("FOREIGN audit.jsonl:6 #6");
        assertThat(log.verify().notes()).singleElement().asString().contains("16 not its own");
    }

    @Test
    void aLostHeadShowsInALine() throws IOException {
        write(settings.withFileBytes(4096), 30);
        Files.delete(log.directory.resolve("audit.head"));

        write(settings.withFileBytes(4096), 30);

        assertThat(log.verify().findings()).isEmpty();
        assertThat(log.verify().notes()).singleElement().asString().contains("head was missing");
        assertThat(log.verify().lines()).isEqualTo(65);
    }

    @Test
    void anUnfinishedTurnOverIsFinished() throws IOException {
        write(settings, 30);
        Files.move(log.current(), new AuditDirectory(log.directory).full(1));

        write(settings, 30);

        assertThat(log.verify().findings()).isEmpty();
        assertThat(log.verify().notes()).isEmpty();
        assertThat(log.verify().files()).hasSize(2);
    }

    @Test
    void aLogIsNotContinuedWithoutItsKeyNorWithOne() throws IOException {
        Path file = temp.resolve("key");
        AuditKey.create(file);
        AuditKey key = AuditKey.read(file);
        write(settings.withKey(key), 1);
        assertThatThrownBy(() -> AuditLog.open(settings))
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("with a key");
        Path other = temp.resolve("other");
        write(AuditSettings.in(other), 1);
        assertThatThrownBy(() -> AuditLog.open(AuditSettings.in(other).withKey(key)))
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("without a key");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> AuditKey.read(file)).isInstanceOf(AuditException.class);
    }

    /** A lock that another holds for ever: here by another channel of another process, see AuditProcessesTest. */
    @Test
    void whatIsHeldTooLongIsLostAndCounted() throws IOException, InterruptedException {
        try (AuditLog written = AuditLog.open(settings)) {
            AuditDirectory directory = new AuditDirectory(log.directory.toRealPath());
            Thread caller = new Thread(() -> {
                written.record(call(1));
                written.record(call(2));
            });
            directory.processLock().lock();
            try {
                caller.start();
                caller.join(20_000);
            } finally {
                directory.processLock().unlock();
            }
            assertThat(written.status().lost()).isEqualTo(2);
            assertThat(written.status().failure()).isPresent();
            written.record(call(3));
            assertThat(written.status().failure()).isEmpty();
        }

        AuditReport report = log.verify();
        assertThat(report.findings()).isEmpty();
        assertThat(report.notes()).singleElement().asString().contains("2 lines before it could not be written");
    }

    @Test
    void whatCannotBeWrittenIsRefusedOrNotAsSet() throws IOException {
        AuditSettings open = settings.withOnFailure(AuditSettings.OnFailure.CONTINUE);
        try (AuditLog closed = AuditLog.open(settings);
                AuditLog continuing = AuditLog.open(open)) {
            breakIt();
            assertThatThrownBy(() -> closed.require(call(1)))
                    .isInstanceOf(AuditException.class)
                    .hasMessageContaining("cannot be written");
            continuing.require(call(1));
            closed.record(call(2));
            assertThat(continuing.status().lost()).isEqualTo(1);
            assertThat(closed.status().lost()).isEqualTo(1);
            mendIt();
            closed.require(call(3));
        }
        assertThat(log.verify().notes()).hasSize(2);
    }

    /** Nobody, not even root, can write to a directory as if it were a file. */
    private void breakIt() throws IOException {
        Files.move(log.current(), temp.resolve("aside"));
        Files.createDirectory(log.current());
    }

    private void mendIt() throws IOException {
        Files.delete(log.current());
        Files.move(temp.resolve("aside"), log.current());
    }

    @Test
    void everyLineReachesTheDiskWhereThatIsAskedFor() throws IOException {
        write(settings.withDurability(AuditSettings.Durability.EVERY_LINE), 5);

        assertThat(log.verify().lines()).isEqualTo(7);
        try (RandomAccessFile file = new RandomAccessFile(log.current().toFile(), "r")) {
            assertThat(file.length()).isPositive();
        }
    }
}
