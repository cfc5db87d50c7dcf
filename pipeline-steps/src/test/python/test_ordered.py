import unittest

import image  # noqa: F401  sets the path
from analyser.ordered import OrderedSet


class OrderedSetTest(unittest.TestCase):
    def test_the_order_is_that_of_arrival(self):
        elements = [object() for _ in range(200)]
        self.assertEqual(list(OrderedSet(elements)), elements)
        self.assertEqual(list(OrderedSet(elements[:100]) | elements[50:]), elements)

    def test_an_element_is_held_once(self):
        self.assertEqual(list(OrderedSet([1, 2, 1])), [1, 2])
        self.assertEqual(len(OrderedSet([1, 1])), 1)

    def test_order_does_not_count_for_equality_and_hash(self):
        self.assertEqual(OrderedSet([1, 2]), OrderedSet([2, 1]))
        self.assertEqual(hash(OrderedSet([1, 2])), hash(OrderedSet([2, 1])))
        self.assertNotEqual(OrderedSet([1]), OrderedSet([2]))

    def test_operators(self):
        self.assertEqual(list(OrderedSet([3, 1, 2]) & [2, 3]), [3, 2])
        grown = OrderedSet([3])
        grown |= {1}
        grown.add(2)
        self.assertEqual(list(grown), [3, 1, 2])
        self.assertIn(2, grown)
        self.assertFalse(OrderedSet())

    def test_a_union_leaves_its_operands_alone(self):
        first = OrderedSet([1])
        self.assertEqual(list(first | [2]), [1, 2])
        self.assertEqual(list(first), [1])


if __name__ == "__main__":
    unittest.main()
