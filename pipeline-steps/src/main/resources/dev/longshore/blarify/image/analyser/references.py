"""What the names in one Python file refer to, by jedi.

Blarify asks a language server for the references of one definition after the other; each time jedi searches the whole
workspace for the name, looks at the first 30 files that contain it, in directory order, and resolves every occurrence
anew. Here every occurrence is resolved once, file by file: the work grows with the size of the source, no limit cuts
it off, and the result of a file depends on nothing but the source.
"""

import os
import sysconfig
import time
from pathlib import Path
from typing import Any, Iterator, NamedTuple

import jedi
import parso
from jedi.api import helpers
from jedi.api.environment import InterpreterEnvironment

from . import imports, jedi_setup, source, usage
from .definitions import Definition

_GRAMMAR = "3.13"  # the newest jedi uses itself; it reads what older ones wrote


class Reference(NamedTuple):
    """An edge; a node is (file, definition), by position, the definition -1 where the file itself is meant."""

    source: tuple[int, int]
    target: tuple[int, int]
    type: str
    line: int


class Resolved(NamedTuple):
    """The references of one file."""

    references: list[Reference]
    counts: dict[str, int]


class Index:
    """Every definition of the workspace's Python files, by where its name stands."""

    def __init__(self, workspace: str, files: dict[str, tuple[int, list[Definition]]]):
        self.workspace = workspace
        self.file_numbers = {file: number for file, (number, _) in files.items()}
        self._places = {
            number: {(d.name_line, d.name): position for position, d in enumerate(definitions)}
            for number, definitions in files.values()
        }
        self._labels = {number: [d.label for d in definitions] for number, definitions in files.values()}
        self.names = frozenset(d.name for _, definitions in files.values() for d in definitions)
        self.packages = imports.package_directories(files)
        self.roots = imports.package_roots(files, self.packages)
        self.top_level = imports.top_level_names(files, self.packages)

    def find(self, path: str, line: int, name: str) -> tuple[int, int] | None:
        """The definition of ``name`` in line ``line`` of the file at ``path`` below the workspace."""
        number = self.file_numbers.get(path)
        position = self._places.get(number, {}).get((line, name))
        return None if position is None else (number, position)

    def label(self, node: tuple[int, int]) -> str:
        return self._labels[node[0]][node[1]]


class Resolver:
    """Resolves the names of one file after the other. Sets jedi up for the whole process."""

    def __init__(self, index: Index, max_file_bytes: int, seconds_per_file: float):
        self._index = index
        self._limit = max_file_bytes
        self._seconds = seconds_per_file
        self._environment = InterpreterEnvironment()
        grammar = parso.load_grammar(version=_GRAMMAR)
        self._environment.get_grammar = lambda: grammar
        # The standard library, but not what is installed in this image: the source may use other versions.
        paths = sysconfig.get_paths()
        self._standard_library = [paths["stdlib"], os.path.join(paths["platstdlib"], "lib-dynload")]
        jedi_setup.configure(index.workspace, max_file_bytes)

    def warm_up(self) -> None:
        """Loads what every file needs, so that processes forked from this one share it."""
        script = jedi.Script("import typing\nstr().join\n", environment=self._environment)
        script.infer(2, 6)

    def resolve(self, file: str) -> Resolved:
        """The references in ``file``; raises ``source.Skipped`` when it cannot be read."""
        index = self._index
        path = os.path.join(index.workspace, file)
        text, _ = source.decode(source.read(path, self._limit), True)
        project = jedi.Project(
            index.workspace,
            sys_path=[
                p if os.path.isabs(p) else os.path.join(index.workspace, p).rstrip("/")
                for p in imports.search_path(file, index.packages, index.roots, self._standard_library)
            ],
            smart_sys_path=False,
        )
        script = jedi.Script(text, path=Path(path), project=project, environment=self._environment)
        return _File(script, index, file, time.process_time() + self._seconds).resolve()


