"""Lets Blarify's language definitions be imported without Blarify's databases, language servers and models.

Blarify declares some 30 dependencies (LangChain, Neo4j, FalkorDB, FastMCP, Docker, ...), about 120 packages with
theirs. The language definitions need none of them, but importing them runs ``import`` statements for two parts of Blarify
that do: its database repositories and its language server client. Stand-ins take the place of just those two, so
that the image holds tree-sitter and jedi and nothing else. Anything that really used one fails at once.
"""

import importlib.abc
import importlib.machinery
import sys
import types

_REPLACED = ("blarify.repositories", "blarify.code_references.lsp_helper")


class _Absent(types.ModuleType):
    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)

        def refuse(*_: object, **__: object) -> None:
            raise RuntimeError(f"{self.__name__}.{name} is not part of this image")

        return type(name, (Exception,), {"__init__": refuse})


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, fullname, path=None, target=None):
        if any(fullname == replaced or fullname.startswith(replaced + ".") for replaced in _REPLACED):
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec):
        return _Absent(spec.name)

    def exec_module(self, module):
        """Nothing to run."""


def install() -> None:
    """To be called before the first import of Blarify; calling it again does nothing."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
