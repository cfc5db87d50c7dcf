package dev.longshore.worker.runs;

import dev.longshore.run.Run;

/**
 * A run as Redis has it.
 *
 * @param version counts its changes, from 1
 */
record StoredRun(long version, Run run) {}
