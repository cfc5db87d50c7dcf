package dev.longshore.worker.runs;

import dev.longshore.redis.JobSeal;
import dev.longshore.run.Run;
import dev.longshore.run.RunId;
import java.util.Optional;

/**
 * Runs as Redis keeps them: JSON, sealed with the keys of the pool's jobs if it has any. A run says which image is run and
 * where a graph is written, and so is no less worth sealing than the job that only names it.
 */
final class RunCodec {
    private final String kind;
    private final Optional<JobSeal> seal;

    RunCodec(String pool, Optional<JobSeal> seal) {
        this.kind = "run of " + pool;
        this.seal = seal;
    }

    byte[] write(Run run) {
        byte[] json = RunJson.write(run);
        return seal.map(keys -> keys.sign(kind, run.id().value(), json)).orElse(json);
    }

    /** Throws UnreadableRunException if it is no run of this pool. */
    Run read(RunId id, byte[] stored) {
        byte[] json = seal.map(keys -> keys.verified(kind, id.value(), stored)
                        .orElseThrow(() -> new UnreadableRunException("run " + id
                                + " in Redis is not sealed with this pool's keys: somebody else may have written it")))
                .orElse(stored);
        return RunJson.read(json);
    }
}
