/**
 * The jobs that take a run from its first check to its published graph, the same on one machine as in a pool.
 *
 * <p>Start at {@link dev.longshore.worker.jobs.JobServer}; {@link dev.longshore.worker.jobs.JobChain} says which job comes
 * after which. Every handler may be called twice for the same job and then does its work once.
 */
@NullMarked
package dev.longshore.worker.jobs;

import org.jspecify.annotations.NullMarked;
