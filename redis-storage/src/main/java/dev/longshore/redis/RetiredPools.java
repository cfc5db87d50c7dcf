package dev.longshore.redis;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Pools of nodes that are not asked any more, for as long as calls are under way on them: those still have deadlines. */
final class RetiredPools {
    private final Set<LinkPool> pools = ConcurrentHashMap.newKeySet();

    void add(LinkPool pool) {
        pool.close(false);
        pools.add(pool);
    }

    void forgetUnused() {
        pools.removeIf(pool -> pool.openLinks() == 0);
    }

    List<LinkPool> and(Collection<LinkPool> others) {
        List<LinkPool> all = new ArrayList<>(pools);
        all.addAll(others);
        return all;
    }
}
