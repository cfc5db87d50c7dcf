#!/usr/bin/env python3
"""Prints the nodes of a graph by label and its edges by type.

usage: kinds.py GRAPH
"""

import collections
import json
import os
import sys


def count(file, kind):
    counts = collections.Counter()
    with open(file, encoding="utf-8") as lines:
        for line in lines:
            counts[kind(json.loads(line))] += 1
    return counts


def main():
    for name, kind in (("nodes", lambda node: node["labels"][0]), ("edges", lambda edge: edge["type"])):
        counts = count(os.path.join(sys.argv[1], name + ".jsonl"), kind)
        listed = ", ".join(f"{value:,} {key}" for key, value in counts.most_common())
        print(f"{name}: {sum(counts.values()):,} ({listed})")


if __name__ == "__main__":
    main()
