#!/usr/bin/env python3
"""Holds the files of a graph, their sizes and hashes, against git.

usage: compare_files.py [--all] SOURCE GRAPH

A source that is no work tree is listed through an empty repository outside it, which honours its .gitignore files as
Longshore does. There the built-in ignores of the filesystem step are the only difference to expect; what they leave out
is printed by name. With --all, for a graph whose filesystem step had the option gitIgnores: false, the files are those
that os.walk finds. Exit status 1 if there is another difference.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile

# Directories and files that docs/steps/filesystem.md lists as left out of what is no work tree.
BUILT_IN = re.compile(
    rb"(^|/)(\.hg|\.svn|\.bzr|\.jj|\.sl|_darcs|CVS|node_modules|bower_components|__pycache__|\.venv|\.tox|\.nox|\.eggs"
    rb"|\.mypy_cache|\.pytest_cache|\.ruff_cache|\.hypothesis|\.ipynb_checkpoints|\.gradle|\.terraform|\.idea|\.vs)/"
    rb"|(^|/)(\.DS_Store|Thumbs\.db|[^/]*\.pyc)$"
)


def of_git(source):
    """The regular files that git sees, and whether the source is a work tree."""
    command = ["git", "-c", "core.excludesFile=/dev/null"]
    with tempfile.TemporaryDirectory() as empty:
        work_tree = os.path.exists(os.path.join(source, b".git"))
        if not work_tree:
            subprocess.run(["git", "init", "--quiet", empty], check=True)
            command += ["--git-dir", os.path.join(empty, ".git"), "--work-tree", source]
        listed = subprocess.run(
            command + ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=source, check=True, capture_output=True).stdout
    paths = {path for path in listed.split(b"\0") if path}
    return {path for path in paths if is_regular(os.path.join(source, path))}, work_tree


def of_walk(source):
    found = set()
    for directory, _, names in os.walk(source):
        found.update(os.path.relpath(os.path.join(directory, name), source) for name in names)
    return {path for path in found if is_regular(os.path.join(source, path))}


def is_regular(path):
    return os.path.isfile(path) and not os.path.islink(path)


def of_graph(graph):
    files = {}
    with open(os.path.join(graph, "nodes.jsonl"), encoding="utf-8") as lines:
        for line in lines:
            node = json.loads(line)
            if node["labels"][0] == "File":
                # Percent signs stand for themselves except where a byte is not UTF-8; nameBytes tells which.
                files[node["properties"]["path"].encode()] = node["properties"]
    return files


def main():
    everything = sys.argv[1] == "--all"
    arguments = sys.argv[2 if everything else 1:]
    source, graph = os.fsencode(os.path.abspath(arguments[0])), of_graph(arguments[1])
    tool = "os.walk" if everything else "git"
    expected, work_tree = (of_walk(source), False) if everything else of_git(source)
    ignored = set() if work_tree else {path for path in expected - graph.keys() if BUILT_IN.search(path)}
    expected -= ignored
    wrong = []
    for path in expected & graph.keys():
        with open(os.path.join(source, path), "rb") as file:
            content = file.read()
        node = graph[path]
        if node["size"] != len(content) or node["sha256"] != hashlib.sha256(content).hexdigest():
            wrong.append(path)
    for what, paths in (("only in the graph", graph.keys() - expected), (f"only {tool}", expected - graph.keys()),
                        ("another size or hash", wrong), ("left out by a built-in ignore", ignored)):
        for path in sorted(paths)[:25]:
            print(f"files: {what}: {os.fsdecode(path)}")
    print(f"files: graph={len(graph)} {tool}={len(expected)} same={len(graph.keys() & expected) - len(wrong)}"
          f" ignored={len(ignored)}")
    return 0 if graph.keys() == expected and not wrong else 1


if __name__ == "__main__":
    sys.exit(main())
