package dev.longshore.redis;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;

/**
 * Which jobs may run. A stored job is text that names classes to load, methods to call and objects to make; every mapper
 * of JobRunr follows it. This looks at the text before any of them does, and lets through only what is listed.
 *
 * <p>A listed request may be run by a {@link JobRequestHandler} that is written for it, in {@code run}, and by nothing
 * else. Inside it and in the job's metadata only these types may be named: simple values and collections of the JDK, the
 * types that the listed requests declare as their fields, what sealed ones of these permit, and what
 * {@link #andValues} adds.
 *
 * <p>Jobs made of lambdas are refused: they may call any method. Not seen are classes that an application's own
 * annotations read from a property of their own (Jackson's {@code @JsonTypeInfo(use = CLASS)} with a property other than
 * {@code @class}): let these write names instead of classes.
 *
 * <p>Immutable, and safe for use by any number of threads.
 */
public final class AllowedJobs {
    private final boolean any;
    private final Set<Class<?>> requests;
    private final Set<Class<?>> handlers;
    private final Set<Class<?>> values;
    private final TypeRules rules;

    private AllowedJobs(boolean any, Set<Class<?>> requests, Set<Class<?>> handlers, Set<Class<?>> values) {
        this.any = any;
        this.requests = Set.copyOf(requests);
        this.handlers = Set.copyOf(handlers);
        this.values = Set.copyOf(values);
        this.rules = new TypeRules(this.requests, this.handlers, this.values);
    }

    /** Only these requests. */
    @SafeVarargs
    @SuppressWarnings("varargs") // only read
    public static AllowedJobs of(Class<? extends JobRequest>... requests) {
        return new AllowedJobs(false, new HashSet<>(List.of(requests)), Set.of(), Set.of());
    }

    /** Whatever is stored: whoever can write to Redis decides what runs, unless jobs are sealed. */
    public static AllowedJobs any() {
        return new AllowedJobs(true, Set.of(), Set.of(), Set.of());
    }

    /** Also handlers whose {@code run} does not say which request they are for, such as one for every request. */
    @SafeVarargs
    @SuppressWarnings("varargs") // only read
    public final AllowedJobs andHandlers(Class<? extends JobRequestHandler<?>>... more) {
        Set<Class<?>> all = new HashSet<>(handlers);
        all.addAll(List.of(more));
        return new AllowedJobs(any, requests, all, values);
    }

    /**
     * Also these types, for values in requests and metadata: implementations of an interface that a request declares, of
     * {@code JobContext.Metadata}, elements of a collection.
     */
    public AllowedJobs andValues(Class<?>... more) {
        Set<Class<?>> all = new HashSet<>(values);
        all.addAll(List.of(more));
        return new AllowedJobs(any, requests, handlers, all);
    }

    /** Whether there is anything that this refuses. */
    boolean restricts() {
        return !any;
    }

    /** Looks at the JSON of a job or of a recurring job, as any of JobRunr's mappers writes it. */
    Verdict check(String json) {
        return any ? Verdict.ALLOWED : new JobJsonScan(rules).scan(json);
    }

    /** Whether a job may run. */
    sealed interface Verdict {
        Verdict ALLOWED = new Allowed();

        /** It names nothing that is not listed. */
        record Allowed() implements Verdict {}

        /** It may not: {@code reason} says what in it is not allowed, and where; nothing that the job itself says. */
        record Refused(String reason) implements Verdict {}
    }
}