class _File:
    def __init__(self, script: jedi.Script, index: Index, file: str, deadline: float):
        self._index = index
        self._file = file
        self._number = index.file_numbers[file]
        self._deadline = deadline
        self._state = script._inference_state
        self._tree = script._module_node
        with helpers.higher_recursion_limit():
            self._context = script._get_module_context()
        self._counts: dict[str, int] = {}
        self._prefix = index.workspace.rstrip("/") + "/"

    def resolve(self) -> Resolved:
        found: list[Reference] = []
        candidates = sorted(self._candidates(), key=lambda leaf: leaf.start_pos)
        for done, leaf in enumerate(candidates):
            if time.process_time() > self._deadline:
                self._count("timedOut", len(candidates) - done)
                break
            try:
                with helpers.higher_recursion_limit():
                    targets = sorted(set(self._targets(leaf)))
                    edges = [self._reference(leaf, target) for target in targets]
            except MemoryError:
                raise
            except Exception as error:
                # jedi fails with all sorts of exceptions on unusual code; one name is not worth the file.
                if not self._counts.get("failed"):
                    place = f"{source.display_path(self._file)}:{leaf.start_pos[0]}: {leaf.value}"
                    print(f"{place}: {type(error).__name__}: {str(error)[:200]!a}", flush=True)
                self._count("failed")
                continue
            self._count("resolved" if targets else "unresolved")
            if len(targets) > 1:
                self._count("ambiguous")
            found.extend(edges)
        self._count("names", len(candidates))
        return Resolved(found, self._counts)

    def _count(self, name: str, by: int = 1) -> None:
        self._counts[name] = self._counts.get(name, 0) + by

    def _reference(self, leaf: Any, target: tuple[int, int]) -> Reference:
        type_ = usage.IMPORTS if target[1] < 0 else usage.classify(leaf, self._index.label(target))
        holder = usage.owner(leaf)
        node = None
        while holder is not None and node is None:
            node = self._index.find(self._file, holder.name.start_pos[0], holder.name.value)
            holder = usage.owner(holder)
        return Reference(node or (self._number, -1), target, type_, leaf.start_pos[0])

    def _candidates(self) -> Iterator[Any]:
        """The names that may refer to a definition of the workspace, and the modules that are imported."""
        used = self._tree.get_used_names()
        words = set(self._index.names)
        for statement in self._tree.iter_imports():
            for leaf in statement.get_defined_names():
                path = statement.get_path_for_name(leaf)
                if path and path[-1].value in words:
                    words.add(leaf.value)  # import x as y: y stands for x
        for word, leaves in used.items():
            bound = None
            for leaf in leaves:
                statement = leaf.search_ancestor("import_name", "import_from")
                if statement is not None:
                    if self._counts_in_import(leaf):
                        yield leaf
                    continue
                if word not in words or _is_keyword(leaf):
                    continue
                definition = leaf.get_definition()
                if definition is not None and definition.type != "param":
                    continue  # binds the name, refers to nothing
                if definition is None and not usage.is_attribute(leaf):
                    if bound is None:
                        bound = _local_bindings(leaves)
                    if any(scope in bound for scope in _function_scopes(leaf)):
                        continue  # a parameter or variable of the function it stands in
                yield leaf

    def _counts_in_import(self, leaf: Any) -> bool:
        """Of ``a.b`` only b, and of ``b as c`` only b: the rest names packages on the way, or nothing new."""
        parent = leaf.parent
        if parent.type in ("import_as_name", "dotted_as_name") and leaf is parent.children[-1]:
            return False
        return parent.type != "dotted_name" or leaf is parent.children[-1]

    def _targets(self, leaf: Any) -> Iterator[tuple[int, int]]:
        self._state.reset_recursion_limitations()
        names = list(helpers.filter_follow_imports(list(self._context.create_name(leaf).goto())))
        importing = leaf.search_ancestor("import_name", "import_from") is not None
        for name in names:
            if name.tree_name is None:
                if importing and name.api_type in ("module", "namespace"):
                    yield from self._module(name)
                continue
            path = name.get_root_context().py__file__()
            if path is None or not str(path).startswith(self._prefix):
                continue
            if name.tree_name.parent.type not in ("funcdef", "classdef"):
                continue  # a variable
            relative = str(path)[len(self._prefix) :]
            target = self._index.find(relative, name.start_pos[0], name.tree_name.value)
            if target is None:
                self._count("dangling")
            else:
                yield target

    def _module(self, name: Any) -> Iterator[tuple[int, int]]:
        path = name.get_root_context().py__file__()
        if path is None or not str(path).startswith(self._prefix):
            return
        number = self._index.file_numbers.get(str(path)[len(self._prefix) :])
        if number is not None and number != self._number:
            yield (number, -1)


def _is_keyword(leaf: Any) -> bool:
    return leaf.parent.type == "argument" and leaf is leaf.parent.children[0] and leaf.parent.children[1] == "="


def _function_scopes(leaf: Any) -> Iterator[int]:
    scope = leaf.search_ancestor("funcdef", "lambdef")
    while scope is not None:
        yield id(scope)
        scope = scope.search_ancestor("funcdef", "lambdef")


def _local_bindings(leaves: list[Any]) -> set[int]:
    """The functions in which the name is a variable for certain: bound there, and never to a definition."""
    variables, others = set(), set()
    for leaf in leaves:
        definition = leaf.get_definition(import_name_always=True)
        if definition is None:
            if leaf.parent.type in ("global_stmt", "nonlocal_stmt"):
                others.add(id(leaf.search_ancestor("funcdef", "lambdef", "classdef")))
            continue
        if usage.is_attribute(leaf):
            continue  # self.name = …
        defined = definition if definition.type in ("funcdef", "classdef") else leaf
        scope = defined.search_ancestor("funcdef", "lambdef", "classdef")
        if scope is None:
            continue
        if definition.type in ("sync_comp_for", "comp_for"):
            continue  # visible in the comprehension only
        # jedi follows x = y no further than this statement, so x is a variable whatever y is.
        variable = definition.type in ("param", "expr_stmt", "for_stmt", "with_stmt", "try_stmt")
        (variables if variable and scope.type != "classdef" else others).add(id(scope))
    return variables - others
