package dev.longshore.redis;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import dev.longshore.redis.AllowedJobs.Verdict;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a job's JSON once, token by token, and refuses it at the first place where a mapper could be led to a class that is
 * not allowed. Stricter than any mapper, so that no two readers can understand a text differently: no name twice in an
 * object, nothing after the job, no comments or other leniency.
 *
 * <p>Where classes are named: {@code jobDetails} and its parameters; {@code @class} in any object; the first of an array's
 * elements, which Jackson takes for the type of the second where it expects an interface or an Object; the exceptions of a
 * failed state, which JobRunr makes anew to decide on a retry; and the types of step results in the metadata.
 *
 * <p>For one scan by one thread.
 */
final class JobJsonScan {
    private static final int DEEPEST = 64;
    private static final String STEP_RESULT_CLASS = "jr_step_result_class_";
    private static final Set<String> DETAILS =
            Set.of("className", "staticFieldName", "methodName", "jobParameters", "cacheable");
    private static final Set<String> PARAMETER = Set.of("className", "actualClassName", "object");

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .recyclerPool(JsonRecyclerPools.newConcurrentDequePool())
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxNameLength(10_000)
                    .maxNumberLength(100)
                    .build())
            .build();

    private final TypeRules rules;

    JobJsonScan(TypeRules rules) {
        this.rules = rules;
    }

    Verdict scan(String json) {
        try (JsonParser parser = JSON.createParser(json)) {
            job(parser);
            return Verdict.ALLOWED;
        } catch (NotAllowed e) {
            return new Verdict.Refused(e.reason);
        } catch (IOException e) {
            // Its message quotes the job.
            return new Verdict.Refused("it is not strict JSON, or too deep");
        }
    }

    private void job(JsonParser parser) throws IOException, NotAllowed {
        require(parser.nextToken() == JsonToken.START_OBJECT, "it is no object");
        boolean details = false;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            if (name.equals("jobDetails")) {
                details(parser);
                details = true;
            } else {
                // A mapper that ignores case would take it for the details, which then nobody has looked at.
                require(!name.equalsIgnoreCase("jobDetails"), "it has a name that differs from jobDetails in case");
                named(parser, name);
            }
        }
        require(details, "it has no jobDetails");
        require(parser.nextToken() == null, "something follows it");
    }

    private void details(JsonParser parser) throws IOException, NotAllowed {
        require(parser.currentToken() == JsonToken.START_OBJECT, "jobDetails is no object");
        String handler = null;
        String method = null;
        String request = null;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            require(DETAILS.contains(name), "jobDetails has a name that JobRunr does not know");
            parser.nextToken();
            switch (name) {
                case "className" -> handler = text(parser, "jobDetails.className is no text");
                case "methodName" -> method = text(parser, "jobDetails.methodName is no text");
                case "staticFieldName" ->
                    require(parser.currentToken() == JsonToken.VALUE_NULL, "jobDetails.staticFieldName is not null");
                case "jobParameters" -> request = parameters(parser);
                default -> require(parser.currentToken().isScalarValue(), "jobDetails.cacheable is no single value");
            }
        }
        require("run".equals(method), "jobDetails.methodName is not run");
        require(
                rules.isHandler(
                        present(handler, "jobDetails has no className"),
                        present(request, "jobDetails has no jobParameters")),
                "jobDetails.className is no allowed handler of the request");
    }

    /** The name of the one parameter's class, an allowed request. */
    private String parameters(JsonParser parser) throws IOException, NotAllowed {
        require(parser.currentToken() == JsonToken.START_ARRAY, "jobParameters is no array");
        require(parser.nextToken() == JsonToken.START_OBJECT, "the job has no parameter");
        String declared = null;
        String actual = null;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            require(PARAMETER.contains(name), "the parameter has a name that JobRunr does not know");
            parser.nextToken();
            switch (name) {
                case "className" -> declared = text(parser, "the parameter's className is no text");
                case "actualClassName" ->
                    actual = parser.currentToken() == JsonToken.VALUE_NULL
                            ? null
                            : text(parser, "the parameter's actualClassName is no text");
                default -> value(parser);
            }
        }
        require(parser.nextToken() == JsonToken.END_ARRAY, "the job has more than one parameter");
        String className = present(declared, "the parameter has no className");
        String request = actual == null ? className : actual;
        require(rules.isRequest(request), "the parameter is no allowed request");
        require(
                className.equals(request) || className.equals(TypeRules.JOB_REQUEST),
                "the parameter's className and actualClassName differ");
        return request;
    }

    /** Passes over one value, looking at every class that it names. */
    private void value(JsonParser parser) throws IOException, NotAllowed {
        switch (parser.currentToken()) {
            case START_OBJECT -> {
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    named(parser, name);
                }
            }
            case START_ARRAY -> {
                boolean first = true;
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    if (first && parser.currentToken() == JsonToken.VALUE_STRING) {
                        require(
                                rules.isValueOrNoType(parser.getText()),
                                "an array begins with a type that is not allowed");
                    }
                    first = false;
                    value(parser);
                }
            }
            default -> {
                // A single value names no class by itself.
            }
        }
    }

    private void named(JsonParser parser, String name) throws IOException, NotAllowed {
        if (isTypeName(name)) {
            require(rules.isValue(text(parser, "@class is no text")), "@class names a type that is not allowed");
        } else if (parser.currentToken() == JsonToken.VALUE_STRING) {
            if (name.equalsIgnoreCase("exceptionType") || name.equalsIgnoreCase("exceptionCauseType")) {
                require(rules.isExceptionOrNoType(parser.getText()), "a failure's type is no exception");
            } else if (name.startsWith(STEP_RESULT_CLASS)) {
                require(rules.isStepResult(parser.getText()), "a step's result has a type that is not allowed");
            } else if (name.length() >= 9 && name.toLowerCase(Locale.ROOT).endsWith("classname")) {
                require(rules.isValueOrNoType(parser.getText()), "a class name names a type that is not allowed");
            }
        } else {
            value(parser);
        }
    }

    private static boolean isTypeName(String name) {
        return !name.isEmpty() && name.charAt(0) == '@' && name.equalsIgnoreCase("@class");
    }

    private static String text(JsonParser parser, String otherwise) throws IOException, NotAllowed {
        require(parser.currentToken() == JsonToken.VALUE_STRING, otherwise);
        return parser.getText();
    }

    private static String present(@Nullable String text, String otherwise) throws NotAllowed {
        if (text == null) {
            throw new NotAllowed(otherwise);
        }
        return text;
    }

    private static void require(boolean condition, String otherwise) throws NotAllowed {
        if (!condition) {
            throw new NotAllowed(otherwise);
        }
    }

    /** Ends the scan. Without a stack trace: a store may be full of refused jobs. */
    private static final class NotAllowed extends Exception {
        private static final long serialVersionUID = 1;

        private final String reason;

        NotAllowed(String reason) {
            super(reason, null, false, false);
            this.reason = reason;
        }
    }
}
