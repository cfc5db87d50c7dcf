import os
import tempfile
import unittest
from pathlib import Path

import image  # noqa: F401  sets the path
from analyser import machine


class MachineTest(unittest.TestCase):
    def setUp(self):
        self.group = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def write(self, name, text):
        (self.group / name).parent.mkdir(exist_ok=True)
        (self.group / name).write_text(text)

    def test_memory_of_either_version(self):
        self.write("memory.max", "1000000\n")
        self.assertEqual(machine.memory_bytes(self.group), 1_000_000)
        (self.group / "memory.max").unlink()
        self.write("memory/memory.limit_in_bytes", "2000000\n")
        self.assertEqual(machine.memory_bytes(self.group), 2_000_000)

    def test_without_a_limit_the_machine_counts(self):
        self.write("memory.max", "max\n")
        self.assertEqual(machine.memory_bytes(self.group), os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))

    def test_half_a_processor_is_one(self):
        self.write("cpu.max", "50000 100000\n")
        self.assertEqual(machine.processors(self.group), 1)

    def test_no_quota_means_all_processors(self):
        usable = len(os.sched_getaffinity(0))
        self.assertEqual(machine.processors(self.group), usable)
        self.write("cpu/cpu.cfs_quota_us", "-1\n")
        self.write("cpu/cpu.cfs_period_us", "100000\n")
        self.assertEqual(machine.processors(self.group), usable)

    def test_children_share_the_memory(self):
        for asked in (1, 2, 4):
            number, each = machine.children(asked, 2 << 30)
            self.assertEqual(number, asked)
            self.assertLess(number * each, 2 << 30)


if __name__ == "__main__":
    unittest.main()
