"""What the step is asked to do: ``/in/step.json`` and ``/in/files``."""

import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator

LANGUAGES = ("csharp", "go", "java", "javascript", "php", "python", "ruby", "typescript")

# Never part of the source, and large: only skipped where no list of files is given.
_VERSION_CONTROL = {b".git", b".hg", b".svn"}


class StepError(Exception):
    """The step cannot run as asked; the message says what to change."""


@dataclass(frozen=True)
class Options:
    """The options of ``step.json``; each has a default."""

    references: bool = True
    """Whether the references of Python files are resolved."""

    max_file_bytes: int = 800_000
    """Files above this size, in bytes, are skipped and counted; the default is Blarify's."""

    languages: tuple[str, ...] = LANGUAGES
    """The languages to analyse, by id."""

    seconds_per_file: int = 120
    """How much processor time the references of one file may take; names not resolved by then are counted."""

    workers: int = 0
    """How many processes work side by side; 0 means as many as processors and memory allow, at most 4."""

    @staticmethod
    def of(values: Any) -> "Options":
        """Checks everything before it raises ``StepError``, so that one run shows all mistakes."""
        if not isinstance(values, dict):
            raise StepError("step.json: options must be an object")
        problems = [f"unknown option {key!r}" for key in sorted(set(values) - set(_OPTIONS))]
        chosen: dict[str, Any] = {}
        for key, (field, convert) in _OPTIONS.items():
            if key in values:
                try:
                    chosen[field] = convert(values[key])
                except ValueError as error:
                    problems.append(f"option {key!r} {error}")
        if problems:
            raise StepError("step.json: " + "; ".join(problems) + f" (known: {', '.join(sorted(_OPTIONS))})")
        return Options(**chosen)


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def _integer(low: int, high: int):
    def convert(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return value

    return convert


def _languages(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not set(map(str, value)) <= set(LANGUAGES):
        raise ValueError("must be a list of some of " + ", ".join(LANGUAGES))
    return tuple(sorted(set(value)))


_OPTIONS = {
    "references": ("references", _boolean),
    "maxFileBytes": ("max_file_bytes", _integer(1, 100_000_000)),
    "languages": ("languages", _languages),
    "secondsPerFile": ("seconds_per_file", _integer(1, 3_600)),
    "workers": ("workers", _integer(0, 64)),
}


def read_options(input_directory: Path) -> Options:
    """The options of ``step.json``; the defaults where there is no such file."""
    try:
        text = (input_directory / "step.json").read_text(encoding="utf-8")
    except FileNotFoundError:
        return Options()
    except UnicodeDecodeError as error:
        raise StepError(f"step.json is not UTF-8: {error}") from None
    try:
        step = json.loads(text)
    except json.JSONDecodeError as error:
        raise StepError(f"step.json is not JSON: {error}") from None
    if not isinstance(step, dict):
        raise StepError("step.json must be an object")
    return Options.of(step.get("options", {}))


def read_files(input_directory: Path, workspace: Path) -> list[str]:
    """The files to analyse, relative to the workspace, sorted by their bytes.

    They are ``str`` as ``os.fsdecode`` makes them. Without ``/in/files`` every regular file of the workspace
    counts, outside version control's own directories.
    """
    try:
        listed = (input_directory / "files").read_bytes().split(b"\0")
    except FileNotFoundError:
        if not workspace.is_dir():
            raise StepError(f"no workspace at {workspace}") from None
        listed = list(_walk(os.fsencode(workspace)))
    paths = sorted({path for path in listed if path})
    for path in paths:
        if path.startswith(b"/") or b".." in path.split(b"/"):
            raise StepError(f"files: {os.fsdecode(path)!a} is not a path inside the workspace")
    return [os.fsdecode(path) for path in paths]


def _walk(root: bytes) -> Iterator[bytes]:
    for directory, directories, names in os.walk(root, onerror=lambda error: print(f"not read: {error}", flush=True)):
        directories[:] = [name for name in directories if name not in _VERSION_CONTROL]
        for name in names:
            path = os.path.join(directory, name)
            try:
                if stat.S_ISREG(os.lstat(path).st_mode):
                    yield os.path.relpath(path, root)
            except FileNotFoundError:
                continue  # vanished since its directory was read: it is not part of the source any more
