package dev.longshore.worker.runs;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.pipeline.Pipeline;
import dev.longshore.run.DockerMode;
import dev.longshore.run.Run;
import dev.longshore.run.RunEvent;
import dev.longshore.run.RunId;
import dev.longshore.run.RunSpec;
import dev.longshore.run.RunState;
import dev.longshore.source.Source;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RunChannelTest {
    private static final RunChannel.Reader NOTHING_MISSED = new RunChannel.Reader() {
        @Override
        public Optional<StoredRun> load(RunId id) {
            return Optional.empty();
        }

        @Override
        public List<RunEvent.Entry> events(RunId id, long after, int limit) {
            return List.of();
        }
    };

    private final RunCodec codec = new RunCodec("p", Optional.empty());
    private final RunChannel channel = new RunChannel(NOTHING_MISSED, codec, listener -> {
        listener.resubscribed();
        return () -> {};
    });

    private final Run run = Run.queued(new RunSpec(
            new RunId("r-0001"),
            new Source.Directory(Path.of("/source"), Optional.empty()),
            new Pipeline("empty", List.of()),
            DockerMode.OFF,
            Path.of("/out"),
            Instant.EPOCH));

    private void change(long version, Run changed) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes((changed.id() + " " + version + " ").getBytes(US_ASCII));
        message.writeBytes(codec.write(changed));
        channel.message(message.toByteArray());
    }

    @Test
    void aListenerWhoseClassesAreNotThereKeepsNoOtherFromHearing() throws Exception {
        BlockingQueue<RunState> told = new LinkedBlockingQueue<>();
        try (channel) {
            channel.subscribeAll(changed -> {
                throw new NoClassDefFoundError("of a listener");
            });
            channel.subscribeAll(changed -> told.add(changed.state()));

            change(1, run);
            change(2, run.cancelled(Instant.EPOCH));

            assertThat(told.poll(30, TimeUnit.SECONDS)).isEqualTo(RunState.QUEUED);
            assertThat(told.poll(30, TimeUnit.SECONDS)).isEqualTo(RunState.CANCELLED);
        }
    }
}
