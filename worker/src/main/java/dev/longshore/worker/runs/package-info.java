/**
 * Runs on Redis: what a pool of workers, and whoever watches it, share.
 *
 * <p>Start at {@link dev.longshore.worker.runs.RedisRunStore}. Its scripts lie beside it; docs/worker-pool.md has the keys.
 */
@NullMarked
package dev.longshore.worker.runs;

import org.jspecify.annotations.NullMarked;
