package dev.longshore.dashboard;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How often an address may give wrong credentials: {@link #BURST} times, and then once per {@link #REFILL}. One whose
 * failures are used up is not even compared, so that the answer tells it nothing. Thread-safe.
 */
final class FailureLimit {
    static final int BURST = 10;
    static final Duration REFILL = Duration.ofSeconds(6);

    /** Whoever has more addresses than this is held back by none of them; memory is. */
    private static final int MOST_ADDRESSES = 4096;

    /** A home's or an office's share of the IPv6 addresses counts as one. */
    private static final int IPV6_PREFIX_BYTES = 8;

    private final LongSupplier nanos;
    private final Map<Network, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Network, Bucket> eldest) {
            return size() > MOST_ADDRESSES;
        }
    };

    private record Network(java.util.List<Byte> prefix) {
        static Network of(InetAddress address) {
            byte[] bytes = address.getAddress();
            int length = address instanceof Inet6Address ? IPV6_PREFIX_BYTES : bytes.length;
            Byte[] prefix = new Byte[length];
            Arrays.setAll(prefix, i -> bytes[i]);
            return new Network(java.util.List.of(prefix));
        }
    }

    private static final class Bucket {
        private double failuresLeft = BURST;
        private long asOf;
    }

    /** @param nanos a clock like {@link System#nanoTime()} */
    FailureLimit(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** How long the address has to wait before it may try; zero if it may now. */
    synchronized Duration wait(InetAddress address) {
        Bucket bucket = buckets.get(Network.of(address));
        if (bucket == null) {
            return Duration.ZERO;
        }
        refill(bucket);
        return bucket.failuresLeft >= 1
                ? Duration.ZERO
                : Duration.ofNanos((long) ((1 - bucket.failuresLeft) * REFILL.toNanos()));
    }

    synchronized void failed(InetAddress address) {
        Bucket bucket = buckets.computeIfAbsent(Network.of(address), unused -> {
            Bucket fresh = new Bucket();
            fresh.asOf = nanos.getAsLong();
            return fresh;
        });
        refill(bucket);
        bucket.failuresLeft = Math.max(0, bucket.failuresLeft - 1);
    }

    private void refill(Bucket bucket) {
        long now = nanos.getAsLong();
        bucket.failuresLeft = Math.min(BURST, bucket.failuresLeft + (double) (now - bucket.asOf) / REFILL.toNanos());
        bucket.asOf = now;
    }
}
