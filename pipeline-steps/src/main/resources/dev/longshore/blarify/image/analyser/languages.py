"""What counts as a class or a function in each language.

Blarify's language definitions decide; ``EXTRA_*`` add the kinds they leave out, without which methods of a
Java enum or a PHP trait would hang on the file and their qualified names would be wrong.
"""

from . import standins

standins.install()

from blarify.code_hierarchy.languages import (  # noqa: E402  the stand-ins must come first
    CsharpDefinitions,
    GoDefinitions,
    JavaDefinitions,
    JavascriptDefinitions,
    PhpDefinitions,
    PythonDefinitions,
    RubyDefinitions,
    TypescriptDefinitions,
)
from blarify.graph.node import NodeLabels  # noqa: E402
from tree_sitter import Language, Node, Parser, Query  # noqa: E402

from .definitions import CLASS, FUNCTION, Span  # noqa: E402

_BLARIFY = {
    "csharp": CsharpDefinitions,
    "go": GoDefinitions,
    "java": JavaDefinitions,
    "javascript": JavascriptDefinitions,
    "php": PhpDefinitions,
    "python": PythonDefinitions,
    "ruby": RubyDefinitions,
    "typescript": TypescriptDefinitions,
}

# Suffixes Blarify does not know, and the one it knows whose grammar fits them.
EXTRA_SUFFIXES = {".mjs": ".js", ".cjs": ".js", ".mts": ".ts", ".cts": ".ts"}

_SCRIPT = {
    "generator_function_declaration": FUNCTION,
    "field_definition": FUNCTION,
    "public_field_definition": FUNCTION,
    "abstract_class_declaration": CLASS,
    "enum_declaration": CLASS,
    "function_signature": FUNCTION,
    "method_signature": FUNCTION,
    "abstract_method_signature": FUNCTION,
}
EXTRA_KINDS = {
    "csharp": {
        "struct_declaration": CLASS,
        "enum_declaration": CLASS,
        "local_function_statement": FUNCTION,
        "destructor_declaration": FUNCTION,
    },
    "go": {"method_elem": FUNCTION},
    "java": {
        "enum_declaration": CLASS,
        "annotation_type_declaration": CLASS,
        "compact_constructor_declaration": FUNCTION,
    },
    "javascript": _SCRIPT,
    "php": {"interface_declaration": CLASS, "trait_declaration": CLASS, "enum_declaration": CLASS},
    "python": {},
    "ruby": {"module": CLASS},
    "typescript": _SCRIPT,
}

_LABELS = {NodeLabels.CLASS: CLASS, NodeLabels.FUNCTION: FUNCTION}

# A variable or field is a definition when one of these is its value.
_FUNCTION_VALUES = {"arrow_function", "function_expression", "generator_function", "function"}
_BINDINGS = {"variable_declarator", "field_definition", "public_field_definition"}

_LONGEST_NAME = 500
_PARSE_MICROSECONDS = 60_000_000


class Unnamed(Exception):
    """A definition whose name the parser did not find: the text around it is not valid."""


class Grammar:
    """The parser of one file suffix, with Blarify's rules for its language."""

    def __init__(self, language: str, parser: Parser):
        self.language = language
        self._rules = _BLARIFY[language]
        self._extra = EXTRA_KINDS[language]
        self.parser = parser
        parser.timeout_micros = _PARSE_MICROSECONDS
        self.query = self._query(parser.language)

    def _query(self, language: Language) -> Query:
        """Finds every node that may be a definition, without walking the tree in Python."""
        kinds = []
        for number in range(language.node_kind_count):
            kind = language.node_kind_for_id(number)
            if not language.node_kind_is_named(number) or not language.node_kind_is_visible(number):
                continue
            if kind in self._extra or kind in _BINDINGS or self._known_to_blarify(kind):
                kinds.append(kind)
        return language.query("\n".join(f"({kind}) @definition" for kind in sorted(set(kinds))))

    def _known_to_blarify(self, kind: str) -> bool:
        try:
            return self._rules.get_node_label_from_type(kind) is not None
        except KeyError:
            return False

    def span(self, node: Node) -> Span | None:
        """The definition that starts here; None when the node is none after all, ``Unnamed`` when it has no name."""
        label = self._label(node)
        if label is None:
            return None
        name = node.child_by_field_name("name") or node.child_by_field_name("property")
        if name is None or name.is_missing or not name.text:
            raise Unnamed
        if node.type in _BINDINGS and name.type.endswith("_pattern"):
            return None  # const {a, b} = () => …: names no function
        text = " ".join(name.text.decode("utf-8", "replace").split())
        if not text or len(text) > _LONGEST_NAME:
            raise Unnamed
        return Span(
            label,
            text,
            self._receiver(node),
            node.start_byte,
            node.end_byte,
            node.start_point[0],
            _end_line(node, self.language),
            name.start_point[0],
        )

    def _label(self, node: Node) -> str | None:
        if node.type in _BINDINGS:
            value = node.child_by_field_name("value")
            if value is None:
                return None
            if value.type == "class":
                return CLASS
            return FUNCTION if value.type in _FUNCTION_VALUES else None
        if node.type in self._extra:
            return self._extra[node.type]
        if self._rules.should_create_node(node):
            return _LABELS[self._rules.get_node_label_from_type(node.type)]
        return None

    def _receiver(self, node: Node) -> str:
        """The type a Go method belongs to, without its pointer and type parameters."""
        receiver = node.child_by_field_name("receiver") if self.language == "go" else None
        if receiver is None or not receiver.named_children:
            return ""
        kind = receiver.named_children[0].child_by_field_name("type")
        while kind is not None and kind.type != "type_identifier":
            kind = kind.named_children[0] if kind.named_children else None
        return "" if kind is None else kind.text.decode("utf-8", "replace")


def _end_line(node: Node, language: str) -> int:
    """The last line, from 0, that belongs to the definition."""
    last = node
    if language == "python":
        # A block of tree-sitter's takes in the comments after its last statement.
        while (inner := _last_child(last)) is not None:
            last = inner
    row, column = last.end_point
    return row - 1 if column == 0 and row > last.start_point[0] else row  # it may end with its line's end


def _last_child(node: Node) -> Node | None:
    for position in range(node.child_count - 1, -1, -1):
        child = node.child(position)
        if child.type != "comment" and child.end_byte > child.start_byte:
            return child
    return None


def suffixes() -> dict[str, str]:
    """File suffix → language, of everything that can be analysed."""
    known = {}
    for language, rules in _BLARIFY.items():
        for suffix in rules.get_language_file_extensions():
            known.setdefault(suffix, language)  # JavaScript comes before TypeScript, which claims .js too
    return known | {suffix: known[like] for suffix, like in EXTRA_SUFFIXES.items()}


def grammar(suffix: str) -> Grammar:
    """Costs about 10 ms: keep it."""
    like = EXTRA_SUFFIXES.get(suffix, suffix)
    language = suffixes()[suffix]
    return Grammar(language, _BLARIFY[language].get_parsers_for_extensions()[like])
