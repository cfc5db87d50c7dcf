package dev.longshore.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobBodyTest {
    private final JobBody body = new JobBody(JobBody.DEFAULT_LIMIT);

    @Test
    void givesBackEveryTextExactly() {
        for (String json : SampleJobs.all()) {
            assertThat(body.decode(body.encode(json))).isEqualTo(json);
        }
        for (String text :
                List.of("", "a", "abc", "abcd", "é", "\u65e5\u672c", "\ud83d\ude00", "{}", "a".repeat(100_000))) {
            assertThat(body.decode(body.encode(text))).isEqualTo(text);
        }
    }

    @Test
    void keepsHalfASurrogatePairAsItIs() {
        String text = "{\"jobName\":\"\ud83d and \ude00\"}";

        assertThat(body.decode(body.encode(text))).isEqualTo(text);
    }

    @Test
    void makesAWaitingJobSmall() {
        assertThat(body.encode(SampleJobs.enqueued())).hasSizeLessThan(250);
        assertThat(body.encode(SampleJobs.succeeded())).hasSizeLessThan(400);
    }

    @Test
    void stillReadsWhatTheFirstVersionWrote() {
        // Written by the first release of format 1; jobs like it lie in people's stores. Never adapt this to new code.
        byte[] stored = HexFormat.of().parseHex(FIRST_VERSION);

        assertThat(body.decode(stored)).isEqualTo(FIRST_VERSION_TEXT);
    }

    @Test
    void refusesAJobAboveTheLimitAndSaysWhatToDo() {
        JobBody small = new JobBody(1000);

        assertThat(small.decode(small.encode("x".repeat(1000)))).hasSize(1000);
        assertThatThrownBy(() -> small.encode("x".repeat(1001)))
                .isInstanceOfSatisfying(JobTooLargeException.class, e -> {
                    assertThat(e.size()).isEqualTo(1001);
                    assertThat(e.limit()).isEqualTo(1000);
                })
                .hasMessageContaining("reference");
        // Bytes count, not characters.
        assertThatThrownBy(() -> small.encode("é".repeat(501))).isInstanceOf(JobTooLargeException.class);
    }

    @Test
    void refusesToInflateABomb() {
        byte[] bomb = new JobBody(100_000_000).encode("0".repeat(50_000_000));

        assertThat(bomb).hasSizeLessThan(64);
        assertThatThrownBy(() -> body.decode(bomb)).isInstanceOf(UnreadableBodyException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", // nothing
                "00", // no such format
                "7f",
                "81", // a sealed one
                "01", // no length
                "0180", // a length cut short
                "01ffffffff7f", // a length of more than 31 bits
                "0180808080808000",
                "0104", // no sequences
                "010410", // literals missing
                "0104f0", // more literals announced, nothing there
                "0104f0ffffffff07", // two billion literals
                "010401", // a match without a distance
                "01040100", // a distance of nothing
                "010401ffff7f", // before the dictionary
                "0104000102", // a sequence of nothing
                "01040f", // a match's length missing
                "01040fffffffff0701", // a match of two billion
                "01044061626364f0", // bytes behind the text
                "0105406162636400", // shorter than it says
                "010304617a61", // cut in a match
            })
    void refusesWhatIsNoBody(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);

        assertThatThrownBy(() -> body.decode(bytes)).isInstanceOf(UnreadableBodyException.class);
    }

    @Test
    void survivesAnyBytes() {
        Random random = new Random(11);
        List<byte[]> bodies = SampleJobs.all().stream().map(body::encode).toList();
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
            for (int round = 0; round < 300_000; round++) {
                byte[] bytes = bodies.get(random.nextInt(bodies.size())).clone();
                if (round % 3 == 0) {
                    bytes = new byte[random.nextInt(60)];
                    random.nextBytes(bytes);
                    if (bytes.length > 0) {
                        bytes[0] = (byte) (1 + random.nextInt(2));
                    }
                } else if (round % 3 == 1) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                } else {
                    bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
                }
                try {
                    assertThat(body.decode(bytes).getBytes(UTF_8).length)
                            .isLessThanOrEqualTo(3 * JobBody.DEFAULT_LIMIT);
                } catch (UnreadableBodyException expected) {
                    assertThat(expected).hasMessageStartingWith("the stored job cannot be read");
                }
            }
        });
    }

    @Test
    void givesBackRandomTexts() {
        Random random = new Random(7);
        for (int round = 0; round < 20_000; round++) {
            int alphabet = 1 + random.nextInt(round % 2 == 0 ? 4 : 0x300);
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(round % 100 == 0 ? 20_000 : 400); i > 0; i--) {
                text.append((char) (1 + random.nextInt(alphabet)));
            }
            assertThat(body.decode(body.encode(text.toString()))).isEqualTo(text.toString());
        }
    }

    private static final String FIRST_VERSION =
            "01900606a403ff136131666261662d313433362d376461352d393435322d33653161386264613034656617c6"
                    + "03f10a6465762e6c6f6e6773686f72652e72656469732e53616d706c8110af732453656e644d61696c29ed03"
                    + "0f15620f038d040f183c07ad04f200746f223a22736f6d656f6e654065782ef2072e636f6d222c226e756d62"
                    + "6572223a31372c22746167de0207c6030f0cb40941226e6577df0f7f61696c79225d5d699305ff0931312d32"
                    + "315430313a31383a33372e36323131393830303542ab050f158103049f0402d9050f153301e40507f9058f6d"
                    + "61696c20746f2004b8030d8c06012e30225d7d";
    private static final String FIRST_VERSION_TEXT =
            "{\"id\":\"01a1fbaf-1436-7da5-9452-3e1a8bda04ef\",\"version\":0,\"jobDetails\":{\"className\":\""
                    + "dev.longshore.redis.SampleJobs$SendMailHandler\",\"methodName\":\"run\",\"jobParameters\":["
                    + "{\"className\":\"dev.longshore.redis.SampleJobs$SendMail\",\"actualClassName\":\"dev.longsh"
                    + "ore.redis.SampleJobs$SendMail\",\"object\":{\"to\":\"someone@example.com\",\"number\":17,\"tag"
                    + "s\":[\"java.util.ImmutableCollections$List12\",[\"new\",\"daily\"]]}}],\"cacheable\":true},\"j"
                    + "obHistory\":[{\"@class\":\"org.jobrunr.jobs.states.EnqueuedState\",\"state\":\"ENQUEUED\",\"cr"
                    + "eatedAt\":\"2026-11-21T01:18:37.621198005Z\"}],\"metadata\":{\"@class\":\"java.util.concurre"
                    + "nt.ConcurrentHashMap\"},\"jobSignature\":\"dev.longshore.redis.SampleJobs$SendMailHandle"
                    + "r.run(dev.longshore.redis.SampleJobs$SendMail)\",\"jobName\":\"mail to someone@example.c"
                    + "om\",\"labels\":[\"queue:mail\"]}";
}
