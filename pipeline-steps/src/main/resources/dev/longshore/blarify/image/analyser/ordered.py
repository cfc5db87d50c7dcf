"""A set that is iterated in the order in which its elements came."""

from collections.abc import Iterable, Iterator
from typing import Any


class OrderedSet:
    """As much of ``set`` and ``frozenset`` as jedi uses for its values.

    jedi's values are hashed by their address, so the order of its sets, and with it which values it looks at before
    one of its limits ends the search, changes from run to run. With this in their place it does not.
    """

    __slots__ = ("_elements",)

    def __init__(self, elements: Iterable[Any] = ()):
        self._elements = dict.fromkeys(elements)

    def add(self, element: Any) -> None:
        self._elements[element] = None

    def __iter__(self) -> Iterator[Any]:
        return iter(self._elements)

    def __len__(self) -> int:
        return len(self._elements)

    def __contains__(self, element: Any) -> bool:
        return element in self._elements

    def __or__(self, other: Iterable[Any]) -> "OrderedSet":
        result = OrderedSet(self)
        result |= other
        return result

    def __ior__(self, other: Iterable[Any]) -> "OrderedSet":
        self._elements.update(dict.fromkeys(other))
        return self

    def __and__(self, other: Iterable[Any]) -> "OrderedSet":
        kept = frozenset(other)
        return OrderedSet(element for element in self if element in kept)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OrderedSet) and self._elements.keys() == other._elements.keys()

    def __hash__(self) -> int:
        return hash(frozenset(self._elements))

    def __repr__(self) -> str:
        return f"OrderedSet({list(self._elements)!r})"
