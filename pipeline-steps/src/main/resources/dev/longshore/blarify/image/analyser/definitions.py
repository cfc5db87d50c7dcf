"""Classes and functions, and how they are named."""

from typing import Iterable, NamedTuple

CLASS, FUNCTION = "Class", "Function"


class Span(NamedTuple):
    """A definition as the syntax tree has it: positions in bytes, lines from 0."""

    label: str
    name: str
    """As written; ``A::B`` and the like still in one piece."""

    prefix: str
    """What the name is qualified with besides the enclosing definitions (Go's receiver type), or ''."""

    start: int
    end: int
    start_line: int
    end_line: int
    name_line: int


class Definition(NamedTuple):
    """A class or function of one file; lines from 1, both ends included."""

    label: str
    name: str
    qualified_name: str
    overload: int
    """1 for the first of its label and qualified name in the file, 2 for the next and so on."""

    start_line: int
    end_line: int
    name_line: int
    parent: int
    """Where the definition that holds it stands in the file's list; -1 for the file itself."""


def arrange(spans: Iterable[Span]) -> list[Definition]:
    """Nests the definitions of one file and names them, in the order of the text."""
    ordered = sorted(spans, key=lambda span: (span.start, -span.end, span.label, span.name))
    definitions: list[Definition] = []
    seen: dict[tuple[str, str], int] = {}
    open_spans: list[tuple[int, int]] = []  # (end, index) from the outermost to the innermost
    for index, span in enumerate(ordered):
        while open_spans and open_spans[-1][0] < span.end:
            open_spans.pop()
        while open_spans and open_spans[-1][0] <= span.start:
            open_spans.pop()
        parent = open_spans[-1][1] if open_spans else -1
        parts = [part for part in span.name.split("::") if part]  # Ruby: class Outer::Inner
        outer = definitions[parent].qualified_name if parent >= 0 else ""
        qualified = ".".join(part for part in (outer, span.prefix, *parts) if part)
        overload = seen.get((span.label, qualified), 0) + 1
        seen[span.label, qualified] = overload
        definitions.append(
            Definition(
                span.label,
                parts[-1] if parts else span.name,
                qualified,
                overload,
                span.start_line + 1,
                span.end_line + 1,
                span.name_line + 1,
                parent,
            )
        )
        open_spans.append((span.end, index))
    return _adopt_by_prefix(definitions, ordered)


def _adopt_by_prefix(definitions: list[Definition], spans: list[Span]) -> list[Definition]:
    """Gives a Go method to its receiver type where the file defines it."""
    if not any(span.prefix for span in spans):
        return definitions
    classes = {d.qualified_name: i for i, d in reversed(list(enumerate(definitions))) if d.label == CLASS}
    return [
        definition._replace(parent=classes.get(span.prefix, definition.parent)) if span.prefix else definition
        for definition, span in zip(definitions, spans)
    ]
