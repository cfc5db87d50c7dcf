#!/usr/bin/env python3
"""Holds the headings, links and code blocks of Markdown documents against markdown-it-py.

usage: compare_markdown.py SOURCE GRAPH...

SOURCE is the directory that was ingested, GRAPH a directory with nodes.jsonl and edges.jsonl. Needs markdown-it-py and
linkify-it-py. Exit status 1 if there is a difference.
"""

import collections
import os
import re
import sys
import urllib.parse

from markdown_it import MarkdownIt

from graph import Graph, Report

FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(?=[\w.-]+\s*:|#|\s*\n)(.*?\n)(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)


def text(token):
    parts = []
    for child in token.children or []:
        if child.type in ("text", "code_inline", "text_special"):
            parts.append(child.content)
        elif child.type == "image":
            parts.append(text(child))
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
    return "".join(parts)


def targets(token):
    """Destinations of links and images. Links in the words that stand for an image are none."""
    for child in token.children or []:
        if child.type == "link_open" and child.attrs.get("href"):
            yield child.attrs["href"]
        elif child.type == "image":
            if child.attrs.get("src"):
                yield child.attrs["src"]


def read(parser, path):
    with open(path, "rb") as file:
        source = file.read().decode("utf-8-sig", "replace").replace("\0", "\ufffd")
    skipped = 0
    matter = FRONT_MATTER.match(source)
    if matter:
        skipped = matter.group(0).count("\n")
        source = source[matter.end():]
    tokens = parser.parse(source)
    headings, links, blocks = [], [], []
    for index, token in enumerate(tokens):
        if token.type == "heading_open":
            headings.append((token.map[0] + 1 + skipped, int(token.tag[1]), text(tokens[index + 1]).strip()))
        elif token.type in ("fence", "code_block"):
            blocks.append(token.map[0] + 1 + skipped)
        if token.type == "inline":
            links.extend(targets(token))
    return headings, links, blocks


def web(links):
    """Web addresses, percent signs decoded: the two write unusual characters differently."""
    return {urllib.parse.unquote(link) for link in links if re.match(r"https?:", link, re.IGNORECASE)}


def main():
    source, graph = sys.argv[1], Graph(sys.argv[2:])
    # The linkifier is told to find what GitHub and we find: addresses with a scheme.
    parser = MarkdownIt("gfm-like", {"html": True})
    parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    headings = graph.headings()
    blocks = collections.defaultdict(list)
    for node in graph.labelled("CodeBlock"):
        blocks[node["path"]].append(node["line"])
    links = collections.defaultdict(set)
    for edge in graph.edges["LINKS_TO"]:
        target = graph.nodes[edge["target"]]
        if target["label"] == "Url":
            links[graph.nodes[edge["source"]]["path"]].add(urllib.parse.unquote(target["url"]))
    reports = [Report("headings"), Report("web links"), Report("code blocks")]
    documents = graph.documents("markdown")
    html = 0
    for path in documents:
        theirs = read(parser, os.path.join(source, path))
        reports[0].compare(path, headings.get(path, []), theirs[0])
        # We also read the addresses in HTML, which markdown-it passes through unread.
        with open(os.path.join(source, path), encoding="utf-8", errors="replace") as file:
            in_html = web(value.replace("&amp;", "&") for value in re.findall(r"(?:href|src)\s*=\s*[\"']([^\"']+)", file.read()))
        extra = (links[path] - web(theirs[1])) & in_html
        html += len(extra)
        reports[1].compare(path, links[path] - extra, web(theirs[1]))
        reports[2].compare(path, blocks[path], theirs[2])
    print(f"documents: {len(documents)}; web links that only HTML has, left out: {html}")
    for report in reports:
        report.print()
    return 1 if any(report.differs() for report in reports) else 0


if __name__ == "__main__":
    sys.exit(main())
