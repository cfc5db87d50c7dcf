"""One step from beginning to end: outlines of all files, references of the Python files, output."""

import os
import sys
from collections import Counter
from pathlib import Path

from . import graph, hierarchy, languages, machine, pool, source
from .progress import Progress
from .references import Index, Resolver
from .step import Options, read_files, read_options

_OUTLINE_BATCH = 32
_OUTLINE_SECONDS = 90


def run(workspace: Path, input_directory: Path, out: Path) -> None:
    """Raises ``StepError`` when the input is wrong and ``OSError`` when it cannot be read or the output written."""
    step = _Step(os.path.abspath(workspace), read_options(input_directory), read_files(input_directory, workspace))
    step.find_definitions()
    if step.options.references:
        step.find_references()
    step.write(out)


class _Step:
    def __init__(self, workspace: str, options: Options, files: list[str]):
        self.options = options
        self._workspace = workspace
        self._files = files
        self._counts: Counter[str] = Counter(files=len(files))
        self._progress = Progress(sys.stdout)
        self._children, self._memory = machine.children(options.workers, machine.memory_bytes())
        self._languages = self._select()
        self._graph = graph.Graph(files, self._languages)
        self._python: dict[str, tuple[int, list]] = {}

    def _select(self) -> dict[int, str]:
        suffixes = languages.suffixes()
        chosen = {}
        for number, file in enumerate(self._files):
            language = suffixes.get(os.path.splitext(file)[1])
            if language is None:
                self._counts["skipped.unsupported"] += 1
            elif language not in self.options.languages:
                self._counts["skipped.language"] += 1
            else:
                chosen[number] = language
        return chosen

    def find_definitions(self) -> None:
        numbers = list(self._languages)
        self._progress.begin("reading classes and functions", len(numbers))
        limit = self.options.max_file_bytes

        def outline(number: int) -> hierarchy.Outline | pool.Lost:
            try:
                return hierarchy.outline(os.path.join(self._workspace, self._files[number]), limit)
            except source.Skipped as skipped:
                return pool.Lost(skipped.reason)

        for position, found in pool.run(
            outline,
            numbers,
            children=self._children,
            memory=self._memory,
            seconds=_OUTLINE_SECONDS,
            batch=_OUTLINE_BATCH,
            tick=self._progress.tick,
        ):
            self._take(numbers[position], found)
            self._progress.advance()
        self._progress.end()

    def _take(self, number: int, found: hierarchy.Outline | pool.Lost) -> None:
        if isinstance(found, pool.Lost):
            self._counts[f"skipped.{found.reason}"] += 1
            print(f"skipped {source.display_path(self._files[number])}: {found.reason}", flush=True)
            return
        self._graph.define(number, found.definitions)
        self._counts["files.analysed"] += 1
        self._counts["files.syntaxErrors"] += found.syntax_errors
        self._counts["files.guessedEncoding"] += found.guessed_encoding
        self._counts["skipped.unnamedDefinition"] += found.unnamed
        if self._languages[number] == "python":
            self._python[self._files[number]] = (number, found.definitions)

    def find_references(self) -> None:
        if not self._python:
            return
        # The largest first: they take longest, and none is then left for the end.
        files = sorted(self._python, key=lambda file: (-len(self._python[file][1]), os.fsencode(file)))
        self._progress.begin("resolving Python references", len(files))
        index = Index(self._workspace, self._python)
        resolver = Resolver(index, self.options.max_file_bytes, self.options.seconds_per_file)
        resolver.warm_up()

        def resolve(file: str):
            try:
                return resolver.resolve(file)
            except source.Skipped as skipped:
                return pool.Lost(skipped.reason)

        for position, found in pool.run(
            resolve,
            files,
            children=self._children,
            memory=self._memory,
            # The resolver stops by itself, by processor time; this is for a name that never comes to an end.
            seconds=self.options.seconds_per_file * 3 + 60,
            tick=self._progress.tick,
        ):
            if isinstance(found, pool.Lost):
                self._counts[f"references.file.{found.reason}"] += 1
                print(f"no references of {source.display_path(files[position])}: {found.reason}", flush=True)
            else:
                for reference in found.references:
                    if not self._graph.refer(*reference):
                        self._counts["references.merged"] += 1
                for name, number in found.counts.items():
                    self._counts[f"references.{name}"] += number
            self._progress.advance()
        self._progress.end()

    def write(self, out: Path) -> None:
        self._counts.update(self._graph.write(out))
        graph.write_counts(out, {name: number for name, number in self._counts.items() if number})
