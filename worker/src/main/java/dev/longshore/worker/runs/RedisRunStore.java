package dev.longshore.worker.runs;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longshore.redis.JobSeal;
import dev.longshore.redis.Redis;
import dev.longshore.redis.Script;
import dev.longshore.run.DueRun;
import dev.longshore.run.Run;
import dev.longshore.run.RunEvent;
import dev.longshore.run.RunId;
import dev.longshore.run.RunQuery;
import dev.longshore.run.RunSpec;
import dev.longshore.run.RunState;
import dev.longshore.run.RunStore;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs in Redis, for any number of processes. A transition is computed here and stored by a script if the run is still at
 * the version that it was computed from; else it is computed anew. What must happen with it (the repository is free, the
 * next run is due, the event is told) happens in the same script: a process may die between any two calls.
 *
 * <p>A user and password in the URL of a git source are kept as long as a worker may need them, and not when the run is
 * over.
 */
public final class RedisRunStore implements RunStore, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RedisRunStore.class);

    private static final Script CREATE = Script.fromResource(RedisRunStore.class, "tell.lua", "create.lua");
    private static final Script UPDATE = Script.fromResource(RedisRunStore.class, "tell.lua", "update.lua");
    private static final Script PROGRESS = Script.fromResource(RedisRunStore.class, "tell.lua", "progress.lua");
    private static final Script READ = Script.fromResource(RedisRunStore.class, "read.lua");
    private static final Script LIST = Script.fromResource(RedisRunStore.class, "list.lua");
    private static final Script EVENTS = Script.fromResource(RedisRunStore.class, "events.lua");
    private static final Script DUE = Script.fromResource(RedisRunStore.class, "due.lua");
    private static final Script REMOVE = Script.fromResource(RedisRunStore.class, "remove.lua");
    private static final Script DISCARD = Script.fromResource(RedisRunStore.class, "discard.lua");

    /** One of those who want the same run always succeeds: more conflicts than this in a row is a fault. */
    private static final int MOST_CONFLICTS = 10_000;

    private static final int MOST_REMOVED = 1_000;
    private static final byte[] NEWEST = {'+'};
    private static final byte[] KEPT = ascii(EVENTS_KEPT);

    private static final long MISSING = -1;
    private static final long CONFLICT = 0;
    private static final long MUST_WAIT = 2;

    private final Redis redis;
    private final RunKeys keys;
    private final RunCodec codec;
    private final Clock clock;
    private final RunChannel channel;

    /**
     * @param redis stays open when the store is closed
     * @param prefix the pool's name, as its jobs have it
     * @param seal what runs are sealed with, if they are
     */
    public RedisRunStore(Redis redis, String prefix, Optional<JobSeal> seal) {
        this.redis = redis;
        this.keys = new RunKeys(prefix);
        this.codec = new RunCodec(prefix, seal);
        this.clock = Clock.systemUTC();
        this.channel =
                new RunChannel(new ChannelReader(), codec, listener -> redis.subscribe(keys.channel(), listener));
    }

    private final class ChannelReader implements RunChannel.Reader {
        @Override
        public Optional<StoredRun> load(RunId id) {
            return RedisRunStore.this.load(id);
        }

        @Override
        public List<RunEvent.Entry> events(RunId id, long after, int limit) {
            return RedisRunStore.this.events(id, after, limit);
        }
    }

    @Override
    public boolean create(Run run) {
        return create(run, false).isEmpty();
    }

    @Override
    public Run submit(Run run) {
        while (true) {
            Optional<RunId> other = create(run, true);
            if (other.isEmpty()) {
                return run;
            }
            Optional<Run> found = find(other.get());
            if (found.isPresent()) {
                return found.get();
            }
            // Ended and removed since: there is nothing to join any more.
        }
    }

    /** The run that is there instead; empty if this one is stored. */
    private Optional<RunId> create(Run run, boolean join) {
        Instant now = clock.instant();
        List<byte[]> args = new ArrayList<>(List.of(
                ascii(run.id()),
                ascii(run.state()),
                codec.write(run),
                ascii(UUID.randomUUID()),
                ascii(digest(run.spec())),
                ascii(join ? 1 : 0),
                ascii(now.plus(FIRST_LEASE).toEpochMilli()),
                KEPT,
                keys.channel()));
        RunEvent.of(run).forEach(event -> args.add(RunJson.bytes(EventJson.write(event, now))));
        List<?> answer = (List<?>) redis.call(
                CREATE,
                List.of(
                        keys.run(run.id()),
                        keys.events(run.id()),
                        keys.all(),
                        keys.in(run.state()),
                        keys.alike(),
                        keys.due(),
                        keys.occasions()),
                args);
        return number(answer.get(0)) == 1
                ? Optional.empty()
                : Optional.of(new RunId(RunJson.text((byte[]) answer.get(1))));
    }

    /** The same for specs that ask for the same. */
    private static String digest(RunSpec spec) {
        RunSpec asked = new RunSpec(
                new RunId("r-0000"), spec.source(), spec.pipeline(), spec.docker(), spec.out(), Instant.EPOCH);
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(RunJson.bytes(SpecJson.write(asked, true))));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public Optional<Run> find(RunId id) {
        return load(id).map(StoredRun::run);
    }

    private Optional<StoredRun> load(RunId id) {
        List<?> answer = (List<?>) redis.call(READ, List.of(keys.run(id)), List.of());
        byte[] version = (byte[]) answer.get(0);
        byte[] run = (byte[]) answer.get(1);
        if (version == null) {
            return Optional.empty();
        }
        if (run == null) {
            throw new UnreadableRunException(
                    "what Redis has for run " + id + " is none: somebody else may have written it");
        }
        try {
            return Optional.of(new StoredRun(Long.parseLong(RunJson.text(version)), codec.read(id, run)));
        } catch (NumberFormatException e) {
            throw new UnreadableRunException(
                    "run " + id + " in Redis has no version: somebody else may have changed it", e);
        }
    }

    @Override
    public List<Run> list(RunQuery query) {
        List<byte[]> indices = query.states().isEmpty()
                ? List.of(keys.all())
                : query.states().stream().map(keys::in).toList();
        List<Run> found = new ArrayList<>();
        LeftOut leftOut = new LeftOut();
        byte[] from = query.before()
                .map(RedisRunStore::ascii)
                .map(RedisRunStore::below)
                .orElse(NEWEST);
        int wanted;
        List<?> answer;
        // Fewer than were asked for are given only where there are no more, whatever else the indices have.
        do {
            wanted = query.limit() - found.size();
            answer = (List<?>) redis.call(
                    LIST, indices, List.of(ascii(wanted), keys.runPrefix().getBytes(UTF_8), from));
            for (int i = 0; i < answer.size(); i += 2) {
                byte[] id = (byte[]) answer.get(i);
                byte[] run = (byte[]) answer.get(i + 1);
                from = below(id);
                if (run != null) {
                    read(id, run, leftOut).ifPresent(found::add);
                }
            }
        } while (answer.size() == 2 * wanted && found.size() < query.limit());
        leftOut.tell();
        return found;
    }

    /** Where a page goes on after this id. */
    private static byte[] below(byte[] id) {
        byte[] bound = new byte[id.length + 1];
        bound[0] = '(';
        System.arraycopy(id, 0, bound, 1, id.length);
        return bound;
    }

    private Optional<Run> read(byte[] text, byte[] stored, LeftOut leftOut) {
        Optional<RunId> id = id(text);
        try {
            return id.map(named -> codec.read(named, stored));
        } catch (UnreadableRunException e) {
            // The others are to be seen all the same.
            leftOut.add(id.get() + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    /** The runs that a list does not have, in one line of the log: somebody else may have written any number of them. */
    private static final class LeftOut {
        private String first = "";
        private int count;

        void add(String run) {
            first = count == 0 ? run : first;
            count++;
        }

        void tell() {
            if (count > 0) {
                LOG.warn("{} runs are left out, the newest of them {}", count, first);
            }
        }
    }

    /** A run's name; empty if it is none, as somebody else may have put it there. */
    private static Optional<RunId> id(byte[] text) {
        try {
            return Optional.of(new RunId(RunJson.text(text)));
        } catch (IllegalArgumentException e) {
            LOG.debug("something of {} bytes stands where runs are named, and names none", text.length);
            return Optional.empty();
        }
    }

    @Override
    public Run update(RunId id, UnaryOperator<Run> transition) {
        return replace(id, transition, "");
    }

    @Override
    public Run start(RunId id, String repository) {
        return replace(
                id,
                run -> switch (run.state()) {
                    case QUEUED -> run.started();
                    case PARKED -> run.resumed();
                    default -> run;
                },
                repository);
    }

    private Run replace(RunId id, UnaryOperator<Run> transition, String repository) {
        for (int conflicts = 0; conflicts < MOST_CONFLICTS; conflicts++) {
            StoredRun before = load(id).orElseThrow(() -> unknown(id));
            Run after = transition.apply(before.run());
            if (after.equals(before.run())) {
                return after;
            }
            long result = store(before, after, repository);
            if (result == MISSING) {
                throw unknown(id);
            }
            if (result == MUST_WAIT) {
                return before.run();
            }
            if (result != CONFLICT) {
                return after;
            }
        }
        throw new IllegalStateException("run " + id + " is changed by others all the time");
    }

    private static IllegalArgumentException unknown(RunId id) {
        return new IllegalArgumentException("no run " + id);
    }

    private long store(StoredRun before, Run after, String repository) {
        Instant now = clock.instant();
        RunState from = before.run().state();
        List<byte[]> args = new ArrayList<>(List.of(
                ascii(after.id()),
                ascii(HexFormat.of().toHexDigits(UUID.randomUUID().getMostSignificantBits())),
                ascii(before.version()),
                codec.write(after),
                ascii(from),
                ascii(after.state()),
                ascii(after.state().isFinal() ? 1 : 0),
                ascii(after.ended().orElse(now).toEpochMilli()),
                repository.getBytes(UTF_8),
                EventJson.waits(now),
                KEPT,
                keys.channel()));
        RunEvent.between(before.run(), after).forEach(event -> args.add(RunJson.bytes(EventJson.write(event, now))));
        List<?> answer = (List<?>) redis.call(
                UPDATE,
                List.of(
                        keys.run(after.id()),
                        keys.events(after.id()),
                        keys.in(from),
                        keys.in(after.state()),
                        keys.alike(),
                        keys.due(),
                        keys.occasions(),
                        keys.repositories(),
                        keys.waiters(),
                        keys.ended()),
                args);
        return number(answer.get(0));
    }

    @Override
    public List<DueRun> due(Instant now, Duration lease, int limit) {
        List<DueRun> runs = new ArrayList<>();
        List<byte[]> foreign = new ArrayList<>();
        // What is no run's turn is taken away, and keeps none from its own.
        do {
            List<byte[]> args = new ArrayList<>(List.of(
                    ascii(now.toEpochMilli()), ascii(now.plus(lease).toEpochMilli()), ascii(limit - runs.size())));
            args.addAll(foreign);
            foreign.clear();
            List<?> answer = (List<?>) redis.call(DUE, List.of(keys.due(), keys.occasions()), args);
            for (int i = 0; i < answer.size(); i += 2) {
                byte[] text = (byte[]) answer.get(i);
                byte[] occasion = (byte[]) answer.get(i + 1);
                Optional<RunId> id = id(text);
                if (id.isPresent() && occasion != null) {
                    runs.add(new DueRun(id.get(), new DueRun.Occasion(RunJson.text(occasion))));
                } else {
                    foreign.add(text);
                }
            }
        } while (!foreign.isEmpty());
        return runs;
    }

    @Override
    public void progress(RunId id, RunEvent.StepProgressed progress) {
        redis.call(
                PROGRESS,
                List.of(keys.run(id), keys.events(id), keys.ended()),
                List.of(ascii(id), RunJson.bytes(EventJson.write(progress, clock.instant())), KEPT, keys.channel()));
    }

    @Override
    public List<RunEvent.Entry> events(RunId id, long after, int limit) {
        List<RunEvent.Entry> entries = new ArrayList<>();
        long from = after;
        int wanted;
        List<?> answer;
        // Some may be of a kind that is not known here: fewer than were asked for are given only where there are no
        // more.
        do {
            wanted = limit - entries.size();
            answer = (List<?>) redis.call(EVENTS, List.of(keys.events(id)), List.of(ascii(from), ascii(wanted)));
            for (Object one : answer) {
                List<?> entry = (List<?>) one;
                byte[] event = (byte[]) ((List<?>) entry.get(1)).get(1);
                OptionalLong sequence = sequence(RunJson.text((byte[]) entry.get(0)));
                if (sequence.isEmpty()) {
                    return entries;
                }
                from = sequence.getAsLong();
                EventJson.read(from, event).ifPresent(entries::add);
            }
        } while (answer.size() == wanted && entries.size() < limit);
        return entries;
    }

    /** The first part of an entry's id; empty if it is beyond all that this store gives, and so are those after it. */
    private static OptionalLong sequence(String id) {
        try {
            return OptionalLong.of(Long.parseLong(id.substring(0, id.indexOf('-'))));
        } catch (NumberFormatException e) {
            LOG.debug("event {} of a run is none of ours", id);
            return OptionalLong.empty();
        }
    }

    @Override
    public Subscription follow(RunId id, long after, EventListener listener) {
        return channel.follow(id, after, listener);
    }

    @Override
    public Subscription subscribe(RunId id, RunListener listener) {
        return channel.subscribe(id, listener);
    }

    @Override
    public Subscription subscribeAll(RunListener listener) {
        return channel.subscribeAll(listener);
    }

    @Override
    public int removeEnded(int keep, Instant before) {
        List<byte[]> indices = new ArrayList<>(List.of(keys.ended(), keys.all()));
        Arrays.stream(RunState.values()).filter(RunState::isFinal).map(keys::in).forEach(indices::add);
        return (int) number(redis.call(
                REMOVE,
                indices,
                List.of(
                        ascii(keep),
                        ascii(before.toEpochMilli()),
                        ascii(MOST_REMOVED),
                        keys.runPrefix().getBytes(UTF_8),
                        keys.eventsPrefix().getBytes(UTF_8))));
    }

    @Override
    public boolean discard(RunId id) {
        List<byte[]> all = new ArrayList<>(List.of(
                keys.run(id),
                keys.events(id),
                keys.due(),
                keys.occasions(),
                keys.alike(),
                keys.repositories(),
                keys.waiters(),
                keys.ended(),
                keys.all()));
        Arrays.stream(RunState.values()).map(keys::in).forEach(all::add);
        return number(redis.call(
                        DISCARD, all, List.of(ascii(id), ascii(clock.instant().toEpochMilli()))))
                > 0;
    }

    /** Ends all subscriptions. */
    @Override
    public void close() {
        channel.close();
    }

    private static byte[] ascii(Object value) {
        return value.toString().getBytes(US_ASCII);
    }

    /** Numbers come as such, or as text where they come out of a hash. */
    private static long number(Object answer) {
        return answer instanceof Long number ? number : Long.parseLong(RunJson.text((byte[]) answer));
    }
}
