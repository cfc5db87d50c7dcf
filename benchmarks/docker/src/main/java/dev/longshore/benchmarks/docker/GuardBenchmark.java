package dev.longshore.benchmarks.docker;

import dev.longshore.docker.audit.AuditSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;

/**
 * Times the same operations through docker-java and through the guard, on the same daemon, with the same image and the same limits. In
 * each round every client has one turn, in an order by chance: whatever else the machine does meets all alike. Arguments: the
 * daemon's address, an image with {@code true}, a scratch directory, calls, container runs.
 */
final class GuardBenchmark {
    private static final double MOST_PER_CALL = 1;
    private static final double MOST_PER_RUN = 30;

    private GuardBenchmark() {}

    private interface Operation {
        void on(Client client) throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        String address = arguments[0];
        String image = arguments[1];
        Path scratch = Path.of(arguments[2]);
        int calls = Integer.parseInt(arguments[3]);
        int runs = Integer.parseInt(arguments[4]);
        Path source = Files.createDirectory(scratch.resolve("source"));
        Path output = Files.createDirectory(scratch.resolve("output"));
        Path audit = scratch.resolve("audit");
        try (GuardClient guard = new GuardClient("guard, no audit", address, image, source, output, Optional.empty());
                GuardClient audited = new GuardClient(
                        "guard, audit", address, image, source, output, Optional.of(AuditSettings.in(audit)));
                Client plain = new PlainClient(address, guard.apiVersion(), image, source, output)) {
            List<Client> clients = List.of(plain, guard, audited);
            System.out.printf(
                    Locale.ROOT,
                    "%d processors, load %s before; milliseconds%n%n",
                    Runtime.getRuntime().availableProcessors(),
                    load());
            System.out.println("| operation | client | p50 | p99 | p50 more than docker-java | target |");
            System.out.println("|---|---|---|---|---|---|");
            boolean met = measure("ping", clients, calls, MOST_PER_CALL, Client::ping);
            met &= measure("inspect an image", clients, calls, MOST_PER_CALL, Client::inspectImage);
            met &= measure("run a container", clients, runs, MOST_PER_RUN, Client::runContainer);
            System.out.printf(Locale.ROOT, "%nload %s after%n", load());
            if (!met) {
                System.out.println("a target was missed");
            }
        }
        System.out.printf(Locale.ROOT, "audit log: %d bytes%n", Files.size(audit.resolve("audit.jsonl")));
    }

    private static boolean measure(String what, List<Client> clients, int count, double most, Operation operation)
            throws Exception {
        // The JVM compiles first what is measured later.
        rounds(clients, Math.max(5, count / 2), operation);
        List<Samples> samples = rounds(clients, count, operation);
        double plain = samples.get(0).percentile(50);
        boolean met = true;
        for (int i = 0; i < clients.size(); i++) {
            double p50 = samples.get(i).percentile(50);
            boolean within = p50 - plain <= most;
            met &= within;
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %s | %.3f | %.3f | %s |%n",
                    what,
                    clients.get(i).name(),
                    p50,
                    samples.get(i).percentile(99),
                    i == 0
                            ? " | "
                            : String.format(
                                    Locale.ROOT, "%+.3f | ≤ %.0f: %s", p50 - plain, most, within ? "met" : "missed"));
        }
        return met;
    }

    private static List<Samples> rounds(List<Client> clients, int count, Operation operation) throws Exception {
        List<Samples> samples =
                clients.stream().map(client -> new Samples(count)).toList();
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < clients.size(); i++) {
            order.add(i);
        }
        // What the daemon still does for the one before meets each of them alike, only if it is not always the same
        // one.
        Random random = new Random(count);
        for (int round = 0; round < count; round++) {
            Collections.shuffle(order, random);
            for (int which : order) {
                long begin = System.nanoTime();
                operation.on(clients.get(which));
                samples.get(which).add(System.nanoTime() - begin);
            }
        }
        return samples;
    }

    private static String load() throws IOException {
        return Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0];
    }
}
