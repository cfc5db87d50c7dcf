#!/usr/bin/env python3
"""Holds the headings, web links and code blocks of reStructuredText documents against docutils.

usage: compare_rst.py SOURCE GRAPH...

Needs docutils. Sphinx's directives are unknown to docutils: here their content is read as text, as ours is, except where
it is code. Exit status 1 if there is a difference.
"""

import collections
import os
import re
import sys
import urllib.parse

import docutils.core
import docutils.nodes
from docutils.parsers.rst import Directive, directives, roles

from graph import Graph, Report


class Text(Directive):
    """Any directive: reads its content as text."""

    has_content = True
    optional_arguments = 1000
    final_argument_whitespace = True

    def run(self):
        node = docutils.nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, node)
        return node.children


class Code(Directive):
    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec = collections.defaultdict(lambda: directives.unchanged)

    def run(self):
        node = docutils.nodes.literal_block()
        node["code_line"] = self.lineno
        return [node]


class Nothing(Directive):
    has_content = True
    optional_arguments = 1000
    final_argument_whitespace = True
    option_spec = collections.defaultdict(lambda: directives.unchanged)

    def run(self):
        return []


def role(name, rawtext, text, lineno, inliner, options=None, content=None):
    # As Sphinx shows it: the words before <target>, and of ~a.b.c only the last.
    title = re.sub(r"\s*<[^<>]*>$", "", text) or text
    return [docutils.nodes.inline(rawtext, title.split(".")[-1] if title.startswith("~") else title)], []


def register():
    for name in ("code-block", "code", "sourcecode", "prompt", "parsed-literal", "doctest", "testcode", "ipython"):
        directives.register_directive(name, Code)
    for name in ("include", "literalinclude", "kernel-include", "raw", "math", "graphviz", "toctree", "kernel-render",
                 "testsetup", "image", "figure", "csv-table", "tabularcolumns", "kernel-doc", "kernel-figure"):
        directives.register_directive(name, Nothing)
    known = directives.directive

    def directive(name, language, document):
        found, messages = known(name, language, document)
        return (found, messages) if found else (Text, [])

    directives.directive = directive
    known_role = roles.role

    def any_role(name, language, lineno, reporter):
        return (role, []) if name not in ("pep", "rfc") else known_role(name, language, lineno, reporter)

    roles.role = any_role


def read(path):
    with open(path, "rb") as file:
        source = file.read().decode("utf-8-sig", "replace").replace("\0", "\ufffd")
    settings = {"report_level": 5, "halt_level": 5, "doctitle_xform": False, "sectsubtitle_xform": False,
                "file_insertion_enabled": False, "raw_enabled": False, "sectnum_xform": False,
                "_disable_config": True}
    document = docutils.core.publish_doctree(source, source_path=path, settings_overrides=settings)
    headings = []
    links = set()

    def walk(node, level):
        for child in node.children:
            if isinstance(child, docutils.nodes.section):
                headings.append((level + 1, " ".join(child[0].astext().split())))
                walk(child, level + 1)
            else:
                walk(child, level)

    walk(document, 0)
    for reference in document.findall(docutils.nodes.reference):
        uri = reference.get("refuri", "")
        if re.match(r"https?://", uri):
            links.add(urllib.parse.unquote(uri))
    # docutils quotes what it complains about as literal blocks: those are not the document's.
    for message in list(document.findall(docutils.nodes.system_message)):
        message.parent.remove(message)
    blocks = sum(1 for _ in document.findall(docutils.nodes.literal_block))
    blocks += sum(1 for _ in document.findall(docutils.nodes.doctest_block))
    return headings, links, blocks


def main():
    source, graph = sys.argv[1], Graph(sys.argv[2:])
    register()
    headings = graph.headings()
    blocks = collections.Counter(node["path"] for node in graph.labelled("CodeBlock"))
    links = collections.defaultdict(set)
    for edge in graph.edges["LINKS_TO"]:
        target = graph.nodes[edge["target"]]
        if target["label"] == "Url" and re.match(r"https?://", target["url"]):
            links[graph.nodes[edge["source"]]["path"]].add(urllib.parse.unquote(target["url"]))
    reports = [Report("headings"), Report("web links"), Report("code blocks")]
    documents = graph.documents("restructuredtext")
    for path in documents:
        try:
            theirs = read(os.path.join(source, path))
        except Exception as failure:
            print(f"docutils cannot read {path}: {failure!r}")
            continue
        ours = [(level, " ".join(title.split())) for _, level, title in headings.get(path, [])]
        reports[0].compare(path, ours, theirs[0])
        reports[1].compare(path, links[path], theirs[1])
        reports[2].compare(path, ["block"] * blocks[path], ["block"] * theirs[2])
    print(f"documents: {len(documents)}")
    for report in reports:
        report.print()
    return 1 if any(report.differs() for report in reports) else 0


if __name__ == "__main__":
    sys.exit(main())
