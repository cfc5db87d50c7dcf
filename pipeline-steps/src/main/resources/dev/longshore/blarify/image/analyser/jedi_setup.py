"""What jedi does differently here than in an editor.

All of it reaches into jedi 0.20.1 and parso 0.8.7, which the image pins; their tests and ours must pass after an update.
"""

import os
import sys
from typing import Any

import parso.cache
from jedi import settings
from jedi.file_io import FileIO
from jedi.inference import base_value, utils
from jedi.inference.base_value import NO_VALUES
from jedi.inference.gradual import typeshed
from jedi.inference.value import dynamic_arrays
from jedi.inference.value.function import FunctionMixin
from jedi.plugins import django, pytest

from . import source
from .ordered import OrderedSet


def configure(workspace: str, max_file_bytes: int) -> None:
    """For the whole process, once."""
    # It would search other modules for calls of a function to guess its parameters: in directory order, the first 30.
    settings.dynamic_params_for_other_modules = False
    # Parsed modules are kept in memory; nothing is written to the home directory.
    parso.cache._save_to_file_system = lambda *_, **__: None
    parso.cache._load_from_file_system = lambda *_, **__: None
    # Beyond 600 modules parso forgets those it has not parsed for ten minutes, even if jedi still needs them: results
    # would depend on the clock. The pool replaces a process that has grown too large instead.
    parso.cache._CACHED_SIZE_TRIGGER = sys.maxsize
    # In these modules the names set and frozenset now mean a set with an order.
    for module, names in ((base_value, ("set", "frozenset")), (dynamic_arrays, ("set",)), (utils, ("set",))):
        for name in names:
            setattr(module, name, OrderedSet)
    base_value.NO_VALUES._set = OrderedSet()
    _ignore_foreign_stubs(workspace)
    _bound_reads(max_file_bytes)
    _call_no_class_as_function()
    _know_fixtures_by_name()
    _keep_fixture_modules()
    _remember_model_fields()


def _ignore_foreign_stubs(workspace: str) -> None:
    """The workspace's own modules are read as they are, never as the stubs of a library with the same name."""
    load = typeshed._try_to_load_stub

    def try_to_load_stub(state, import_names, modules, *args, **kwargs):
        files = [m.py__file__() for m in modules if hasattr(m, "py__file__")]
        if any(file is not None and str(file).startswith(workspace) for file in files):
            return None
        return load(state, import_names, modules, *args, **kwargs)

    typeshed._try_to_load_stub = try_to_load_stub


def _bound_reads(max_file_bytes: int) -> None:
    """Imported modules are read as the analyser reads its files.

    One above the limit has no definitions in the graph, so it need not be parsed either; and a file must look the
    same whether it is imported or analysed, for parso keeps one tree of it.
    """

    def read(self: Any) -> str:
        if os.path.getsize(self.path) > max_file_bytes and not str(self.path).endswith(".pyi"):
            return ""
        with open(self.path, "rb") as file:
            content = file.read()
        try:
            return source.decode(content, True)[0]
        except source.Skipped:
            return ""

    FileIO.read = read


def _call_no_class_as_function() -> None:
    """jedi takes a class for a function when a decorator it cannot follow returns it, and fails on its body."""
    call = FunctionMixin.py__call__

    def py__call__(self: Any, arguments: Any) -> Any:
        return NO_VALUES if self.tree_node.type == "classdef" else call(self, arguments)

    FunctionMixin.py__call__ = py__call__


def _know_fixtures_by_name() -> None:
    """A pytest fixture is one by its decorator's name: jedi would look it up in pytest, which is not installed."""

    def is_fixture(self: Any, context: Any, name: Any) -> bool:
        function = name.parent
        if function.type != "funcdef":
            return False
        decorated = function.parent.parent if function.parent.type == "async_funcdef" else function.parent
        if decorated.type != "decorated":
            return False
        decorators = decorated.children[0]
        for decorator in decorators.children if decorators.type == "decorators" else [decorators]:
            named = decorator.children[1].get_code(include_prefix=False).split("(")[0]
            if named.split(".")[-1].strip() == "fixture":
                return True
        return False

    pytest.FixtureFilter._is_fixture = is_fixture


def _keep_fixture_modules() -> None:
    """jedi remembers the modules with fixtures as a generator, which is empty from the second question on."""
    search = pytest._iter_pytest_modules

    def modules(module_context: Any, skip_own_module: bool = False) -> Any:
        known = module_context.inference_state.memoize_cache.setdefault(modules, {})
        key = (module_context, skip_own_module)
        if key not in known:
            known[key] = ()  # for a question that comes up while this one is answered
            known[key] = tuple(search(module_context, skip_own_module=skip_own_module))
        return known[key]

    pytest._iter_pytest_modules = modules


def _remember_model_fields() -> None:
    """jedi's Django plugin lists all attributes of a model each time one of them is looked up."""
    build = django._new_dict_filter

    def remembered(cls: Any, is_instance: bool) -> Any:
        known = cls.inference_state.memoize_cache.setdefault(remembered, {})
        key = (cls, is_instance)
        if key not in known:
            known[key] = build(cls, is_instance)
        return known[key]

    django._new_dict_filter = remembered
