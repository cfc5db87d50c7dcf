package dev.longshore.docker.policy;

import java.util.List;
import java.util.Optional;

/** Whom containers may run as, by number. Root is not a matter of policy: no container runs as root. */
public record UserRules(List<Range> uids, List<Range> gids) {
    /** Ids from {@code least} to {@code most}, both included. */
    public record Range(long least, long most, Place where) {}

    public UserRules {
        uids = List.copyOf(uids);
        gids = List.copyOf(gids);
    }

    /** The first range that holds this id. */
    public static Optional<Range> find(List<Range> ranges, long id) {
        return ranges.stream()
                .filter(range -> range.least <= id && id <= range.most)
                .findFirst();
    }
}
