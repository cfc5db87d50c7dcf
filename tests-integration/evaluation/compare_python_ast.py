#!/usr/bin/env python3
"""Holds the Python classes and functions of a graph against Python's own ``ast``.

    compare_python_ast.py GRAPH SOURCE [--show N]

GRAPH is a directory with nodes.jsonl, SOURCE the directory that was ingested. Compared are label, path,
qualified name, overload, first and last line. Prints the figures, then the differences, at most N of a kind
(default 20). Exit code 0 when there are none, 1 when there are, 2 when the input cannot be read.

Files that ``ast`` of this Python cannot parse are left out and counted; so are, where the graph holds the whole file
system, the files of SOURCE that it does not have, because they are ignored.
"""

import argparse
import ast
import json
import os
import sys
import warnings
from pathlib import Path
from typing import Iterator, NamedTuple


class Found(NamedTuple):
    path: str
    label: str
    qualified_name: str
    overload: int
    start: int
    end: int


def of_graph(nodes: Path) -> tuple[set[Found], set[str] | None]:
    """The Python definitions of the graph, and its files; None for these when only some of them have a node.

    An analyser's own output names just the files in which it found something.
    """
    found, files, complete = set(), set(), False
    with open(nodes, encoding="utf-8") as lines:
        for line in lines:
            node = json.loads(line)
            label, properties = node["labels"][0], node["properties"]
            complete = complete or label in ("Repository", "Directory")
            if label == "File":
                files.add(properties["path"])
            elif label in ("Class", "Function") and properties.get("language", "python") == "python":
                found.add(
                    Found(
                        properties["path"],
                        label,
                        properties["qualifiedName"],
                        properties.get("overload", 1),
                        properties["startLine"],
                        properties["endLine"],
                    )
                )
    return found, files if complete else None


def of_source(path: str, content: bytes) -> Iterator[Found]:
    """What ``ast`` finds in one file; raises SyntaxError or ValueError where it cannot parse it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # escapes that are not valid, and the like
        tree = ast.parse(content, path)
    seen: dict[tuple[str, str], int] = {}
    pending: list[tuple[ast.AST, str]] = [(tree, "")]
    definitions = []
    while pending:
        node, outer = pending.pop()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
                name = f"{outer}.{child.name}" if outer else child.name
                definitions.append((child.lineno, child.col_offset, child, name))
                pending.append((child, name))
            else:
                pending.append((child, outer))
    for start, _, node, name in sorted(definitions, key=lambda item: item[:2]):
        label = "Class" if isinstance(node, ast.ClassDef) else "Function"
        seen[label, name] = seen.get((label, name), 0) + 1
        yield Found(path, label, name, seen[label, name], start, node.end_lineno or start)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("graph", type=Path)
    parser.add_argument("source", type=Path)
    parser.add_argument("--show", type=int, default=20, metavar="N")
    arguments = parser.parse_args()
    try:
        graph, files = of_graph(arguments.graph / "nodes.jsonl")
    except (OSError, KeyError, ValueError) as error:
        print(f"cannot read the graph: {error!r}", file=sys.stderr)
        return 2
    sys.setrecursionlimit(100_000)
    source: set[Found] = set()
    compared, unparsed, unknown = set(), [], []
    for directory, _, names in os.walk(arguments.source):
        for name in names:
            file = Path(directory, name)
            path = file.relative_to(arguments.source).as_posix()
            if not name.endswith(".py") or file.is_symlink():
                continue
            if files is not None and path not in files:
                unknown.append(path)
                continue
            try:
                source.update(of_source(path, file.read_bytes()))
            except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
                unparsed.append(f"{path}: {error}")
            else:
                compared.add(path)
    graph = {found for found in graph if found.path in compared}
    print(f"files compared                {len(compared)}")
    print(f"files ast cannot parse        {len(unparsed)}")
    print(f"files not in the graph        {len(unknown)}")
    for label in ("Class", "Function"):
        ours, theirs = (sum(found.label == label for found in side) for side in (graph, source))
        print(f"{label:<9} graph {ours}, ast {theirs}, the same {sum(f.label == label for f in graph & source)}")
    by_place = {(f.path, f.label, f.start): f for f in graph}
    different, missing = [], []
    for theirs in sorted(source - graph):
        ours = by_place.get((theirs.path, theirs.label, theirs.start))
        if ours is None:
            missing.append(theirs)
        else:
            different.append((ours, theirs))
    explained = {ours for ours, _ in different}
    surplus = sorted(graph - source - explained)
    show("unparsed by ast", unparsed, arguments.show)
    show("different (graph, ast)", [f"{a}\n    {b}" for a, b in different], arguments.show)
    show("only ast", missing, arguments.show)
    show("only the graph", surplus, arguments.show)
    return 1 if different or missing or surplus else 0


def show(title: str, items: list, limit: int) -> None:
    if items:
        print(f"{title}: {len(items)}")
        for item in items[:limit]:
            print(f"  {item}")


if __name__ == "__main__":
    sys.exit(main())
