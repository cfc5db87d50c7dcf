"""The classes and functions of one file."""

import os
from functools import cache
from typing import NamedTuple

from . import languages, source
from .definitions import Definition, arrange


class Outline(NamedTuple):
    """What one file defines."""

    definitions: list[Definition]
    unnamed: int
    """Definitions left out because the parser found no name for them."""

    syntax_errors: bool
    guessed_encoding: bool


_grammar = cache(languages.grammar)


def outline(path: str, limit: int) -> Outline:
    """Parses a file of at most ``limit`` bytes; raises ``source.Skipped`` when that cannot be done.

    No step of it recurses, so depth of nesting is no limit.
    """
    grammar = _grammar(os.path.splitext(path)[1])
    text, guessed = source.decode(source.read(path, limit), grammar.language == "python")
    try:
        tree = grammar.parser.parse(text.encode("utf-8", "replace"))
    except ValueError:
        grammar.parser.reset()
        raise source.Skipped("parseTimeout") from None
    spans = []
    unnamed = 0
    for node in grammar.query.captures(tree.root_node).get("definition", ()):
        try:
            span = grammar.span(node)
        except languages.Unnamed:
            unnamed += 1
        else:
            if span is not None:
                spans.append(span)
    return Outline(arrange(spans), unnamed, tree.root_node.has_error, guessed)
