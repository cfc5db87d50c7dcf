/**
 * The operators' port, to be: the JobRunr dashboard on a server of our own, the REST API, the status page, health and
 * metrics. Nothing is here yet, and the program offers no {@code dashboard} command until it is.
 */
@NullMarked
package dev.longshore.dashboard;

import org.jspecify.annotations.NullMarked;
