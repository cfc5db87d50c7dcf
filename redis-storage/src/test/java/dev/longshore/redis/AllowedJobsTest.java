package dev.longshore.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.redis.AllowedJobs.Verdict;
import dev.longshore.redis.SampleJobs.SendMail;
import java.io.IOException;
import java.io.InputStream;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.JobDetails;
import org.jobrunr.jobs.context.JobContext;
import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.utils.mapper.jackson.JacksonJsonMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AllowedJobsTest {
    private static final String HANDLER = "dev.longshore.redis.SampleJobs$SendMailHandler";
    private static final String REQUEST = "dev.longshore.redis.SampleJobs$SendMail";
    private static final String GOOD = """
            {"id":"01a1fba4-6506-7d05-9e00-f8035485abe9","version":0,"jobDetails":{"className":"%s","methodName":"run",\
            "jobParameters":[{"className":"%s","actualClassName":"%s","object":{"to":"x","number":1,\
            "tags":["java.util.ArrayList",["README.md","example.com"]]}}],"cacheable":true},"jobHistory":[{\
            "@class":"org.jobrunr.jobs.states.EnqueuedState","state":"ENQUEUED","createdAt":"2026-11-21T01:06:57Z"}],\
            "metadata":{"@class":"java.util.concurrent.ConcurrentHashMap","k":"v"},"jobSignature":"s","jobName":"n",\
            "labels":["dev.longshore.mail"]}""".formatted(HANDLER, REQUEST, REQUEST);

    private final AllowedJobs allowed = AllowedJobs.of(SendMail.class);

    @Test
    void allowsEveryStageOfAListedJob() {
        assertThat(allowed.check(GOOD)).isEqualTo(new Verdict.Allowed());
        for (String json : SampleJobs.all()) {
            assertThat(allowed.check(json)).as(json).isEqualTo(new Verdict.Allowed());
        }
    }

    /** Of JobRunr 8.7.0's GsonJsonMapper and Jackson3JsonMapper: the {@link SampleJobs}, at each stage of their life. */
    @Test
    void readsWhatOtherMappersWrite() throws IOException {
        List<String> jobs;
        try (InputStream in = getClass().getResourceAsStream("jobs-of-gson-and-jackson3.jsonl")) {
            jobs = new String(in.readAllBytes(), UTF_8).lines().toList();
        }

        assertThat(jobs).hasSize(12).allSatisfy(json -> {
            assertThat(allowed.check(json)).isEqualTo(new Verdict.Allowed());
            assertThat(AllowedJobs.of().check(json)).isInstanceOf(Verdict.Refused.class);
            String attack = json.replace("\"className\":\"" + HANDLER, "\"className\":\"java.lang.Thread");
            assertThat(allowed.check(attack)).isInstanceOf(Verdict.Refused.class);
        });
    }

    @Test
    void refusesEveryStageOfAJobThatIsNotListed() {
        AllowedJobs others = AllowedJobs.of(Rich.class);
        for (String json : SampleJobs.all()) {
            assertThat(others.check(json)).as(json).isInstanceOf(Verdict.Refused.class);
            assertThat(AllowedJobs.of().check(json)).isInstanceOf(Verdict.Refused.class);
            assertThat(AllowedJobs.any().check(json)).isEqualTo(new Verdict.Allowed());
        }
        assertThat(AllowedJobs.any().restricts()).isFalse();
        assertThat(others.restricts()).isTrue();
    }

    /** Each attack is a change of {@link #GOOD}: what is replaced by what. */
    static Stream<Arguments> attacks() {
        String longSpaces = " ".repeat(2000);
        return Stream.of(
                attack("a static method of the JDK", "\"className\":\"" + HANDLER, "\"className\":\"java.lang.System"),
                attack("another method", "\"methodName\":\"run\"", "\"methodName\":\"finalize\""),
                attack("no method", "\"methodName\":\"run\",", ""),
                attack("a static field", "\"methodName\"", "\"staticFieldName\":\"out\",\"methodName\""),
                attack("a handler that is none", HANDLER, "dev.longshore.redis.SampleJobs"),
                attack("a handler of another request", HANDLER, RichHandler.class.getName()),
                attack("a handler of every request", HANDLER, AnyHandler.class.getName()),
                attack("a handler as an array", HANDLER, "[L" + HANDLER + ";"),
                attack("an outer class with a name of its own", HANDLER, HANDLER + "$Evil"),
                attack("another request", REQUEST + "\",\"actual", "java.lang.ProcessBuilder\",\"actual"),
                attack("another actual request", "actualClassName\":\"" + REQUEST, "actualClassName\":\"java.io.File"),
                attack(
                        "a type that Jackson replaces by the declared one",
                        "actualClassName\":\"" + REQUEST,
                        "actualClassName\":\"sun.misc.Unsafe"),
                attack("a class name that is a number", "\"className\":\"" + REQUEST + "\"", "\"className\":5"),
                attack(
                        "two parameters",
                        "\"jobParameters\":[",
                        "\"jobParameters\":[{\"className\":\"" + REQUEST + "\",\"actualClassName\":\"" + REQUEST
                                + "\",\"object\":null},"),
                attack(
                        "parameters that name their type",
                        "\"jobParameters\":[",
                        "\"jobParameters\":[\"java.util.ArrayList\","),
                attack("no parameters", "\"jobParameters\"", "\"parameters\""),
                attack(
                        "the details twice",
                        "\"version\":0",
                        "\"version\":0,\"jobDetails\":{\"className\":\"java.lang.System\","
                                + "\"methodName\":\"exit\",\"jobParameters\":[]}"),
                attack("the details twice, once escaped", "\"version\":0", "\"version\":0,\"job\\u0044etails\":{}"),
                attack("details in another case", "\"version\":0", "\"version\":0,\"JobDetails\":{}"),
                attack("a class name twice", "\"methodName\"", "\"className\":\"java.lang.System\",\"methodName\""),
                attack("an object twice", "\"object\":", "\"object\":{},\"object\":"),
                attack("an unknown name in the details", "\"methodName\"", "\"ClassName\":\"x\",\"methodName\""),
                attack("an unknown name in the parameter", "\"object\"", "\"@class\":\"java.util.HashMap\",\"object\""),
                attack(
                        "a class with escapes",
                        "java.util.concurrent.ConcurrentHashMap",
                        "java.lang.Process\\u0042uilder"),
                attack(
                        "a name with escapes",
                        "\"k\":\"v\"",
                        "\"k\":{\"\\u0040\\u0063lass\":\"javax.swing.JEditorPane\"}"),
                attack("@class in another case", "\"k\":\"v\"", "\"k\":{\"@CLASS\":\"javax.swing.JEditorPane\"}"),
                attack(
                        "a type in the metadata",
                        "\"k\":\"v\"",
                        "\"k\":{\"@class\":\"javax.swing.JEditorPane\",\"page\":\"http://localhost\"}"),
                attack(
                        "a type deep in the metadata",
                        "\"k\":\"v\"",
                        "\"k\":{\"a\":[[{\"b\":{\"@class\":\"javax.swing.JEditorPane\"}}]]}"),
                attack("a type that is no text", "\"k\":\"v\"", "\"k\":{\"@class\":[\"javax.swing.JEditorPane\"]}"),
                attack("a type at the front of an array", "\"k\":\"v\"", "\"k\":[\"javax.swing.JEditorPane\",{}]"),
                attack("a type alone in an array", "\"k\":\"v\"", "\"k\":[\"javax.swing.JEditorPane\"]"),
                attack("an array of types", "\"k\":\"v\"", "\"k\":[\"[Ljava.lang.Thread;\",[]]"),
                attack("an array of arrays", "\"k\":\"v\"", "\"k\":[\"[[Ljava.lang.Thread;\",[]]"),
                attack("a type's argument", "\"k\":\"v\"", "\"k\":[\"java.util.ArrayList<java.lang.Thread>\",[]]"),
                attack(
                        "a type's argument behind spaces",
                        "\"k\":\"v\"",
                        "\"k\":[\"java.util.ArrayList<" + longSpaces + "java.lang.Thread >\",[]]"),
                attack(
                        "a second argument",
                        "\"k\":\"v\"",
                        "\"k\":{\"@class\":\"java.util.HashMap<java.lang.String,java.lang.Thread>\"}"),
                attack("a URL", "\"k\":\"v\"", "\"k\":[\"java.net.URL\",\"http://localhost\"]"),
                attack("a class", "\"k\":\"v\"", "\"k\":[\"java.lang.Class\",\"java.lang.Thread\"]"),
                attack("a type in the request", "\"java.util.ArrayList\"", "\"javax.swing.JEditorPane\""),
                attack(
                        "a type in the request's object",
                        "\"to\":\"x\"",
                        "\"@class\":\"java.lang.Thread\",\"to\":\"x\""),
                attack(
                        "the request wrapped in a type",
                        "\"object\":{\"to\"",
                        "\"object\":[\"java.lang.Thread\",{}],\"to\":{\"to\""),
                attack("a state that is none", "org.jobrunr.jobs.states.EnqueuedState", "java.lang.Thread"),
                attack("a state in an array", "\"jobHistory\":[", "\"jobHistory\":[[\"java.lang.Thread\",{}],"),
                attack(
                        "the metadata as an array",
                        "\"metadata\":{\"@class\":\"java.util.concurrent.ConcurrentHashMap\",\"k\":\"v\"}",
                        "\"metadata\":[\"java.lang.Thread\",{}]"),
                attack(
                        "an exception that is none",
                        "\"k\":\"v\"",
                        "\"k\":{\"exceptionType\":\"java.lang.ProcessBuilder\",\"exceptionMessage\":\"id\"}"),
                attack("a cause that is none", "\"k\":\"v\"", "\"k\":{\"exceptionCauseType\":\"java.io.FileWriter\"}"),
                attack("a step's result", "\"k\":\"v\"", "\"jr_step_result_class_a\":\"java.lang.Thread\""),
                attack(
                        "a job parameter in the metadata",
                        "\"k\":\"v\"",
                        "\"k\":{\"className\":\"java.lang.Thread\",\"object\":1}"),
                attack("something after the job", "\"labels\":[\"dev.longshore.mail\"]}", "\"labels\":[]}{}"),
                attack("an unclosed job", "\"labels\":[\"dev.longshore.mail\"]}", "\"labels\":[]"),
                attack("a comment", "\"version\":0", "/* */\"version\":0"),
                attack("single quotes", "\"version\":0", "'version':0"),
                attack("a name without quotes", "\"version\":0", "version:0"),
                attack("not a number", "\"version\":0", "\"version\":NaN"),
                attack("deep nesting", "\"k\":\"v\"", "\"k\":" + "[".repeat(100_000)),
                attack("deep and closed", "\"k\":\"v\"", "\"k\":" + "[".repeat(100) + "]".repeat(100)),
                attack("a huge number", "\"version\":0", "\"version\":" + "9".repeat(10_000)));
    }

    private static Arguments attack(String name, String from, String to) {
        return Arguments.of(name, from, to);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("attacks")
    void refuses(String name, String from, String to) {
        String attack = GOOD.replace(from, to);

        assertThat(attack).as("the attack does something").isNotEqualTo(GOOD);
        assertThat(allowed.check(attack))
                .isInstanceOfSatisfying(
                        Verdict.Refused.class,
                        refused -> assertThat(refused.reason())
                                .as("says nothing of what the job says")
                                .isNotBlank()
                                .doesNotContain("java.", "javax.", "dev.", "http"));
    }

    @Test
    void refusesWhatIsNoJob() {
        for (String json :
                List.of("", " ", "null", "[]", "\"x\"", "{}", "{\"jobDetails\":null}", "{\"jobDetails\":[]}")) {
            assertThat(allowed.check(json)).as(json).isInstanceOf(Verdict.Refused.class);
        }
    }

    @Test
    void allowsTheTypesThatARequestDeclares() {
        Rich rich = new Rich(
                new Circle(2),
                EnumSet.of(Colour.RED),
                Map.of("a", new Line(List.of("x", "java.base")), "b", new Line(List.of())),
                new String[] {"example.com"},
                5L);
        String json = new JacksonJsonMapper().serialize(new Job(new JobDetails(rich)));

        assertThat(json).contains("AllowedJobsTest$Circle").contains("EnumSet<");
        assertThat(AllowedJobs.of(Rich.class).check(json)).as(json).isEqualTo(new Verdict.Allowed());
    }

    @Test
    void allowsValuesAndHandlersThatAreNamed() {
        String open = GOOD.replace("\"k\":\"v\"", "\"k\":{\"@class\":\"" + Note.class.getName() + "\"}");
        assertThat(allowed.check(open)).isInstanceOf(Verdict.Refused.class);
        assertThat(allowed.andValues(Note.class).check(open)).isEqualTo(new Verdict.Allowed());

        String any = GOOD.replace(HANDLER, AnyHandler.class.getName());
        assertThat(allowed.andHandlers(AnyHandler.class).check(any)).isEqualTo(new Verdict.Allowed());
    }

    @Test
    void takesDataForData() {
        for (String data : List.of(
                "[\"README.md\"]",
                "[\"example.com\",\"example.org\"]",
                "[\"int\",5]",
                "[\"a < b\", \"[x]\"]",
                "[\"\"]",
                "{\"className\":\"no.such.Class\"}",
                "{\"exceptionType\":\"dev.gone.RemovedException\"}",
                "[\"java.util.UUID\",\"365b88bb-29e8-4082-bb66-a1829a80235d\"]",
                "[\"[Ljava.lang.String;\",[\"x\"]]",
                "[\"[I\",[1]]")) {
            assertThat(allowed.check(GOOD.replace("\"k\":\"v\"", "\"k\":" + data)))
                    .as(data)
                    .isEqualTo(new Verdict.Allowed());
        }
    }

    enum Colour {
        RED
    }

    sealed interface Shape permits Circle {}

    record Circle(int radius) implements Shape {}

    record Line(List<String> points) {}

    @SuppressWarnings("ArrayRecordComponent") // an array is what is tried
    record Rich(Shape shape, Set<Colour> colours, Map<String, Line> lines, String[] names, Object value)
            implements JobRequest {
        @Override
        public Class<RichHandler> getJobRequestHandler() {
            return RichHandler.class;
        }
    }

    static final class RichHandler implements JobRequestHandler<Rich> {
        @Override
        public void run(Rich request) {}
    }

    static final class AnyHandler implements JobRequestHandler<JobRequest> {
        @Override
        public void run(JobRequest request) {}
    }

    static final class Note implements JobContext.Metadata {}
}
