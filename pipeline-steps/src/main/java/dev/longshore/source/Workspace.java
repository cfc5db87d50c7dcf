package dev.longshore.source;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A source's files, laid out for a step to read. Steps never write to it.
 *
 * @param root absolute; the directory that all paths of the graph are relative to
 * @param repository what repository it is
 * @param gitWorkTree the root of the git work tree that {@code root} is or lies in; empty where it is in none
 * @param exclude a directory below {@code root} that is not part of the source: where this run writes its graph
 */
public record Workspace(Path root, Repository repository, Optional<Path> gitWorkTree, Optional<Path> exclude) {}
