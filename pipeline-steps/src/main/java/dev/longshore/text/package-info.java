/** Text that is shown to people, whoever wrote it. */
@NullMarked
package dev.longshore.text;

import org.jspecify.annotations.NullMarked;
