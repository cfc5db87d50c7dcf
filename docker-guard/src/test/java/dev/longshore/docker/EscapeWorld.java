package dev.longshore.docker;

import dev.longshore.docker.policy.GuardPolicy;
import dev.longshore.docker.policy.PolicyFile;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A host in a directory, with a strict policy: what escapes.txt is about. */
final class EscapeWorld implements AutoCloseable {
    private static final String POLICY = """
            version: 1
            images:
              - repository: registry.example.org/denied/*
                deny: true
              - repository: registry.example.org/**
                recorded:
                  "1.0": sha256:1111111111111111111111111111111111111111111111111111111111111111
              - repository: local/*
                pin: none
            binds:
              read: [ "${world}/sources" ]
              write: [ "${world}/out" ]
            volumes:
              read: [ "longshore-*" ]
              write: [ "longshore-out-*" ]
            networks: [ analysis ]
            environment:
              deny: [ "CI_*" ]
            users:
              uid: [ 1000-59999, 65534 ]
              gid: [ 1000-59999, 65534 ]
            profiles:
              - steps: "big-*"
                limits: { memory: 8GiB }
            """;

    final Path root;
    final GuardPolicy policy;
    final DockerSettings settings;
    final DockerEndpoint endpoint;
    private final Map<String, Path> places = new LinkedHashMap<>();
    private final List<ServerSocketChannel> servers = new ArrayList<>();
    private final List<Path> links = new ArrayList<>();

    EscapeWorld(Path temporary) throws IOException {
        root = temporary.toRealPath();
        Path sources = place("$S", "sources");
        Path out = place("$O", "out");
        Path home = place("$H", "home");
        Path daemon = place("$D", "daemon");
        Path other = place("$X", "x");
        Path work = place("$W", "work");
        Path linked = place("$L", "sources/links");
        places.put("$Y", root);
        directories("sources/project", "sources/with-socket", "sources-of-others", "home/project", "elsewhere/inner");
        directories(
                "engine/overlay2", "engine/volumes/other/_data", "x/certificates", "x/docker-config", "work/pools/p");
        for (String secret : List.of(".ssh", ".docker", ".aws", ".kube")) {
            Files.createDirectories(home.resolve(secret));
        }
        for (Path file : List.of(
                home.resolve(".ssh/id_ed25519"),
                home.resolve(".kube/config"),
                home.resolve(".git-credentials"),
                home.resolve(".netrc"),
                other.resolve("docker-config/config.json"),
                work.resolve("pools/p/seal-keys"),
                work.resolve("policy.yaml"),
                sources.resolve("file"),
                sources.resolve("hard-linked"),
                out.resolve("file"))) {
            Files.writeString(file, "content");
        }
        Files.createLink(root.resolve("elsewhere/second-name"), sources.resolve("hard-linked"));
        pipe(sources.resolve("pipe"));
        listen(daemon.resolve("docker.sock"));
        listen(sources.resolve("with-socket/agent.sock"));
        link(linked, "to-root", Path.of("/"));
        link(linked, "to-proc", Path.of("/proc/self"));
        link(linked, "to-to-proc", linked.resolve("to-proc"));
        link(linked, "to-etc", Path.of("/etc"));
        link(linked, "to-socket", daemon.resolve("docker.sock"));
        link(linked, "to-ssh", home.resolve(".ssh"));
        link(linked, "to-elsewhere", root.resolve("elsewhere"));
        link(linked, "to-nowhere", root.resolve("nowhere"));
        link(linked, "loop", Path.of("loop"));
        link(out, "to-etc", Path.of("/etc"));
        link(out, "to-elsewhere", root.resolve("elsewhere"));
        policy = PolicyFile.parse("policy.yaml", POLICY, Map.of("world", root))
                .protecting(work.resolve("pools/p/seal-keys"))
                .protecting(work.resolve("policy.yaml"));
        settings = DockerSettings.of("me")
                .withEnvironment(
                        Map.of(
                                "DOCKER_CERT_PATH",
                                        other.resolve("certificates").toString(),
                                "DOCKER_CONFIG", other.resolve("docker-config").toString()),
                        home)
                .withPolicy(policy);
        endpoint = new DockerEndpoint(
                URI.create("unix://" + daemon.resolve("docker.sock")),
                DockerEndpoint.Origin.OPTION,
                "test",
                Optional.empty());
    }

    BindRules binds() {
        return new BindRules(settings, endpoint, "step", Optional.of(root.resolve("engine")));
    }

    /** A text with its places put in, and digests of one digit for {@code $1} to {@code $9}. */
    String told(String text) {
        String told = text;
        for (Map.Entry<String, Path> place : places.entrySet()) {
            told = told.replace(place.getKey(), place.getValue().toString());
        }
        for (int digit = 1; digit <= 9; digit++) {
            told = told.replace("$" + digit, String.valueOf(digit).repeat(64));
        }
        return told;
    }

    private Path place(String name, String path) throws IOException {
        Path directory = Files.createDirectories(root.resolve(path));
        places.put(name, directory);
        return directory;
    }

    private void directories(String... paths) throws IOException {
        for (String path : paths) {
            Files.createDirectories(root.resolve(path));
        }
    }

    private void link(Path directory, String name, Path target) throws IOException {
        links.add(Files.createSymbolicLink(directory.resolve(name), target));
    }

    private void listen(Path path) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path));
        servers.add(server);
    }

    private static void pipe(Path path) throws IOException {
        Process process =
                new ProcessBuilder("mkfifo", path.toString()).inheritIO().start();
        try {
            if (process.waitFor() != 0) {
                throw new IOException("no pipe at " + path);
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** JUnit warns of links that lead out of the directory it deletes. */
    @Override
    public void close() throws IOException {
        for (Path link : links) {
            Files.delete(link);
        }
        for (ServerSocketChannel server : servers) {
            server.close();
        }
    }
}
