/**
 * What the guard allows, and the file that says so. Start at {@link dev.longshore.docker.policy.GuardPolicy}; {@link
 * dev.longshore.docker.policy.PolicyFile} reads one. Nothing here knows a daemon: the package above holds requests against the
 * policy.
 */
@NullMarked
package dev.longshore.docker.policy;

import org.jspecify.annotations.NullMarked;
