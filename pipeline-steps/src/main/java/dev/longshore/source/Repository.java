package dev.longshore.source;

import java.util.Optional;

/**
 * What repository a source is.
 *
 * @param identity tells it from every other and is the same for all its clones: the origin's host and path where there is
 *     an origin ({@code github.com/pallets/flask}), else the name
 * @param name for people: the last part of the origin, or the directory's name
 * @param origin where it was cloned from, without user and password
 * @param commit the commit that is checked out, 40 hexadecimal digits; empty where the source is no git work tree
 * @param branch the branch that is checked out; empty for a clone at a tag or a commit
 */
public record Repository(
        String identity, String name, Optional<String> origin, Optional<String> commit, Optional<String> branch) {}
