package dev.longshore.redis;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jobrunr.storage.navigation.AmountRequest;
import org.jobrunr.storage.navigation.OffsetBasedPageRequest;
import org.jobrunr.storage.navigation.OrderTerm;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs {@code list.lua} is to give.
 *
 * @param before only jobs before that, by what orders them
 */
record JobPage(
        State state,
        Order by,
        boolean descending,
        long offset,
        int limit,
        @Nullable Instant before) {
    /** What orders them. */
    enum Order {
        UPDATED,
        DUE,
        CREATED
    }

    /** What JobRunr sorts by. Its own constant for it has had two types, and a store compiled for one fails with the other. */
    private static final Set<String> COLUMNS = Set.of("updatedAt", "scheduledAt", "createdAt");

    /** The page that JobRunr asks for, in the order it asks for. */
    static JobPage of(State state, AmountRequest request, @Nullable Instant updatedBefore) {
        List<OrderTerm> terms = request.getAllOrderTerms(COLUMNS);
        String field = terms.isEmpty() ? "updatedAt" : terms.get(0).getFieldName();
        Order order = switch (field) {
            case "scheduledAt" -> isDueAtAll(state) ? Order.DUE : Order.UPDATED;
            case "createdAt" -> Order.CREATED;
            default -> Order.UPDATED;
        };
        return new JobPage(state, order, isDescending(terms), offset(request), request.getLimit(), updatedBefore);
    }

    /** The same for jobs that are due before that: the first one due is first, unless the latest is asked for. */
    static JobPage dueBefore(State state, AmountRequest request, Instant dueBefore) {
        List<OrderTerm> terms = request.getAllOrderTerms(COLUMNS);
        return new JobPage(state, Order.DUE, isDescending(terms), offset(request), request.getLimit(), dueBefore);
    }

    private static boolean isDueAtAll(State state) {
        return state == State.SCHEDULED || state == State.AWAITING;
    }

    private static boolean isDescending(List<OrderTerm> terms) {
        return !terms.isEmpty() && terms.get(0).getOrder() == OrderTerm.Order.DESC;
    }

    private static long offset(AmountRequest request) {
        return request instanceof OffsetBasedPageRequest page ? page.getOffset() : 0;
    }

    List<byte[]> arguments() {
        return List.of(
                state.bytes(),
                Bytes.of(by.name().toLowerCase(Locale.ROOT)),
                Bytes.of(descending ? "1" : ""),
                Bytes.of(offset),
                Bytes.of(limit),
                before == null ? Bytes.NONE : Bytes.of(Bytes.micros(before)));
    }
}
