import unittest

import image  # noqa: F401  sets the path
from analyser.definitions import CLASS, FUNCTION, Span, arrange


def span(label, name, start, end, line=0, prefix=""):
    return Span(label, name, prefix, start, end, line, line, line)


class ArrangeTest(unittest.TestCase):
    def test_names_are_chained_through_all_enclosing_definitions(self):
        found = arrange([span(CLASS, "Outer", 0, 90), span(FUNCTION, "method", 10, 80), span(CLASS, "Inner", 20, 70)])
        self.assertEqual([d.qualified_name for d in found], ["Outer", "Outer.method", "Outer.method.Inner"])
        self.assertEqual([d.parent for d in found], [-1, 0, 1])

    def test_the_order_of_the_input_does_not_matter(self):
        spans = [span(CLASS, "A", 0, 50), span(FUNCTION, "f", 5, 20), span(FUNCTION, "g", 25, 45), span(FUNCTION, "h", 60, 70)]
        self.assertEqual(arrange(spans), arrange(reversed(spans)))

    def test_neighbours_are_not_nested(self):
        found = arrange([span(FUNCTION, "f", 0, 10), span(FUNCTION, "g", 10, 20)])
        self.assertEqual([d.qualified_name for d in found], ["f", "g"])

    def test_what_follows_a_nested_definition_belongs_to_the_outer_one(self):
        found = arrange([span(CLASS, "A", 0, 100), span(CLASS, "B", 10, 40), span(FUNCTION, "f", 20, 30), span(FUNCTION, "g", 50, 60)])
        self.assertEqual([d.qualified_name for d in found], ["A", "A.B", "A.B.f", "A.g"])

    def test_overloads_are_numbered_in_the_order_of_the_text(self):
        found = arrange(span(FUNCTION, "f", start, start + 5, line=start) for start in (30, 10, 20))
        self.assertEqual([(d.start_line, d.overload) for d in found], [(11, 1), (21, 2), (31, 3)])

    def test_a_class_and_a_function_of_one_name_are_no_overloads(self):
        found = arrange([span(CLASS, "Point", 0, 5), span(FUNCTION, "Point", 10, 15)])
        self.assertEqual([d.overload for d in found], [1, 1])

    def test_a_constructor_has_its_class_in_its_name(self):
        found = arrange([span(CLASS, "Point", 0, 50), span(FUNCTION, "Point", 10, 15)])
        self.assertEqual(found[1].qualified_name, "Point.Point")

    def test_lines_start_from_one(self):
        (found,) = arrange([Span(CLASS, "A", "", 0, 9, 0, 4, 1)])
        self.assertEqual((found.start_line, found.end_line, found.name_line), (1, 5, 2))

    def test_a_name_in_several_parts_is_dotted(self):
        found = arrange([span(CLASS, "Outer::Inner", 0, 50), span(FUNCTION, "f", 10, 20)])
        self.assertEqual([(d.name, d.qualified_name) for d in found], [("Inner", "Outer.Inner"), ("f", "Outer.Inner.f")])

    def test_a_method_with_a_receiver_belongs_to_its_type_wherever_that_stands(self):
        found = arrange([span(FUNCTION, "Close", 0, 10, prefix="Server"), span(CLASS, "Server", 20, 30)])
        self.assertEqual([(d.qualified_name, d.parent) for d in found], [("Server.Close", 1), ("Server", -1)])

    def test_a_method_whose_receiver_is_in_another_file_belongs_to_the_file(self):
        (found,) = arrange([span(FUNCTION, "Close", 0, 10, prefix="Server")])
        self.assertEqual((found.qualified_name, found.parent), ("Server.Close", -1))

    def test_deep_nesting_is_no_problem(self):
        found = arrange(span(FUNCTION, "f", depth, 100_000 - depth) for depth in range(2_000))
        self.assertEqual(found[-1].parent, 1_998)


if __name__ == "__main__":
    unittest.main()
