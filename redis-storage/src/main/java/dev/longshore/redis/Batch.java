package dev.longshore.redis;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/**
 * Many runs of one script in one round trip. What has been answered is not asked again when the rest is repeated, be it
 * that the connection broke or that Redis did not know the script.
 */
final class Batch implements Exchange {
    /** Redis keeps the answers of those sent until they are read; this bounds how many. */
    private static final int AT_ONCE = 10_000;

    private final Script script;
    private final List<CommandArguments> requests;
    private final Object[] answers;
    private final boolean[] done;
    private @Nullable JedisDataException ownError;

    Batch(Script script, List<CommandArguments> requests) {
        this.script = script;
        this.requests = requests;
        this.answers = new Object[requests.size()];
        this.done = new boolean[requests.size()];
    }

    @Override
    public Object over(Link link, boolean asking) {
        for (int from = 0; from < requests.size(); from += AT_ONCE) {
            int to = Math.min(from + AT_ONCE, requests.size());
            if (!exchange(link, from, to, false, asking) && !exchange(link, from, to, true, asking)) {
                throw new JedisNoScriptException("NOSCRIPT Redis forgot " + script + " at once");
            }
        }
        if (ownError != null) {
            throw ownError;
        }
        return answers;
    }

    /**
     * Sends what is not done, and reads all answers.
     *
     * @return false if the script has to be loaded for some
     */
    private boolean exchange(Link link, int from, int to, boolean load, boolean asking) {
        if (load) {
            link.sendLoad(script);
        }
        for (int i = from; i < to; i++) {
            if (!done[i]) {
                if (asking) {
                    link.sendAsking();
                }
                link.send(requests.get(i));
            }
        }
        JedisDataException fault = load && link.next() instanceof JedisDataException refused ? refused : null;
        boolean known = true;
        for (int i = from; i < to; i++) {
            if (done[i]) {
                continue;
            }
            if (asking) {
                link.next();
            }
            Object answer = link.next();
            if (answer instanceof JedisNoScriptException) {
                known = false;
            } else if (answer instanceof JedisDataException error && FaultReader.read(error) != null) {
                fault = fault == null ? error : fault;
            } else {
                done[i] = true;
                answers[i] = answer;
                if (ownError == null && answer instanceof JedisDataException error) {
                    ownError = error;
                }
            }
        }
        if (fault != null) {
            throw fault;
        }
        return known;
    }

    List<Object> answers() {
        return Collections.unmodifiableList(Arrays.asList(answers));
    }
}
