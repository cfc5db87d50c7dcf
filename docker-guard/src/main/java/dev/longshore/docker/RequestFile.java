package dev.longshore.docker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.docker.policy.Amounts;
import dev.longshore.docker.policy.Decision;
import dev.longshore.docker.policy.GuardPolicy;
import dev.longshore.docker.policy.Rule;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A request as JSON, to be explained. It has the words that {@link ContainerRequest} has and no others: what Docker's own API could
 * be told besides is refused by name.
 */
public final class RequestFile {
    private static final int LONGEST = 4 << 20;
    /** What one reader takes for a key, another must not take for another: no key may be there twice. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final GuardPolicy policy;
    private final List<Decision> problems = new ArrayList<>();

    private RequestFile(GuardPolicy policy) {
        this.policy = policy;
    }

    /** What a text asks for. */
    public sealed interface Reading {
        /** A request. */
        record Request(ContainerRequest request) implements Reading {}

        /**
         * Not one: each decision names a word that there is not, or a value that cannot be.
         *
         * @param problems all there are, at least one
         */
        record Refused(List<Decision> problems) implements Reading {
            public Refused {
                problems = List.copyOf(problems);
            }
        }
    }

    /**
     * Reads a request.
     *
     * @param policy gives the limits that the text leaves out
     */
    public static Reading read(String json, GuardPolicy policy) {
        return new RequestFile(policy).read(json);
    }

    private Reading read(String json) {
        Optional<ContainerRequest> request = Optional.empty();
        try {
            if (json.length() > LONGEST) {
                invalid("the request", "longer than 4 MiB");
            } else {
                request = request(new JsonFields("", JSON.readTree(json), problems));
            }
        } catch (JsonProcessingException e) {
            invalid("the request", "not JSON: " + Text.oneLine(e.getOriginalMessage()));
        }
        return request.isPresent() && problems.isEmpty()
                ? new Reading.Request(request.get())
                : new Reading.Refused(problems);
    }

    private Optional<ContainerRequest> request(JsonFields fields) {
        String image = fields.requiredText("image");
        String run = fields.text("run").orElse("explain");
        String step = fields.requiredText("step");
        List<String> entrypoint = fields.texts("entrypoint");
        List<String> command = fields.texts("command");
        Map<String, String> environment = new TreeMap<>();
        fields.object("environment")
                .ifPresent(inner -> inner.forEachText((name, value) -> environment.put(name, value)));
        List<Mount> mounts = new ArrayList<>();
        fields.objects("mounts", inner -> mount(inner).ifPresent(mounts::add));
        Optional<Limits> limits = fields.object("limits").flatMap(inner -> limits(inner, step));
        Optional<ContainerUser> user = fields.text("user").flatMap(text -> user("user", text));
        Optional<String> network = fields.text("network").filter(name -> !name.equals("none"));
        Optional<String> directory = fields.text("workingDirectory");
        Optional<Duration> deadline = duration(fields, "deadline");
        Optional<Duration> inactivity = duration(fields, "inactivityTimeout");
        fields.finish();
        if (!problems.isEmpty()) {
            return Optional.empty();
        }
        return built(
                "the request",
                () -> new ContainerRequest(
                        image,
                        run,
                        step,
                        entrypoint,
                        command,
                        environment,
                        mounts,
                        limits,
                        user.orElse(ContainerUser.NOBODY),
                        network,
                        directory,
                        deadline.orElse(Duration.ofMinutes(10)),
                        inactivity));
    }

    private Optional<Mount> mount(JsonFields fields) {
        String type = fields.requiredText("type");
        String target = fields.requiredText("target");
        Optional<Mount> mount = Optional.empty();
        switch (type) {
            case "bind" -> {
                Path source = path(fields, fields.requiredText("source"));
                mount = built(fields.path(""), () -> new Mount.ReadOnlyBind(source, target));
            }
            case "output" -> {
                Path source = path(fields, fields.requiredText("source"));
                long bytes = amount(fields, "maxBytes", Amounts::bytes).orElse(0L);
                long files = amount(fields, "maxFiles", Amounts::count).orElse(Mount.OutputDirectory.DEFAULT_MAX_FILES);
                mount = built(fields.path(""), () -> new Mount.OutputDirectory(source, target, bytes, files));
            }
            case "volume" -> {
                String name = fields.requiredText("name");
                boolean writable = fields.flag("writable").orElse(false);
                mount = built(fields.path(""), () -> new Mount.Volume(name, target, writable));
            }
            default -> invalid(fields.path("type"), "a mount is bind, output or volume, not " + Text.quote(type));
        }
        fields.finish();
        return mount;
    }

    private Path path(JsonFields fields, String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            invalid(fields.path("source"), "no path: " + Text.quote(text));
            return Path.of("/");
        }
    }

    private Optional<Limits> limits(JsonFields fields, String step) {
        Limits standard = PolicyCheck.defaults(policy.profile(step).limits());
        long memory = amount(fields, "memory", Amounts::bytes).orElse(standard.memoryBytes());
        double cpus = amount(fields, "cpus", Amounts::nanoCpus)
                .map(nanos -> nanos / 1e9)
                .orElse(standard.cpus());
        long pids = amount(fields, "pids", Amounts::count).orElse((long) standard.pids());
        long tmp = amount(fields, "tmp", Amounts::bytes).orElse(standard.tmpBytes());
        fields.finish();
        return built(fields.path(""), () -> new Limits(memory, cpus, (int) Math.min(pids, Integer.MAX_VALUE), tmp));
    }

    private Optional<ContainerUser> user(String key, String text) {
        String[] ids = text.split(":", -1);
        if (ids.length != 2 || !isId(ids[0]) || !isId(ids[1])) {
            invalid(key, "a user is UID:GID, both by number, not " + Text.quote(text));
            return Optional.empty();
        }
        return built(key, () -> new ContainerUser(Integer.parseInt(ids[0]), Integer.parseInt(ids[1])));
    }

    private static boolean isId(String text) {
        return text.matches("\\d{1,10}") && Long.parseLong(text) <= Integer.MAX_VALUE;
    }

    private Optional<Duration> duration(JsonFields fields, String key) {
        return amount(fields, key, Amounts::millis).map(Duration::ofMillis);
    }

    private Optional<Long> amount(JsonFields fields, String key, Function<String, Optional<Long>> parse) {
        Optional<String> text = fields.amount(key);
        Optional<Long> amount = text.flatMap(parse);
        if (text.isPresent() && amount.isEmpty()) {
            invalid(fields.path(key), "cannot be " + Text.quote(text.get()));
        }
        return amount;
    }

    /** Something that checks itself. */
    private interface Building<T> {
        T build();
    }

    private <T> Optional<T> built(String key, Building<? extends T> building) {
        try {
            return Optional.of(building.build());
        } catch (IllegalArgumentException e) {
            invalid(key, message(e.getMessage()));
            return Optional.empty();
        }
    }

    private static String message(@Nullable String text) {
        return text == null ? "it makes no sense" : text;
    }

    private void invalid(String key, String reason) {
        problems.add(Decision.never(Rule.REQUEST_INVALID, key, reason));
    }
}
