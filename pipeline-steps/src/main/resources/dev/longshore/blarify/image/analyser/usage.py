"""How a name is used where it stands: called, inherited from, imported and so on.

Works on parso's syntax tree. Blarify has a table for this, too, but it takes the first fitting node above the name:
``f(g)`` becomes a call of g, ``isinstance(x, C)`` an instance of C, and its entries for base classes and
annotations name node types that tree-sitter's Python grammar does not have, so they never apply.
"""

from typing import Any

from .definitions import CLASS

CALLS, IMPORTS, INHERITS, INSTANTIATES = "CALLS", "IMPORTS", "INHERITS", "INSTANTIATES"
USES_TYPE, ASSIGNS, USES = "USES_TYPE", "ASSIGNS", "USES"

_EXPRESSIONS = ("atom_expr", "power", "await_expr")
_CONTAINERS = (
    "atom",
    "testlist_comp",
    "testlist_star_expr",
    "testlist",
    "dictorsetmaker",
    "test",
    "ternary",
    "or_test",
    "and_test",
    "exprlist",
)


def classify(leaf: Any, label: str) -> str:
    """The type of the edge from the definition around ``leaf`` to what it names, a class or a function."""
    if leaf.search_ancestor("import_name", "import_from") is not None:
        return IMPORTS
    expression, called = _expression(leaf)
    if called:
        return INSTANTIATES if label == CLASS else CALLS
    if expression is None:
        return USES  # only the start of a longer chain, as C in C.method()
    holder = expression.parent
    if holder is not None and holder.type in ("decorator", "namedexpr_test") and _decorates(expression):
        return INSTANTIATES if label == CLASS else CALLS  # @f above g is g = f(g)
    if label == CLASS:
        if _is_base(leaf, expression):
            return INHERITS
        if _in_annotation(leaf):
            return USES_TYPE
    return ASSIGNS if _is_assigned(expression) else USES


def is_attribute(leaf: Any) -> bool:
    """Whether the name follows a dot."""
    return leaf.parent.type == "trailer" and leaf.parent.children[0] == "."


def _expression(leaf: Any) -> tuple[Any, bool]:
    """The expression whose value ``leaf`` names, and whether it is called right there."""
    element = leaf.parent if is_attribute(leaf) else leaf
    holder = element.parent
    if holder is None or holder.type not in _EXPRESSIONS:
        return element, False
    rest = holder.children[holder.children.index(element) + 1 :]
    while rest and rest[0].type == "trailer" and rest[0].children[0] == "[":
        rest = rest[1:]  # Box[int](): the subscript does not change what is named
    if not rest:
        return holder, False
    first = rest[0]
    if first.type == "trailer":
        return None, first.children[0] == "("
    return element, False  # the base of a power, x ** 2


def _decorates(expression: Any) -> bool:
    decorator = expression.search_ancestor("decorator")
    return decorator is not None and expression is decorator.children[1]


def _is_base(leaf: Any, expression: Any) -> bool:
    owner = leaf.search_ancestor("classdef", "funcdef", "lambdef", "trailer")
    while owner is not None and owner.type == "trailer" and _within(owner, expression):
        owner = owner.search_ancestor("classdef", "funcdef", "lambdef", "trailer")
    if owner is None or owner.type != "classdef":
        return False
    bases = owner.get_super_arglist()
    if bases is None:
        return False
    return expression is bases or (bases.type == "arglist" and expression in bases.children)


def _within(node: Any, ancestor: Any) -> bool:
    while node is not None:
        if node is ancestor:
            return True
        node = node.parent
    return False


def _in_annotation(leaf: Any) -> bool:
    node, parent = leaf, leaf.parent
    while parent is not None:
        if parent.type == "annassign":
            return node is parent.children[1]
        if parent.type == "tfpdef":
            return node is parent.children[2]
        if parent.type == "funcdef":
            return node is parent.annotation
        if parent.type in ("classdef", "lambdef", "suite", "simple_stmt"):
            return False
        if parent.type == "trailer" and parent.children[0] == "(":
            return False  # the argument of a call within an annotation is a value
        node, parent = parent, parent.parent
    return False


def _is_assigned(expression: Any) -> bool:
    node, parent = expression, expression.parent
    while parent is not None and parent.type in _CONTAINERS:
        node, parent = parent, parent.parent
    if parent is None:
        return False
    if parent.type == "annassign":
        return node is parent.children[-1] and len(parent.children) > 2
    if parent.type == "namedexpr_test":
        return node is parent.children[-1]
    return parent.type == "expr_stmt" and node is parent.get_rhs()


def owner(leaf: Any) -> Any:
    """The class or function definition the name stands in; None at the level of the module.

    Decorators stand outside what they decorate; default values, annotations and base classes inside.
    """
    return leaf.search_ancestor("funcdef", "classdef")
