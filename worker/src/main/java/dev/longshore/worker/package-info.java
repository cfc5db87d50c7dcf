/**
 * The program. {@link dev.longshore.worker.Main} reads the command line ({@code cli}); a command that runs pipelines
 * starts a {@link dev.longshore.worker.jobs.JobServer}, whose jobs take each run through preflight, its steps and the
 * publishing of its graph.
 */
@NullMarked
package dev.longshore.worker;

import org.jspecify.annotations.NullMarked;
