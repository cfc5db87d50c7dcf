package dev.longshore.docker;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the daemon who it is. */
final class DaemonQuestions {
    private static final Logger LOG = LoggerFactory.getLogger(DaemonQuestions.class);

    private final DaemonConnection daemon;

    DaemonQuestions(DaemonConnection daemon) {
        this.daemon = daemon;
    }

    DaemonInfo info() throws InterruptedException {
        Versions versions = daemon.negotiate(daemon.settings().callTimeout());
        JsonNode info = daemon.json(Call.get("info", "/info", daemon.settings().callTimeout()));
        List<String> security = new ArrayList<>();
        info.path("SecurityOptions").forEach(option -> security.add(option.asText()));
        String root = info.path("DockerRootDir").asText("");
        return new DaemonInfo(
                info.path("Name").asText(""),
                versions.answer().path("Version").asText(""),
                versions.agreed().toString(),
                versions.oldest().toString(),
                versions.newest().toString(),
                info.path("OSType").asText(versions.answer().path("Os").asText("")),
                info.path("Architecture").asText(versions.answer().path("Arch").asText("")),
                // Podman has a word of its own for it.
                has(security, "rootless") || info.path("Rootless").asBoolean(),
                has(security, "userns"),
                has(security, "seccomp"),
                info.path("CgroupVersion").asInt(),
                root,
                freeSpace(root));
    }

    /** Options come as {@code name=seccomp,profile=default}; unconfined is as good as none. */
    private static boolean has(List<String> options, String name) {
        return options.stream()
                .anyMatch(option -> List.of(option.split(",", -1)).contains("name=" + name)
                        && !option.contains("profile=unconfined"));
    }

    private OptionalLong freeSpace(String root) {
        if (daemon.endpoint().socket().isEmpty() || root.isBlank() || !Files.isDirectory(Path.of(root))) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Files.getFileStore(Path.of(root)).getUsableSpace());
        } catch (IOException e) {
            LOG.debug("no free space of {}", root, e);
            return OptionalLong.empty();
        }
    }
}
