/**
 * A process that works on a pool's runs, or puts runs into it.
 *
 * <p>Start at {@link dev.longshore.worker.pool.PoolWorker}; {@link dev.longshore.worker.pool.Pool} is the pool as every
 * process sees it. docs/worker-pool.md tells the whole.
 */
@NullMarked
package dev.longshore.worker.pool;

import org.jspecify.annotations.NullMarked;
