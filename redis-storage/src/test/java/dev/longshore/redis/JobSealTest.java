package dev.longshore.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.redis.JobSeal.Opened;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobSealTest {
    private static final byte[] STORE = "longshore:job".getBytes(UTF_8);
    private static final byte[] ID = {1, 2, 3, 4};
    private static final byte[] BODY = "a body".getBytes(UTF_8);

    private final JobSeal seal = JobSeal.of("2026-11", key(1));

    @TempDir
    Path directory;

    @Test
    void opensWhatItSealed() {
        byte[] stored = seal.seal(STORE, ID, BODY);

        assertThat(stored).hasSize(2 + 7 + 16 + BODY.length);
        assertThat(body(seal.open(STORE, ID, stored))).isEqualTo(BODY);
        assertThat(body(seal.open(STORE, ID, seal.seal(STORE, ID, new byte[0]))))
                .isEmpty();
    }

    @Test
    void findsEveryChangedBit() {
        byte[] stored = seal.seal(STORE, ID, BODY);
        for (int bit = 0; bit < stored.length * 8; bit++) {
            byte[] changed = stored.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(seal.open(STORE, ID, changed)).as("bit " + bit).isNotInstanceOf(Opened.Genuine.class);
        }
    }

    @Test
    void findsEveryCut() {
        byte[] stored = seal.seal(STORE, ID, BODY);
        for (int length = 0; length < stored.length; length++) {
            assertThat(seal.open(STORE, ID, Arrays.copyOf(stored, length)))
                    .as("cut to " + length)
                    .isNotInstanceOf(Opened.Genuine.class);
        }
        assertThat(seal.open(STORE, ID, Arrays.copyOf(stored, stored.length + 1)))
                .isInstanceOf(Opened.Forged.class);
    }

    @Test
    void opensNothingMovedFromAnotherJobOrStore() {
        byte[] stored = seal.seal(STORE, ID, BODY);

        assertThat(seal.open(STORE, new byte[] {1, 2, 3, 5}, stored)).isInstanceOf(Opened.Forged.class);
        assertThat(seal.open("other:job".getBytes(UTF_8), ID, stored)).isInstanceOf(Opened.Forged.class);
        // Bytes pushed across the border of two parts are other parts.
        assertThat(seal.open("longshore:jo".getBytes(UTF_8), new byte[] {'b', 1, 2, 3, 4}, stored))
                .isInstanceOf(Opened.Forged.class);
    }

    @Test
    void tellsWhatIsNotSealed() {
        byte[] plain = new JobBody(1000).encode("{}");

        assertThat(seal.open(STORE, ID, plain)).isInstanceOf(Opened.Unsealed.class);
        assertThat(seal.open(STORE, ID, new byte[0])).isInstanceOf(Opened.Unsealed.class);
    }

    @Test
    void letsKeysBeChangedWhileJobsWait() {
        JobSeal prepared = seal.andVerifying("2026-12", key(2));
        JobSeal changed = JobSeal.of("2026-12", key(2)).andVerifying("2026-11", key(1));
        JobSeal done = JobSeal.of("2026-12", key(2));

        assertThat(body(changed.open(STORE, ID, prepared.seal(STORE, ID, BODY))))
                .isEqualTo(BODY);
        assertThat(body(prepared.open(STORE, ID, changed.seal(STORE, ID, BODY))))
                .isEqualTo(BODY);
        assertThat(body(done.open(STORE, ID, changed.seal(STORE, ID, BODY)))).isEqualTo(BODY);
        assertThat(done.open(STORE, ID, prepared.seal(STORE, ID, BODY))).isEqualTo(new Opened.UnknownKey("2026-11"));
        // The same name for another key is another key.
        assertThat(JobSeal.of("2026-11", key(9)).open(STORE, ID, seal.seal(STORE, ID, BODY)))
                .isInstanceOf(Opened.Forged.class);
    }

    @Test
    void signsTheSameFromManyThreads() {
        byte[] expected = seal.seal(STORE, ID, BODY);

        assertThat(IntStream.range(0, 20_000)
                        .parallel()
                        .allMatch(i -> Arrays.equals(expected, seal.seal(STORE, ID, BODY))))
                .isTrue();
    }

    @Test
    void refusesKeysThatAreNoKeys() {
        assertThatThrownBy(() -> JobSeal.of("k", new byte[31]))
                .hasMessageContaining("31")
                .hasMessageContaining("32");
        for (String id : new String[] {"", "a b", "a:b", "é", "x".repeat(33)}) {
            assertThatThrownBy(() -> JobSeal.of(id, key(1))).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> seal.andVerifying("2026-11", key(2))).hasMessageContaining("2026-11");
    }

    @Test
    void neverShowsAKey() {
        String shown = seal + " " + new SealKey("k", "0123456789abcdef0123456789abcdef".getBytes(UTF_8));

        assertThat(shown).contains("2026-11").contains("k").doesNotContain("0123456789abcdef");
    }

    @Test
    void readsAFileWhoseFirstLineSigns() throws IOException {
        Path file = file("rw-------", "# keys\n\nnew:" + base64(2) + "\nold:" + base64(1) + "\n");

        JobSeal read = JobSeal.fromFile(file);

        assertThat(read.keyIds()).containsExactly("new", "old");
        assertThat(body(JobSeal.of("new", key(2)).open(STORE, ID, read.seal(STORE, ID, BODY))))
                .isEqualTo(BODY);
        assertThat(body(read.open(STORE, ID, JobSeal.of("old", key(1)).seal(STORE, ID, BODY))))
                .isEqualTo(BODY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw-----w-"})
    void refusesAFileThatOthersMayReadOrWrite(String permissions) throws IOException {
        Path file = file(permissions, "k:" + base64(1));

        assertThatThrownBy(() -> JobSeal.fromFile(file)).hasMessageContaining("chmod 600");
    }

    @Test
    void saysWhichLineIsNoKeyWithoutShowingIt() throws IOException {
        for (String bad : new String[] {"secret-text", "k:c2VjcmV0LXRleHQ=", "k:secret-text!", "a b:" + base64(1)}) {
            Path file = file("rw-------", "ok:" + base64(1) + "\n" + bad + "\n");
            assertThatThrownBy(() -> JobSeal.fromFile(file))
                    .hasMessageContaining("line 2")
                    .hasMessageNotContaining("secret-text")
                    .hasMessageNotContaining("c2VjcmV0")
                    .hasMessageNotContaining(base64(1));
        }
        Path twice = file("rw-------", "k:" + base64(1) + "\nk:" + base64(2));
        assertThatThrownBy(() -> JobSeal.fromFile(twice)).hasMessageContaining("twice");
        Path empty = file("rw-------", "# nothing\n");
        assertThatThrownBy(() -> JobSeal.fromFile(empty)).hasMessageContaining("no key");
        assertThatThrownBy(() -> JobSeal.fromFile(directory.resolve("none"))).hasMessageContaining("none");
    }

    private Path file(String permissions, String text) throws IOException {
        Path file = Files.createTempFile(directory, "keys", "");
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        return file;
    }

    private static byte[] body(Opened opened) {
        assertThat(opened).isInstanceOf(Opened.Genuine.class);
        return ((Opened.Genuine) opened).body();
    }

    private static byte[] key(int seed) {
        byte[] key = new byte[32];
        new Random(seed).nextBytes(key);
        return key;
    }

    private static String base64(int seed) {
        return Base64.getEncoder().encodeToString(key(seed));
    }
}
