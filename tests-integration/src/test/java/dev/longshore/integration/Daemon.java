package dev.longshore.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The daemon of the tests, looked at past the guard: with curl, so that nothing under test answers for itself. */
final class Daemon {
    private static final JsonMapper JSON = new JsonMapper();

    private final Path socket;

    Daemon(Path socket) {
        this.socket = socket;
    }

    /** The daemon that ./verify offers; without one the test fails rather than passes unseen. */
    static Daemon offered() {
        String host = System.getenv("DOCKER_HOST");
        assertThat(host)
                .as("DOCKER_HOST: these tests need a daemon; ./verify brings one")
                .startsWith("unix://");
        return new Daemon(Path.of(String.valueOf(host).substring("unix://".length())));
    }

    static String busybox() {
        String image = System.getenv("LONGSHORE_TEST_BUSYBOX_IMAGE");
        assertThat(image)
                .as("LONGSHORE_TEST_BUSYBOX_IMAGE: these tests need an image with a shell; ./verify makes one")
                .isNotBlank();
        return String.valueOf(image);
    }

    String host() {
        return "unix://" + socket;
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        return JSON.readTree(Command.run(
                "curl",
                "--silent",
                "--fail",
                "--max-time",
                "20",
                "--unix-socket",
                socket.toString(),
                "http://localhost" + path));
    }

    /** Ids of the containers, running or not, whose mounts or binds mention the directory. */
    List<String> containersUsing(Path directory) throws IOException, InterruptedException {
        List<String> found = new ArrayList<>();
        for (JsonNode container : get("/containers/json?all=1")) {
            for (JsonNode mount : container.path("Mounts")) {
                if (Path.of(mount.path("Source").asText()).startsWith(directory)) {
                    found.add(container.path("Id").asText());
                    break;
                }
            }
        }
        return found;
    }

    /** What these containers are called now. */
    List<String> names(List<String> ids) throws IOException, InterruptedException {
        List<String> names = new ArrayList<>();
        for (JsonNode container : get("/containers/json?all=1")) {
            if (ids.contains(container.path("Id").asText())) {
                names.add(container.path("Names").path(0).asText());
            }
        }
        return names;
    }

    /** Waits until a step's container works on something in the directory: preflight's canary has no output. */
    void awaitStepContainer(Path directory) throws IOException, InterruptedException {
        Waiting.until(
                () -> {
                    for (JsonNode container : get("/containers/json")) {
                        String mounts = container.path("Mounts").toString();
                        if (mounts.contains(directory.toString()) && mounts.contains("/out\"")) {
                            return true;
                        }
                    }
                    return false;
                },
                "the step's container is running");
    }

    List<String> volumes() throws IOException, InterruptedException {
        List<String> names = new ArrayList<>();
        for (JsonNode volume : get("/volumes").path("Volumes")) {
            names.add(volume.path("Name").asText());
        }
        return names;
    }
}
