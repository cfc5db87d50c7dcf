package dev.longshore.worker.runs;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.longshore.redis.RedisListener;
import dev.longshore.redis.RedisSubscription;
import dev.longshore.run.Run;
import dev.longshore.run.RunEvent;
import dev.longshore.run.RunId;
import dev.longshore.run.RunStore.EventListener;
import dev.longshore.run.RunStore.RunListener;
import dev.longshore.run.RunStore.Subscription;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells this process's listeners of what any process does to runs. One thread does all the telling, so that nobody hears
 * things out of order. Where messages may have been lost (the connection was, or they came faster than they were told) it
 * looks into Redis for what each listener has missed.
 */
final class RunChannel implements AutoCloseable, RedisListener {
    private static final Logger LOG = LoggerFactory.getLogger(RunChannel.class);

    private static final int MOST_WAITING = 1_000;
    private static final int PAGE = 200;
    private static final Duration AGAIN = Duration.ofSeconds(1);
    /** Where Redis is away, this process listens as soon as it is back. */
    private static final Duration FIRST_WAIT = Duration.ofSeconds(2);

    private static final byte SPACE = ' ';

    /** What is in Redis. */
    interface Reader {
        Optional<StoredRun> load(RunId id);

        List<RunEvent.Entry> events(RunId id, long after, int limit);
    }

    private final Reader reader;
    private final RunCodec codec;
    private final Function<RedisListener, RedisSubscription> subscribe;
    private final BlockingQueue<byte[]> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
    private final CountDownLatch listening = new CountDownLatch(1);
    private volatile boolean missed;
    private volatile boolean closed;
    private @Nullable Thread teller;
    private @Nullable RedisSubscription subscription;

    RunChannel(Reader reader, RunCodec codec, Function<RedisListener, RedisSubscription> subscribe) {
        this.reader = reader;
        this.codec = codec;
        this.subscribe = subscribe;
    }

    /** One listener; called by the telling thread alone. */
    private interface Watcher {
        /** Tells what the message says, if it is for this one. */
        void told(Message message);

        /** Looks for what may have been missed. */
        void look();
    }

    /** A message, read as far as is needed. */
    private static final class Message {
        private final RunId id;
        private final long version;
        private final byte[] encoded;
        private @Nullable Run run;

        private Message(RunId id, long version, byte[] encoded) {
            this.id = id;
            this.version = version;
            this.encoded = encoded;
        }

        static Message parse(byte[] bytes) {
            int first = indexOf(bytes, 0);
            RunId id = new RunId(new String(bytes, 0, first, US_ASCII));
            if (first == bytes.length) {
                return new Message(id, 0, new byte[0]);
            }
            int second = indexOf(bytes, first + 1);
            long version = Long.parseLong(new String(bytes, first + 1, second - first - 1, US_ASCII));
            return new Message(id, version, Arrays.copyOfRange(bytes, second + 1, bytes.length));
        }

        private static int indexOf(byte[] bytes, int from) {
            int at = from;
            while (at < bytes.length && bytes[at] != SPACE) {
                at++;
            }
            return at;
        }

        boolean isChange() {
            return version > 0;
        }

        Run run(RunCodec codec) {
            Run decoded = run == null ? codec.read(id, encoded) : run;
            run = decoded;
            return decoded;
        }
    }

    /** Wants the changes of one run. */
    private final class RunWatcher implements Watcher {
        private final RunId id;
        private final RunListener listener;
        private long seen;

        private RunWatcher(RunId id, RunListener listener) {
            this.id = id;
            this.listener = listener;
        }

        /** Only what comes after now is told. */
        synchronized void begin() {
            watchers.add(this);
            boolean begun = false;
            try {
                seen = reader.load(id).map(StoredRun::version).orElse(0L);
                begun = true;
            } finally {
                if (!begun) {
                    watchers.remove(this);
                }
            }
        }

        private synchronized boolean isNews(long version) {
            boolean news = version > seen;
            seen = Math.max(seen, version);
            return news;
        }

        @Override
        public void told(Message message) {
            if (message.isChange() && message.id.equals(id)) {
                // Read before its version counts: one that somebody else wrote hides none that come after it.
                Run changed = message.run(codec);
                if (isNews(message.version)) {
                    listener.changed(changed);
                }
            }
        }

