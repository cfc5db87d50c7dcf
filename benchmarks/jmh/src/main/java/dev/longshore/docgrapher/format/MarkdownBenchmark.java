package dev.longshore.docgrapher.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.commonmark.parser.Parser;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Reading Markdown, held against the bare parser: what a document's tree costs before anything is done with it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(1)
public class MarkdownBenchmark {
    /** A directory with Markdown files. */
    @Param("")
    public String directory = "";

    private final List<String> texts = new ArrayList<>();
    private final Parser parser = Parser.builder().build();

    /** Reads the files into memory and tells their size. */
    @Setup
    public void read() throws IOException {
        long bytes = 0;
        try (Stream<Path> files = Files.walk(Path.of(directory))) {
            for (Path file : (Iterable<Path>) files.filter(path -> path.toString().endsWith(".md"))::iterator) {
                String text = new String(Files.readAllBytes(file), UTF_8);
                bytes += text.getBytes(UTF_8).length;
                texts.add(text);
            }
        }
        System.out.println(bytes + " bytes of Markdown in " + texts.size() + " files");
    }

    /** The physical floor: the parser alone, without extensions and source positions. */
    @Benchmark
    public void bareParser(Blackhole blackhole) {
        for (String text : texts) {
            blackhole.consume(parser.parse(text));
        }
    }

    /** What the step does with each document before it writes to the graph. */
    @Benchmark
    public void docgrapher(Blackhole blackhole) {
        for (String text : texts) {
            blackhole.consume(DocumentFormat.MARKDOWN.read(text));
        }
    }
}
