"""Runs a function over many items in child processes that may hang, crash or run out of memory.

Children are forked, so they share what the parent has loaded. An item that takes its child down is reported as
``Lost`` and the next one gets a new child; no input ends the run.
"""

import gc
import multiprocessing
import resource
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import Any, NamedTuple

_TICK_SECONDS = 0.5
# The part of its memory a child may fill before another takes over. What it has parsed must be parsed again then.
_RETIRE_AT = 0.75
_FORK = multiprocessing.get_context("fork")


class Lost(NamedTuple):
    """An item without a result; ``reason`` is the last part of the count it goes into."""

    reason: str


class _Child:
    def __init__(self, function: Callable[[Any], Any], memory: int, others: Sequence["_Child"]):
        self.connection, theirs = _FORK.Pipe()
        held = [child.connection for child in others] + [self.connection]
        self.process = _FORK.Process(target=_serve, args=(theirs, held, function, memory), daemon=True)
        self.process.start()
        theirs.close()
        self.batch: list[int] = []
        self.deadline = 0.0

    def give(self, batch: list[int], items: Sequence[Any], seconds: float) -> None:
        self.batch = batch
        self.deadline = time.monotonic() + seconds * len(batch)
        with suppress(BrokenPipeError, ConnectionResetError):  # it has died: its end of file will tell
            self.connection.send([items[number] for number in batch])

    def end(self) -> None:
        self.connection.close()
        self.process.kill()
        self.process.join()
        self.process.close()


def run(
    function: Callable[[Any], Any],
    items: Sequence[Any],
    *,
    children: int,
    memory: int,
    seconds: float,
    batch: int = 1,
    tick: Callable[[], None],
) -> Iterator[tuple[int, Any]]:
    """Yields (position, result or ``Lost``) in the order in which they are done.

    ``memory`` bounds a child's data in bytes, ``seconds`` the time per item; ``tick`` is called at least twice a
    second. An exception that ``function`` raises makes the item ``Lost``, too; it is printed as a log line.
    """
    waiting = deque(list(range(start, min(start + batch, len(items)))) for start in range(0, len(items), batch))
    running: list[_Child] = []
    gc.freeze()
    try:
        while waiting or any(child.batch for child in running):
            while waiting and len(running) < children:
                running.append(_Child(function, memory, running))
            for child in list(running):
                if not child.batch and waiting:
                    child.give(waiting.popleft(), items, seconds)
            tick()
            busy = [child for child in running if child.batch]
            ready = wait([child.connection for child in busy], timeout=_TICK_SECONDS)
            for child in busy:
                yield from _collect(child, running, waiting, ready)
    finally:
        for child in running:
            child.end()
        gc.unfreeze()


def _collect(child: _Child, running: list[_Child], waiting: deque, ready: list) -> Iterator[tuple[int, Any]]:
    reason = None
    if child.connection in ready:
        try:
            answers, retires = child.connection.recv()
        except (EOFError, ConnectionResetError):
            reason = "crashed"
        else:
            done, child.batch = child.batch, []
            if retires:
                running.remove(child)
                child.end()
            yield from zip(done, answers)
            return
    elif time.monotonic() > child.deadline:
        reason = "hung"
    if reason is None:
        return
    lost = child.batch
    running.remove(child)
    child.end()
    if len(lost) > 1:
        waiting.extendleft([number] for number in lost)  # one of them did it: find out which
    else:
        yield lost[0], Lost(reason)


def _serve(mine: Connection, held: list[Connection], function: Callable[[Any], Any], memory: int) -> None:
    for connection in held:
        connection.close()  # else the child would keep its own pipe open after the parent has gone
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # the parent's handler is for the parent
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    while True:
        try:
            items = mine.recv()
        except EOFError:
            return
        answers = []
        exhausted = False
        for item in items:
            try:
                answers.append(function(item))
            except MemoryError:
                answers.append(Lost("outOfMemory"))
                exhausted = True
            except Exception as error:
                print(f"item {item!a}: {type(error).__name__}: {error}", flush=True)
                answers.append(Lost("failed"))
        retires = exhausted or _data_bytes() > memory * _RETIRE_AT
        mine.send((answers, retires))
        if retires:
            return  # what it has collected goes with it; the next item gets a new child


def _data_bytes() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[5]) * resource.getpagesize()
