/**
 * The audit log: what was asked of the daemon, by whom and what came of it, in lines that hold on to each other.
 *
 * <p>Start at {@link dev.longshore.docker.audit.AuditLog}, which writes, and {@link dev.longshore.docker.audit.AuditVerifier},
 * which tells what of a log was removed, changed or moved since. The files are in one directory, of which {@code AuditDirectory}
 * knows the names; {@code ChainWriter} appends to them for any number of processes at once. Nothing here knows of Docker.
 */
@NullMarked
package dev.longshore.docker.audit;

import org.jspecify.annotations.NullMarked;
