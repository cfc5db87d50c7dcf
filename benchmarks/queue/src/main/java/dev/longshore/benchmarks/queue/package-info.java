/**
 * Task queues on Redis under the same load: {@link dev.longshore.benchmarks.queue.LongshorePeer} is ours. What a peer must do
 * stands in {@link dev.longshore.benchmarks.queue.Peer}; the harness that runs and times them all is
 * {@code benchmarks/queue/run}.
 */
@NullMarked
package dev.longshore.benchmarks.queue;

import org.jspecify.annotations.NullMarked;
