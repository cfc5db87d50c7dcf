package dev.longshore.redis.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.redis.RedisStorageProvider;
import dev.longshore.redis.TestCertificates;
import dev.longshore.redis.TestRedis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jobrunr.configuration.JobRunr;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.storage.StorageProvider;
import org.jobrunr.utils.mapper.jackson.JacksonJsonMapper;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;

/** The code in the README is the code of this package, and works. */
@Tag("redis")
class ReadmeTest {
    private static final Path SOURCES = Path.of("src/test/java/dev/longshore/redis/samples");
    private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern SAMPLE = Pattern.compile("( *)// sample: \\w+\n(.*?)\n *// end\n", Pattern.DOTALL);

    @RegisterExtension
    static final TestRedis REDIS = new TestRedis();

    @TempDir
    private Path directory;

    @Test
    void everyBlockOfCodeIsASampleAndEverySampleIsThere() throws IOException {
        Set<String> samples = new TreeSet<>();
        try (Stream<Path> sources = Files.list(SOURCES)) {
            for (Path source : sources.toList()) {
                SAMPLE.matcher(Files.readString(source))
                        .results()
                        .map(ReadmeTest::withoutIndentation)
                        .forEach(samples::add);
            }
        }
        Set<String> blocks = BLOCK.matcher(Files.readString(Path.of("README.md")))
                .results()
                .map(block -> block.group(1).strip())
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(blocks).hasSizeGreaterThan(3).isEqualTo(samples);
    }

    private static String withoutIndentation(MatchResult sample) {
        String indentation = sample.group(1);
        return sample.group(2)
                .lines()
                .map(line -> line.startsWith(indentation) ? line.substring(indentation.length()) : line)
                .collect(Collectors.joining("\n"))
                .strip();
    }

    @Test
    void theFirstOneRunsAJob() throws Exception {
        String key = Base64.getEncoder().encodeToString(new byte[32]);
        Path keyFile = Files.writeString(directory.resolve("keys"), "test:" + key + "\n");
        Files.setPosixFilePermissions(keyFile, PosixFilePermissions.fromString("rw-------"));
        Plain.useIt(REDIS.url(), keyFile);
        try {
            assertThat(Outbox.SENT.poll(20, TimeUnit.SECONDS)).isEqualTo("ada@example.org");
        } finally {
            JobRunr.destroy();
        }
    }

    @Test
    void springGetsItsBean() {
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            context.getEnvironment()
                    .getPropertySources()
                    .addFirst(new MapPropertySource("test", Map.of("jobs.redis-url", REDIS.url())));
            context.registerBean(JobMapper.class, () -> new JobMapper(new JacksonJsonMapper()));
            context.register(Spring.class);
            context.refresh();

            assertThat(context.getBean(StorageProvider.class)).isInstanceOf(RedisStorageProvider.class);
            assertThat(context.getBean(StorageProvider.class).getJobStats().getTotal())
                    .isZero();
        }
    }

    @Test
    void aQueueIsPausedAndLimited() {
        try (RedisStorageProvider store =
                RedisStorageProvider.builder(REDIS.url()).build()) {
            store.setJobMapper(new JobMapper(new JacksonJsonMapper()));
            Plain.queues(store);

            assertThat(store.queues().list())
                    .filteredOn(queue -> queue.name().equals("reports"))
                    .extracting(queue -> List.of(queue.paused(), queue.maximum().orElseThrow()))
                    .containsExactly(List.of(true, 2));
        }
    }

    @Test
    void connectingWaitsForTheFirstCall() throws Exception {
        TestCertificates certificates = TestCertificates.make(directory);
        Plain.connect(certificates.ca(), Files.writeString(directory.resolve("password"), "secret"))
                .close();
    }
}
