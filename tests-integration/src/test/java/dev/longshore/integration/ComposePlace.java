package dev.longshore.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;

/** The pool of docker-compose.yml, built from the program under test and started on a daemon of its own. */
final class ComposePlace implements AutoCloseable {
    static final String STEP_IMAGE = "longshore-test-step:local";
    static final int DASHBOARD_PORT = 18_080;
    private static final String PROJECT = "longshoretest";
    private static final String UID = "10001";

    final Path sources;
    final Path out;
    final Path environment;
    final ComposeDaemon docker;
    final Daemon daemon;
    private final Path context;
    private final Path override;

    ComposePlace(Path temp) throws IOException, InterruptedException {
        Command.run("chmod", "755", temp.toString());
        sources = Files.createDirectories(temp.resolve("sources"));
        out = Files.createDirectory(temp.resolve("out"));
        Command.run("chown", UID + ":" + UID, out.toString());
        docker = new ComposeDaemon(temp.resolve("docker"));
        daemon = new Daemon(docker.socket);
        environment = temp.resolve("compose.env");
        context = Files.createDirectory(temp.resolve("context"));
        // There is no registry, so that the analyser's image cannot be built here.
        override = Files.writeString(
                temp.resolve("override.yml"), "services:\n  worker:\n    command: [worker, --no-image-build]\n");
    }

    /** Does what docs/compose.md says, with images that need no registry. */
    void start(Longshore doctor) throws IOException, InterruptedException {
        docker.importImage("longshore-test-java:local", "LONGSHORE_TEST_JAVA_ARCHIVE");
        docker.importImage(
                "longshore-test-redis:local", "LONGSHORE_TEST_REDIS_ARCHIVE", "ENV PATH=/bin", "WORKDIR /data");
        docker.importImage(STEP_IMAGE, "LONGSHORE_TEST_BUSYBOX_ARCHIVE", "ENV PATH=/bin", "CMD [\"sh\"]");
        fillContext();
        doctor.run().exits(0);
        Files.writeString(
                environment,
                String.join(
                        "\n",
                        "LONGSHORE_BASE=longshore-test-java:local",
                        "LONGSHORE_REDIS_IMAGE=longshore-test-redis:local",
                        "LONGSHORE_DASHBOARD_PORT=" + DASHBOARD_PORT,
                        "LONGSHORE_SOURCES=" + sources,
                        "LONGSHORE_OUT=" + out,
                        ""),
                StandardOpenOption.APPEND);
        compose("build", "worker");
        compose("up", "-d", "--scale", "worker=2");
    }

    /** What the repository's own directory has for the image and for compose, with the jars of this test's class path. */
    private void fillContext() throws IOException, InterruptedException {
        Path lib = Files.createDirectories(context.resolve("worker/target/quick/lib"));
        int number = 0;
        for (String entry : Program.classPath().split(":", -1)) {
            Path path = Path.of(entry);
            if (Files.isDirectory(path) && !path.endsWith("test-classes")) {
                jar(lib.resolve("classes-" + number + ".jar"), path);
                number++;
            } else if (Files.isRegularFile(path)) {
                Files.copy(path, lib.resolve(path.getFileName()));
            }
        }
        Files.createDirectories(context.resolve("scripts"));
        Command.run(
                "cp", "-r", "../scripts/container", context.resolve("scripts").toString());
        Command.run("cp", "../Dockerfile", "../.dockerignore", "../docker-compose.yml", context.toString());
    }

    private static void jar(Path file, Path classes) {
        PrintStream err = System.err;
        int exit = ToolProvider.findFirst("jar")
                .orElseThrow()
                .run(err, err, "--create", "--file", file.toString(), "-C", classes.toString(), ".");
        assertThat(exit).as("jar of " + classes).isZero();
    }

    Command.Result tryCompose(String... words) throws IOException, InterruptedException {
        // By itself, it would leave building to a Docker client, which need not be here.
        List<String> command = new ArrayList<>(List.of(
                "env",
                "COMPOSE_DOCKER_CLI_BUILD=0",
                "docker-compose",
                "--host",
                docker.host(),
                "--project-name",
                PROJECT,
                "--env-file",
                environment.toString(),
                "--file",
                context.resolve("docker-compose.yml").toString(),
                "--file",
                override.toString()));
        command.addAll(List.of(words));
        return Command.result(context, command);
    }

    String compose(String... words) throws IOException, InterruptedException {
        Command.Result result = tryCompose(words);
        assertThat(result.exit())
                .as("docker-compose %s%n%s", String.join(" ", words), result.output())
                .isZero();
        return result.output();
    }

    /** A call of the program in the first worker's container. */
    String longshore(String... words) throws IOException, InterruptedException {
        return inWorker(prepend("longshore", words));
    }

    String inWorker(String... words) throws IOException, InterruptedException {
        return compose(prepend("exec", prepend("-T", prepend("worker", words))));
    }

    private static String[] prepend(String first, String... words) {
        List<String> all = new ArrayList<>(List.of(first));
        all.addAll(List.of(words));
        return all.toArray(String[]::new);
    }

    /** A setting that doctor has written. */
    String setting(String name) throws IOException {
        return Files.readAllLines(environment).stream()
                .filter(line -> line.startsWith(name + "="))
                .map(line -> line.substring(name.length() + 1))
                .findFirst()
                .orElseThrow();
    }

    JsonNode container(String service) throws IOException, InterruptedException {
        return daemon.get("/containers/" + PROJECT + "_" + service + "_1/json");
    }

    String volume(String name) throws IOException, InterruptedException {
        return daemon.get("/volumes/" + PROJECT + "_" + name).path("Mountpoint").asText();
    }

    /** The containers of steps that are there, as the daemon describes them. */
    List<JsonNode> steps(String step) throws IOException, InterruptedException {
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode container : daemon.get("/containers/json?all=1")) {
            if (container.path("Labels").path("dev.longshore.step").asText().equals(step)) {
                found.add(daemon.get("/containers/" + container.path("Id").asText() + "/json"));
            }
        }
        return found;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        try {
            if (Files.exists(environment)) {
                tryCompose("down", "--volumes", "--timeout", "5");
            }
        } finally {
            docker.close();
        }
    }
}
