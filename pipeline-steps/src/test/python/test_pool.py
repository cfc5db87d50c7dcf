import os
import signal
import time
import unittest

import image  # noqa: F401  sets the path
from analyser import pool


class PoolTest(unittest.TestCase):
    def run_pool(self, function, items, **settings):
        settings = {"children": 2, "memory": 1 << 30, "seconds": 30, "tick": lambda: None} | settings
        return dict(pool.run(function, items, **settings))

    def test_every_item_is_answered_once(self):
        for batch in (1, 3, 100):
            found = self.run_pool(lambda item: item * item, list(range(20)), batch=batch)
            self.assertEqual(found, {number: number * number for number in range(20)})

    def test_nothing_to_do_ends_at_once(self):
        self.assertEqual(self.run_pool(lambda item: item, []), {})

    def test_a_crash_costs_only_its_item(self):
        def function(item):
            if item == 4:
                os.kill(os.getpid(), signal.SIGKILL)
            return item

        found = self.run_pool(function, list(range(9)), batch=4)
        self.assertEqual(found, {n: n for n in range(9)} | {4: pool.Lost("crashed")})

    def test_an_item_that_never_ends_is_given_up(self):
        def function(item):
            if item == 1:
                signal.pause()
            return item

        found = self.run_pool(function, [0, 1, 2], seconds=0.5)
        self.assertEqual(found, {0: 0, 1: pool.Lost("hung"), 2: 2})

    def test_too_much_memory_is_refused_and_the_next_item_works(self):
        def function(item):
            return len(bytearray(item))

        found = self.run_pool(function, [10, 3 << 30, 20], children=1, memory=1 << 30)
        self.assertEqual(found, {0: 10, 1: pool.Lost("outOfMemory"), 2: 20})

    def test_a_child_that_has_grown_is_replaced(self):
        kept = []

        def function(item):
            kept.append(b"x" * (460 << 20))
            return os.getpid()

        found = self.run_pool(function, [1, 2, 3], children=1, memory=600 << 20)
        self.assertEqual(len(set(found.values())), 3)

    def test_an_exception_makes_the_item_lost(self):
        found = self.run_pool(lambda item: 1 // item, [0, 1])
        self.assertEqual(found, {0: pool.Lost("failed"), 1: 1})

    def test_ticks_go_on_while_an_item_takes_long(self):
        ticks = []
        self.run_pool(lambda item: time.sleep(item), [1.6], tick=lambda: ticks.append(time.monotonic()))
        self.assertGreaterEqual(len(ticks), 3)

    def test_no_child_is_left_when_the_caller_stops(self):
        answers = pool.run(lambda item: os.getpid(), [1, 2, 3], children=1, memory=1 << 30, seconds=30, tick=lambda: None)
        _, child = next(answers)
        answers.close()
        with self.assertRaises(ProcessLookupError):
            os.kill(child, 0)


if __name__ == "__main__":
    unittest.main()
