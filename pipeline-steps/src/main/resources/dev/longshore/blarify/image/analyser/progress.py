"""Tells Longshore, line by line on standard output, how far the step is."""

import json
import time
from typing import TextIO

_SECONDS = 1.0


class Progress:
    """Writes at once when a phase begins and ends, and about once a second in between."""

    def __init__(self, out: TextIO):
        self._out = out
        self._last = 0.0
        self._done = self._total = 0
        self._message = ""

    def begin(self, message: str, total: int) -> None:
        self._message, self._total, self._done = message, total, 0
        self._write()

    def advance(self) -> None:
        self._done += 1
        self.tick()

    def tick(self) -> None:
        """To be called often; a line is written when the last one is old enough, even if nothing has changed."""
        if time.monotonic() - self._last >= _SECONDS:
            self._write()

    def end(self) -> None:
        self._write()

    def _write(self) -> None:
        self._last = time.monotonic()
        progress = {"done": self._done, "total": self._total, "message": self._message}
        print(json.dumps({"progress": progress}), file=self._out, flush=True)
