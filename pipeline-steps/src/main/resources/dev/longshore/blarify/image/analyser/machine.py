"""How much of the machine this container may use."""

import os
from pathlib import Path

_MOST_CHILDREN = 4
_LEAST_BYTES = 400 << 20
_MOST_BYTES = 2 << 30
# The parent holds the definitions: about 400 bytes each.
_PARENT_BYTES = 200 << 20
_CGROUP = Path("/sys/fs/cgroup")


def memory_bytes(cgroup: Path = _CGROUP) -> int:
    """The memory limit of the control group (either version), or the machine's memory when there is none."""
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        try:
            return min(total, int((cgroup / name).read_text()))
        except (OSError, ValueError):
            continue  # another version, or "max"
    return total


def processors(cgroup: Path = _CGROUP) -> int:
    """The processors this process may run on, and the control group's quota if that is less; at least 1."""
    usable = len(os.sched_getaffinity(0))
    for names in (("cpu.max",), ("cpu/cpu.cfs_quota_us", "cpu/cpu.cfs_period_us")):
        try:
            quota, period = map(int, " ".join((cgroup / name).read_text() for name in names).split())
        except (OSError, ValueError):
            continue
        if quota > 0:
            usable = min(usable, -(-quota // period))
    return max(1, usable)


def children(asked: int, memory: int) -> tuple[int, int]:
    """How many children to run, and how many bytes of data each may have."""
    number = asked or min(processors(), _MOST_CHILDREN, max(1, memory // (2 * _LEAST_BYTES)))
    return number, max(_LEAST_BYTES // 2, min(_MOST_BYTES, (int(memory * 0.9) - _PARENT_BYTES) // number))
