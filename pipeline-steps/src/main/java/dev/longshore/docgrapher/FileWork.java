package dev.longshore.docgrapher;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longshore.docgrapher.docstring.Docstring;
import dev.longshore.docgrapher.docstring.DocstringReader;
import dev.longshore.docgrapher.docstring.SourceLanguage;
import dev.longshore.docgrapher.docstring.TooComplexException;
import dev.longshore.docgrapher.format.DocumentFormat;
import dev.longshore.docgrapher.format.ParsedDocument;
import dev.longshore.graph.NodeId;
import dev.longshore.step.StepCounts;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one file after another and has what it holds written. What is wrong with a file is told and counted; only what is
 * wrong with the graph's own files, or with the machine, goes on to the caller.
 */
final class FileWork {
    /** A file to read: a document, a source with docstrings, or both by name. */
    record Task(String path, NodeId file, Optional<DocumentFormat> format, Optional<SourceLanguage> language) {}

    private static final Logger LOG = LoggerFactory.getLogger(FileWork.class);
    /** A parsed document takes some twenty times its size, so large ones are parsed one at a time. */
    private static final int LARGE = 1 << 20;

    private final WorkspaceFiles files;
    private final long maxFileSize;
    private final DocumentWriter documents;
    private final DocstringWriter docstrings;
    private final StepCounts counts;
    private final Semaphore large = new Semaphore(1);

    FileWork(
            WorkspaceFiles files,
            long maxFileSize,
            DocumentWriter documents,
            DocstringWriter docstrings,
            StepCounts counts) {
        this.files = files;
        this.maxFileSize = maxFileSize;
        this.documents = documents;
        this.docstrings = docstrings;
        this.counts = counts;
    }

    void run(Task task) throws IOException, InterruptedException {
        Optional<byte[]> content;
        try {
            content = files.read(task.path(), maxFileSize);
        } catch (NoSuchFileException e) {
            LOG.warn("{}: gone since it was listed", task.path());
            counts.add("skipped.vanished");
            return;
        } catch (java.nio.channels.ClosedByInterruptException e) {
            throw new InterruptedException("interrupted while reading " + task.path());
        } catch (IOException e) {
            LOG.warn("{}: cannot be read: {}", task.path(), e.toString());
            counts.add("skipped.unreadable");
            return;
        }
        if (content.isPresent()) {
            byte[] bytes = content.get();
            boolean isLarge = bytes.length > LARGE;
            if (isLarge) {
                large.acquire();
            }
            try {
                graph(task, bytes);
            } finally {
                if (isLarge) {
                    large.release();
                }
            }
        } else {
            counts.add("skipped.oversized");
        }
    }

    private void graph(Task task, byte[] bytes) throws IOException, InterruptedException {
        SourceText source = SourceText.of(bytes);
        if (source.mended()) {
            counts.add("files.notUtf8");
        }
        if (task.format().isPresent()) {
            DocumentFormat format = task.format().get();
            ParsedDocument parsed;
            try {
                // A parser that others wrote, on a file that anybody wrote: whatever comes of it costs this file only.
                parsed = format.read(source.text());
            } catch (RuntimeException | StackOverflowError e) {
                failed(task, e);
                return;
            }
            documents.write(task.path(), task.file(), format, parsed);
        }
        if (task.language().isPresent()) {
            byte[] utf8 = source.text().getBytes(UTF_8);
            List<Docstring> read;
            try {
                read = DocstringReader.read(task.language().get(), utf8);
            } catch (TooComplexException e) {
                LOG.warn("{}: left out, {}", task.path(), e.getMessage());
                counts.add("skipped.tooComplex");
                return;
            } catch (RuntimeException | StackOverflowError e) {
                failed(task, e);
                return;
            }
            docstrings.write(task.path(), task.file(), read);
        }
    }

    private void failed(Task task, Throwable e) {
        LOG.warn("{}: left out, its parser failed", task.path(), e);
        counts.add("failed");
    }
}