        @Override
        public void look() {
            reader.load(id).ifPresent(stored -> {
                if (isNews(stored.version())) {
                    listener.changed(stored.run());
                }
            });
        }
    }

    /** Wants the changes of all runs. */
    private record AllWatcher(RunListener listener, RunCodec codec) implements Watcher {
        @Override
        public void told(Message message) {
            if (message.isChange()) {
                listener.changed(message.run(codec));
            }
        }

        @Override
        public void look() {
            // What was missed is not told: who listens to all runs looks for itself now and then.
        }
    }

    /** Wants the events of one run. */
    private final class EventWatcher implements Watcher {
        private final RunId id;
        private final EventListener listener;
        private long seen;

        private EventWatcher(RunId id, long after, EventListener listener) {
            this.id = id;
            this.listener = listener;
            this.seen = after;
        }

        @Override
        public void told(Message message) {
            if (message.id.equals(id)) {
                look();
            }
        }

        @Override
        public void look() {
            List<RunEvent.Entry> page;
            do {
                page = reader.events(id, seen, PAGE);
                for (RunEvent.Entry entry : page) {
                    seen = entry.sequence();
                    listener.happened(entry);
                }
            } while (page.size() == PAGE && watchers.contains(this));
        }
    }

    Subscription subscribe(RunId id, RunListener listener) {
        listen();
        RunWatcher watcher = new RunWatcher(id, listener);
        watcher.begin();
        return () -> watchers.remove(watcher);
    }

    Subscription subscribeAll(RunListener listener) {
        listen();
        return add(new AllWatcher(listener, codec));
    }

    Subscription follow(RunId id, long after, EventListener listener) {
        listen();
        Subscription following = add(new EventWatcher(id, after, listener));
        // The telling thread gives what is there already.
        message(id.value().getBytes(US_ASCII));
        return following;
    }

    private Subscription add(Watcher watcher) {
        watchers.add(watcher);
        return () -> watchers.remove(watcher);
    }

    /** Returns once this process hears what is said on the channel: only then is a change after it sure to be told. */
    private synchronized void listen() {
        if (closed) {
            throw new IllegalStateException("the run store is closed");
        }
        if (subscription != null) {
            return;
        }
        subscription = subscribe.apply(this);
        Thread thread = new Thread(this::tell, "longshore-runs");
        thread.setDaemon(true);
        thread.start();
        teller = thread;
        try {
            if (!listening.await(FIRST_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.debug("nothing is heard from Redis yet: what changes until then is told later");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void message(byte[] payload) {
        if (!waiting.offer(payload)) {
            missed = true;
        }
    }

    @Override
    public void resubscribed() {
        // The first time nobody can have missed anything: listeners come once this process listens.
        missed = !watchers.isEmpty();
        listening.countDown();
    }

    private void tell() {
        try {
            while (!closed) {
                byte[] payload = waiting.poll(AGAIN.toMillis(), TimeUnit.MILLISECONDS);
                if (payload != null) {
                    told(payload);
                }
                if (missed) {
                    missed = false;
                    attempt(Watcher::look);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("no more is told of runs", e);
        }
    }

    private void told(byte[] payload) {
        Message message;
        try {
            message = Message.parse(payload);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            // Somebody else's. Without this thread nobody here would hear of a run's end any more.
            LOG.debug("a message that is none of ours", e);
            return;
        }
        attempt(watcher -> watcher.told(message));
    }

    private interface Telling {
        void to(Watcher watcher);
    }

    private void attempt(Telling telling) {
        for (Watcher watcher : watchers) {
            try {
                telling.to(watcher);
            } catch (RuntimeException e) {
                if (!closed) {
                    // One listener's fault, or Redis is away: the others are told, and this one later what is then so.
                    missed = true;
                    LOG.debug("a listener could not be told", e);
                }
            } catch (Error e) {
                // Such as a class that is not there: without this thread nobody here would be told any more.
                missed = true;
                LOG.error("A listener to runs failed; the others are told, and it is told what comes next.", e);
            }
        }
    }

    @Override
    public void close() {
        RedisSubscription open;
        synchronized (this) {
            closed = true;
            open = subscription;
            if (teller != null) {
                teller.interrupt();
            }
        }
        if (open != null) {
            open.close();
        }
    }
}
