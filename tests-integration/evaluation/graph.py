"""Reads a Longshore graph for the comparisons beside this file."""

import collections
import json
import os


class Graph:
    """The nodes by label, and the edges by type, of one or more directories with nodes.jsonl and edges.jsonl."""

    def __init__(self, directories):
        self.nodes = {}
        self.edges = collections.defaultdict(list)
        for directory in directories:
            with open(os.path.join(directory, "nodes.jsonl"), encoding="utf-8") as lines:
                for line in lines:
                    node = json.loads(line)
                    known = self.nodes.setdefault(node["id"], {"label": node["labels"][0]})
                    for name, value in node["properties"].items():
                        known.setdefault(name, value)
            with open(os.path.join(directory, "edges.jsonl"), encoding="utf-8") as lines:
                for line in lines:
                    edge = json.loads(line)
                    self.edges[edge["type"]].append(edge)

    def labelled(self, label):
        return [node for node in self.nodes.values() if node["label"] == label]

    def documents(self, document_format):
        return sorted(node["path"] for node in self.labelled("Document") if node["format"] == document_format)

    def headings(self):
        """(line, level, title) of every section, by path, in the order of the lines."""
        found = collections.defaultdict(list)
        for node in self.labelled("Section"):
            found[node["path"]].append((node["line"], node["level"], node["title"]))
        return {path: sorted(sections) for path, sections in found.items()}


class Report:
    """Counts agreements and prints differences, up to a limit."""

    def __init__(self, what, limit=25):
        self.what = what
        self.limit = limit
        self.counts = collections.Counter()

    def compare(self, path, ours, theirs):
        """Holds two multisets against each other."""
        ours, theirs = collections.Counter(ours), collections.Counter(theirs)
        self.counts["ours"] += sum(ours.values())
        self.counts["theirs"] += sum(theirs.values())
        self.counts["same"] += sum((ours & theirs).values())
        for sign, difference in (("only ours", ours - theirs), ("only theirs", theirs - ours)):
            for item in difference.elements():
                self.counts[sign] += 1
                if self.counts[sign] <= self.limit:
                    print(f"{self.what}: {sign}: {path}: {item!r}")

    def print(self):
        counts = " ".join(f"{name}={self.counts[name]}" for name in ("ours", "theirs", "same", "only ours", "only theirs"))
        print(f"{self.what}: {counts}")

    def differs(self):
        return self.counts["only ours"] + self.counts["only theirs"] > 0
