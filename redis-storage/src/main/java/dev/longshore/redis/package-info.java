/**
 * A Redis {@code StorageProvider} for JobRunr 8, to be: nothing is here yet. Until it is, the program keeps its jobs in
 * memory and offers no {@code --redis}.
 */
@NullMarked
package dev.longshore.redis;

import org.jspecify.annotations.NullMarked;
