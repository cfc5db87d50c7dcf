package dev.longshore.docker;

import java.nio.file.Path;

/** What brought a running container's wait to an end. The first one counts. */
sealed interface Ending {
    /** The daemon says its process has ended. */
    record Ended() implements Ending {}

    record Lost(DockerFailure failure) implements Ending {}

    record ListenerFailed(Throwable thrown) implements Ending {}

    record TooMuchOutput(Path directory, String detail) implements Ending {}

    record Cancelled() implements Ending {}

    record PastDeadline() implements Ending {}

    record Silent() implements Ending {}
}
