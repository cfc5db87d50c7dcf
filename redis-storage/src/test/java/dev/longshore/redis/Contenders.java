package dev.longshore.redis;

import dev.longshore.redis.SaveHistory.Kind;
import dev.longshore.redis.SaveHistory.Operation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.storage.ConcurrentJobModificationException;
import org.jobrunr.utils.mapper.jackson.JacksonJsonMapper;

/**
 * Threads that all change one job. As a program: URL, job, threads, rounds, file for the history. Says {@code ready}, begins
 * at a line of input, and says {@code done}.
 */
final class Contenders {
    private final RedisStorageProvider provider;
    private final UUID job;
    private final String name;

    Contenders(RedisStorageProvider provider, UUID job, String name) {
        this.provider = provider;
        this.job = job;
        this.name = name;
    }

    public static void main(String[] args) throws Exception {
        try (RedisStorageProvider provider = provider(args[0])) {
            Contenders contenders = new Contenders(
                    provider,
                    UUID.fromString(args[1]),
                    "p" + ProcessHandle.current().pid());
            Jvm.answer("ready");
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII)).readLine();
            List<Operation> history = contenders.fight(Integer.parseInt(args[2]), Integer.parseInt(args[3]));
            Files.write(
                    Path.of(args[4]), history.stream().map(Operation::toString).toList());
            Jvm.answer("done");
        }
    }

    static RedisStorageProvider provider(String url) {
        RedisStorageProvider provider = RedisStorageProvider.builder(url).build();
        provider.setJobMapper(new JobMapper(new JacksonJsonMapper()));
        return provider;
    }

    static List<Operation> read(Path file) throws IOException {
        return Files.readAllLines(file).stream().map(Operation::parse).toList();
    }

    /** Lets so many threads read and save the job so many times each; answers all that they did. */
    List<Operation> fight(int threads, int rounds) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Callable<List<Operation>>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                String thread = name + "t" + i;
                all.add(() -> fight(thread, rounds));
            }
            List<Operation> history = new ArrayList<>();
            for (Future<List<Operation>> one : pool.invokeAll(all)) {
                history.addAll(one.get());
            }
            return history;
        } finally {
            pool.shutdownNow();
        }
    }

    private List<Operation> fight(String thread, int rounds) {
        List<Operation> history = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            long begin = System.nanoTime();
            Job read = provider.getJobById(job);
            long end = System.nanoTime();
            int version = read.getVersion();
            history.add(new Operation(Kind.READ, version, read.getJobName(), begin, end));

            String content = thread + "n" + i;
            read.setJobName(content);
            begin = System.nanoTime();
            Kind kind;
            try {
                provider.save(read);
                kind = Kind.SAVED;
            } catch (ConcurrentJobModificationException e) {
                kind = Kind.CONFLICT;
            }
            history.add(new Operation(kind, version + 1, content, begin, System.nanoTime()));
        }
        return history;
    }
}
