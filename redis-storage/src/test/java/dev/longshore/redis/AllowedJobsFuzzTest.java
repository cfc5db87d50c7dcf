package dev.longshore.redis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.longshore.redis.AllowedJobs.Verdict;
import dev.longshore.redis.SampleJobs.SendMail;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.states.FailedState;
import org.jobrunr.utils.JobUtils;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Changes jobs at random and lets JobRunr's own mapper read those that pass, under a class loader that writes down what is
 * asked of it.
 */
class AllowedJobsFuzzTest {
    private static final int ROUNDS = 20_000;
    private static final List<String> BAD = List.of(
            "dev.longshore.redis.AllowedJobsFuzzTest$Bad",
            "java.lang.Thread",
            "[Ljava.lang.Thread;",
            "java.util.ArrayList<dev.longshore.redis.AllowedJobsFuzzTest$Bad>",
            "javax.swing.JEditorPane",
            "dev.longshore.redis.AllowedJobsFuzzTest$BadHandler");
    private static final List<String> NAMES = List.of(
            "@class",
            "className",
            "actualClassName",
            "object",
            "jobDetails",
            "jobParameters",
            "exceptionType",
            "exceptionCauseType",
            "metadata",
            "jobHistory",
            "staticFieldName",
            "methodName",
            "jr_step_result_class_x");

    private final ObjectMapper json = new ObjectMapper();
    private final AllowedJobs allowed = AllowedJobs.of(SendMail.class);
    private final Random random = new Random(20261121);

    @Test
    void nothingThatPassesReachesAClassThatIsNotListed() throws JsonProcessingException {
        List<String> samples =
                List.of(SampleJobs.enqueued(), SampleJobs.processing(), SampleJobs.succeeded(), SampleJobs.failed());
        samples.forEach(SampleJobs.MAPPER::deserializeJob);
        RecordingLoader loader = new RecordingLoader(getClass().getClassLoader());
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        int passed = 0;
        int read = 0;
        int unread = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String sample = samples.get(random.nextInt(samples.size()));
            String changed = random.nextBoolean() ? changeTree(sample) : changeText(sample);
            if (!(allowed.check(changed) instanceof Verdict.Allowed)) {
                continue;
            }
            passed++;
            thread.setContextClassLoader(loader);
            try {
                use(SampleJobs.MAPPER.deserializeJob(changed));
                read++;
            } catch (RuntimeException e) {
                // A job that no mapper can read runs nothing. What it loaded on the way counts all the same.
                unread++;
            } finally {
                thread.setContextClassLoader(before);
            }
            for (String name : loader.loaded) {
                assertThat(isListed(name))
                        .as("%s was loaded for %s", name, changed)
                        .isTrue();
            }
            loader.loaded.clear();
        }
        // Else the test has shown nothing.
        assertThat(passed).isGreaterThan(ROUNDS / 20);
        assertThat(read).isGreaterThan(ROUNDS / 50);
        assertThat(read + unread).isEqualTo(passed);
        assertThat(Bad.MADE).isFalse();
    }

    /** Does with a job what JobRunr does before it calls a handler, and after one failed. */
    private static void use(Job job) {
        JobUtils.getJobMethod(JobUtils.getJobClass(job.getJobDetails()), job.getJobDetails());
        assertThat(job.getJobDetails().getClassName()).isEqualTo(SampleJobs.SendMailHandler.class.getName());
        assertThat(job.getJobDetails().getMethodName()).isEqualTo("run");
        assertThat(job.getJobDetails().hasStaticFieldName()).isFalse();
        assertThat(job.getJobDetails().getJobParameters()).hasSize(1);
        job.getJobStatesOfType(FailedState.class).forEach(FailedState::getException);
    }

    private static boolean isListed(String name) {
        return SafeTypes.NAMES.contains(name)
                || name.equals(SampleJobs.SendMail.class.getName())
                || name.equals(SampleJobs.SendMailHandler.class.getName())
                || name.equals(TypeRules.JOB_REQUEST)
                || name.endsWith("Exception")
                || name.endsWith("Error");
    }

    private String changeText(String sample) {
        StringBuilder text = new StringBuilder(sample);
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(4)) {
                case 0 -> text.setCharAt(at, "\"{}[],:\\u0040aA1 .$<".charAt(random.nextInt(19)));
                case 1 -> text.deleteCharAt(at);
                case 2 -> text.insert(at, "\"" + pick(NAMES) + "\":\"" + pick(BAD) + "\",");
                default -> {
                    int quote = text.indexOf("\"", at);
                    int next = quote < 0 ? -1 : text.indexOf("\"", quote + 1);
                    if (next > 0) {
                        text.replace(quote + 1, next, random.nextBoolean() ? pick(BAD) : pick(NAMES));
                    }
                }
            }
        }
        return text.toString();
    }

    private String changeTree(String sample) throws JsonProcessingException {
        JsonNode root = json.readTree(sample);
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            List<ContainerNode<?>> containers = new ArrayList<>();
            collect(root, containers);
            ContainerNode<?> container = containers.get(random.nextInt(containers.size()));
            if (container instanceof ObjectNode object) {
                change(object);
            } else if (container instanceof ArrayNode array) {
                change(array);
            }
        }
        return json.writeValueAsString(root);
    }

    private void change(ObjectNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        String name = names.isEmpty() || random.nextInt(4) == 0 ? pick(NAMES) : pick(names);
        JsonNode old = object.get(name);
        object.set(name, replacement(old));
    }

    private void change(ArrayNode array) {
        int at = random.nextInt(array.size() + 1);
        if (at < array.size() && random.nextBoolean()) {
            array.set(at, replacement(array.get(at)));
        } else {
            array.insert(at, replacement(null));
        }
    }

    private JsonNode replacement(@Nullable JsonNode old) {
        return switch (random.nextInt(6)) {
            case 0 -> TextNode.valueOf(pick(BAD));
            case 1 -> json.createArrayNode().add(pick(BAD)).add(old == null ? json.createObjectNode() : old);
            case 2 -> json.createObjectNode().put(pick(NAMES), pick(BAD));
            case 3 -> json.createObjectNode().put("@class", pick(BAD)).set("x", old);
            case 4 ->
                json.createArrayNode()
                        .add("java.util.ArrayList")
                        .add(json.createArrayNode().add(pick(BAD)));
            default -> TextNode.valueOf("data " + random.nextInt());
        };
    }

    private static void collect(JsonNode node, List<ContainerNode<?>> into) {
        if (node instanceof ContainerNode<?> container) {
            into.add(container);
            node.forEach(child -> collect(child, into));
        }
    }

    private String pick(List<String> from) {
        return from.get(random.nextInt(from.size()));
    }

    private static final class RecordingLoader extends ClassLoader {
        private final Set<String> loaded = new HashSet<>();

        RecordingLoader(ClassLoader parent) {
            super(parent);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            Class<?> type = super.loadClass(name, resolve);
            loaded.add(name);
            return type;
        }
    }

    /** What an attacker would like to have made. */
    static final class Bad {
        private static final AtomicBoolean MADE = new AtomicBoolean();

        Bad() {
            MADE.set(true);
        }
    }

    static final class BadHandler {
        void run(SendMail request) {
            new Bad();
        }
    }
}
