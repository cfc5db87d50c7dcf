package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Another process with a guard of its own, that can be killed in the middle of what it does. Tells what it does line by line. */
final class OtherJvm implements AutoCloseable {
    private final Process process;
    private final BufferedReader words;
    private final List<String> unheard = new ArrayList<>();

    private OtherJvm(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                OtherJvm.class.getName()));
        command.addAll(List.of(arguments));
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        words = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Tells its lease by directory and its lease by process. */
    static OtherJvm holdingLease(Path directory) throws IOException {
        return new OtherJvm("lease", directory.toString());
    }

    /** Runs a shell's script in a container that can be taken over, if inputs are given; tells the container's name. */
    static OtherJvm running(String owner, Path leases, String run, String script, Optional<String> inputs, Path out)
            throws IOException {
        return new OtherJvm("run", owner, leases.toString(), run, script, inputs.orElse(""), out.toString());
    }

    /** The container that it says it runs. */
    String container() throws IOException {
        return word("container ");
    }

    /** What it says besides, the next of it. */
    String word() throws IOException {
        return word("> ");
    }

    /** A container's output may come before the word that it has started. */
    private String word(String start) throws IOException {
        for (String line : unheard) {
            if (line.startsWith(start)) {
                unheard.remove(line);
                return line.substring(start.length());
            }
        }
        while (true) {
            String line = words.readLine();
            assertThat(line).as("the other process ended").isNotNull();
            if (line.startsWith(start)) {
                return line.substring(start.length());
            }
            unheard.add(line);
        }
    }

    /** As the kernel does it when memory runs out: nothing of it gets to do anything any more. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        kill();
        words.close();
    }

    static ContainerRequest request(String run, String script, Path out) {
        return ContainerRequest.builder(TestDaemon.IMAGE, run, "step")
                .command("sh", "-c", script)
                .limits(Limits.DEFAULT.withMemoryBytes(64L << 20))
                .mount(new Mount.OutputDirectory(out, "/out", 1 << 20))
                .deadline(Duration.ofSeconds(60))
                .build();
    }

    /** The other process. */
    public static void main(String[] arguments) throws Exception {
        try (DirectoryLeases leases = DirectoryLeases.take(Path.of(arguments[arguments[0].equals("lease") ? 1 : 2]))) {
            if (arguments[0].equals("lease")) {
                tell(leases.own());
                tell(Leases.ofProcess().own());
                Thread.currentThread().join();
            }
            try (GuardedDocker guard =
                    GuardedDocker.open(DockerSettings.of(arguments[1]).withLeases(leases))) {
                ContainerRequest request = request(arguments[3], arguments[4], Path.of(arguments[6]));
                ContainerListener listener = new ContainerListener() {
                    @Override
                    public void started(String container) {
                        System.out.println("container " + container);
                        System.out.flush();
                    }

                    @Override
                    public void stdout(String line) {
                        tell(line);
                    }
                };
                ContainerExit exit = arguments[5].isEmpty()
                        ? guard.run(request, listener)
                        : guard.run(request, new Takeover(arguments[5]), listener);
                tell(exit.toString());
            }
        }
    }

    private static void tell(String word) {
        System.out.println("> " + word);
        System.out.flush();
    }
}
