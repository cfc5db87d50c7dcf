/** The dashboard in a real browser, with real jobs. Start at {@code DashboardBrowserTest}. */
@NullMarked
package dev.longshore.integration.dashboard;

import org.jspecify.annotations.NullMarked;
