#!/usr/bin/env python3
"""Holds the docstrings of Python sources against Python's own ast.get_docstring.

usage: compare_docstrings.py SOURCE GRAPH...

Exit status 1 if there is a difference. Files that this Python cannot parse are left out and counted.
"""

import ast
import collections
import os
import sys
import warnings

from graph import Graph, Report


def docstring(node):
    # Up to Python 3.12, cleandoc leaves a last line of nothing but blanks if no line but the first has text.
    return (ast.get_docstring(node) or "").rstrip("\n ")


def docstrings(tree):
    def walk(node, chain):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
                inner = chain + [child.name]
                text = docstring(child)
                if text:
                    label = "Class" if isinstance(child, ast.ClassDef) else "Function"
                    yield label, ".".join(inner), child.body[0].lineno, text
                yield from walk(child, inner)
            else:
                yield from walk(child, chain)

    text = docstring(tree)
    if text:
        yield "File", "", tree.body[0].lineno, text
    yield from walk(tree, [])


def main():
    source, graph = sys.argv[1], Graph(sys.argv[2:])
    ours = collections.defaultdict(list)
    for node in graph.labelled("Docstring"):
        # What follows the last word is cut off on both sides: see docstring().
        ours[node["path"]].append((node["owner"], node["qualifiedName"], node["line"], node["text"].rstrip("\n ")))
    report = Report("docstrings")
    files = failed = 0
    warnings.simplefilter("ignore")
    for path in sorted(node["path"] for node in graph.labelled("File") if node.get("language") == "python"):
        with open(os.path.join(source, path), "rb") as file:
            code = file.read()
        try:
            tree = ast.parse(code)
        except (SyntaxError, ValueError):
            failed += 1
            continue
        files += 1
        report.compare(path, ours[path], docstrings(tree))
    print(f"files: {files}; left out, no Python {sys.version_info[0]}.{sys.version_info[1]}: {failed}")
    report.print()
    return 1 if report.differs() else 0


if __name__ == "__main__":
    sys.exit(main())
