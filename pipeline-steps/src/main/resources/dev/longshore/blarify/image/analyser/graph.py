"""Writes the output: ``nodes.jsonl``, ``edges.jsonl`` and ``counts.json``, the same bytes for the same source."""

import json
from pathlib import Path
from typing import Any

from .definitions import Definition
from .source import display_path

Node = tuple[int, int]
"""(file, definition), both by position; the definition is -1 for the file itself."""


class Graph:
    """Definitions and edges of the whole workspace. Files are known by their position in the sorted list."""

    def __init__(self, files: list[str], languages: dict[int, str]):
        self._files = files
        self._languages = languages
        self._definitions: dict[int, list[Definition]] = {}
        self._edges: dict[tuple[Node, Node, str], int] = {}

    def define(self, file: int, definitions: list[Definition]) -> None:
        if definitions:
            self._definitions[file] = definitions

    def refer(self, source: Node, target: Node, type_: str, line: int) -> bool:
        """Adds a reference; one that is there already keeps its first line. Whether it was new."""
        key = (source, target, type_)
        known = self._edges.get(key)
        if known is None or line < known:
            self._edges[key] = line
        return known is None

    def write(self, out: Path) -> dict[str, int]:
        """Writes nodes and edges; the number of each label and type."""
        counts: dict[str, int] = {}
        named = {node for source, target, _ in self._edges for node in (source, target) if node[1] < 0}
        with open(out / "nodes.jsonl", "w", encoding="utf-8", newline="\n") as file:
            for number in sorted(set(self._definitions) | {node[0] for node in named}):
                path = display_path(self._files[number])
                _line(file, {"id": _id((number, -1)), "labels": ["File"], "properties": {"path": path}})
                for position, definition in enumerate(self._definitions.get(number, ())):
                    _line(file, self._node((number, position), path, definition))
                    _add(counts, f"nodes.{definition.label}")
        with open(out / "edges.jsonl", "w", encoding="utf-8", newline="\n") as file:
            for number in sorted(self._definitions):
                for position, definition in enumerate(self._definitions[number]):
                    edge = {"source": _id((number, definition.parent)), "target": _id((number, position))}
                    _line(file, edge | {"type": "DEFINES", "properties": {}})
                    _add(counts, "edges.DEFINES")
            for (source, target, type_), line in sorted(self._edges.items()):
                edge = {"source": _id(source), "target": _id(target), "type": type_, "properties": {"line": line}}
                _line(file, edge)
                _add(counts, f"edges.{type_}")
        return counts

    def _node(self, node: Node, path: str, definition: Definition) -> dict[str, Any]:
        properties: dict[str, Any] = {
            "path": path,
            "name": definition.name,
            "qualifiedName": definition.qualified_name,
            "startLine": definition.start_line,
            "endLine": definition.end_line,
            "language": self._languages[node[0]],
        }
        if definition.overload > 1:
            properties["overload"] = definition.overload
        return {"id": _id(node), "labels": [definition.label], "properties": properties}


def write_counts(out: Path, counts: dict[str, int]) -> None:
    (out / "counts.json").write_text(json.dumps(counts, sort_keys=True) + "\n", encoding="utf-8")


def _id(node: Node) -> str:
    return f"f{node[0]}" if node[1] < 0 else f"f{node[0]}d{node[1]}"


def _line(file: Any, value: dict[str, Any]) -> None:
    file.write(json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True))
    file.write("\n")


def _add(counts: dict[str, int], name: str, by: int = 1) -> None:
    counts[name] = counts.get(name, 0) + by


