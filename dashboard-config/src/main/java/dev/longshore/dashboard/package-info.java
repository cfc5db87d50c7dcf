/**
 * The operators' port: the JobRunr dashboard on a server of our own.
 *
 * <p>Start at {@link dev.longshore.dashboard.DashboardServer}. A request comes in on one of {@link
 * dev.longshore.dashboard.RequestThreads}, is let in or refused by {@link dev.longshore.dashboard.Gate}, is answered by
 * JobRunr's own handlers ({@link dev.longshore.dashboard.JobRunrPages}) into memory, and goes out through {@link
 * dev.longshore.dashboard.Answer}, which no stack trace passes. Streams of events have {@link
 * dev.longshore.dashboard.EventStreams}.
 */
@NullMarked
package dev.longshore.dashboard;

import org.jspecify.annotations.NullMarked;
