"""What handlers tell the harness: Tally.java has the other side."""
import mmap
import pathlib
import struct
import time

SLOTS = 512


class Tally:
    def __init__(self, directory: pathlib.Path):
        self.directory = directory
        directory.mkdir()
        (directory / "counts").write_bytes(bytes(SLOTS * 8))
        (directory / "latencies").touch()
        self.file = open(directory / "counts", "r+b")
        self.memory = mmap.mmap(self.file.fileno(), SLOTS * 8)
        self.slots = struct.Struct(f"<{SLOTS}q")

    def clear(self):
        self.memory[:] = bytes(SLOTS * 8)
        with open(self.directory / "latencies", "r+") as latencies:
            latencies.truncate(0)

    def count(self) -> int:
        return sum(self.slots.unpack(self.memory))

    def latencies(self) -> list:
        """Milliseconds, sorted."""
        return sorted(int(line) / 1e6 for line in (self.directory / "latencies").read_text().split())

    def await_count(self, count: int, limit: float, alive):
        """When the first job was seen done, when the last, and how many were: fewer than asked for after limit seconds."""
        deadline = time.monotonic() + limit
        first = None
        while True:
            done = self.count()
            now = time.monotonic()
            if first is None and done > 0:
                first = now
            if done >= count or now > deadline or not alive():
                return first, now, done
            time.sleep(0.002)
