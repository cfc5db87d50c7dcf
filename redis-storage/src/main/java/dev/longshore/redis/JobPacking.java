package dev.longshore.redis;

import org.jspecify.annotations.Nullable;

/** What becomes of a job's JSON before it is stored, and must hold before it is read: small, signed and allowed. */
final class JobPacking {
    /** What is packed, so that neither can stand in for the other. */
    enum Kind {
        JOB,
        RECURRING
    }

    private final String store;
    private final JobBody body;
    private final @Nullable JobSeal seal;
    private final AllowedJobs allowed;

    /**
     * Packs for one store.
     *
     * @param seal null: jobs are stored as they are, and read whoever wrote them
     * @param allowed what may be read
     */
    JobPacking(String store, JobBody body, @Nullable JobSeal seal, AllowedJobs allowed) {
        this.store = store;
        this.body = body;
        this.seal = seal;
        this.allowed = allowed;
    }

    byte[] pack(Kind kind, byte[] id, String json) {
        byte[] packed = body.encode(json);
        return seal == null ? packed : seal.seal(context(kind), id, packed);
    }

    /**
     * The JSON that was packed: safe to be given to a mapper.
     *
     * @throws SuspectJobException if it was not packed by one that has the same keys, or is not allowed
     */
    String unpack(Kind kind, byte[] id, byte[] stored) {
        try {
            String json = body.decode(seal == null ? stored : genuine(seal.open(context(kind), id, stored)));
            if (allowed.check(json) instanceof AllowedJobs.Verdict.Refused refused) {
                throw new SuspectJobException("it is not allowed: " + refused.reason());
            }
            return json;
        } catch (UnreadableBodyException e) {
            throw new SuspectJobException("its body cannot be read: " + e.getMessage(), e);
        }
    }

    private static byte[] genuine(JobSeal.Opened opened) {
        if (opened instanceof JobSeal.Opened.Genuine genuine) {
            return genuine.body();
        }
        if (opened instanceof JobSeal.Opened.UnknownKey unknown) {
            throw new SuspectJobException("it is signed with the key " + unknown.id() + ", which is not given here");
        }
        throw new SuspectJobException(
                opened instanceof JobSeal.Opened.Unsealed ? "it is not signed" : "its signature is wrong");
    }

    private byte[] context(Kind kind) {
        return Bytes.of(store + "/" + kind);
    }
}
