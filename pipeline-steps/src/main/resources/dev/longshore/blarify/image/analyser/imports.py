"""Where Python would look for the modules a file imports."""

import os
from collections.abc import Iterable, Set

# Every import of something that is nowhere tries each of them.
_MOST_ROOTS = 24


def package_directories(files: Iterable[str]) -> Set[str]:
    """The directories that hold an ``__init__.py``; ``''`` is the workspace itself."""
    return {os.path.dirname(file) for file in files if os.path.basename(file) == "__init__.py"}


def own_root(file: str, packages: Set[str]) -> str:
    """The directory that must be on the path for ``file`` to be importable by its full name."""
    directory = os.path.dirname(file)
    while directory and directory in packages:
        directory = os.path.dirname(directory)
    return directory


def package_roots(files: Iterable[str], packages: Set[str]) -> list[str]:
    """Where the packages of the workspace are, such as ``src``; nearest the top first, a bounded number."""
    roots = {own_root(file, packages) for file in files if os.path.dirname(file) in packages}
    ordered = sorted(roots | {""}, key=lambda root: (root.count("/") + bool(root), root))
    return ordered[:_MOST_ROOTS]


def top_level_names(files: Iterable[str], packages: Set[str]) -> Set[str]:
    """The first parts of the module names the workspace provides."""
    names = set()
    for file in files:
        relative = os.path.relpath(file, own_root(file, packages) or ".")
        names.add(relative.split("/")[0].removesuffix(".py"))
        names.add(file.split("/")[0].removesuffix(".py"))
    return names


def search_path(file: str, packages: Set[str], roots: list[str], standard_library: list[str]) -> list[str]:
    """The order: the file's own root, the standard library, the directories above, all package roots."""
    own = own_root(file, packages)
    above = []
    directory = own
    while directory:
        directory = os.path.dirname(directory)
        above.append(directory)
    return list(dict.fromkeys([own, *standard_library, *above, *roots]))
