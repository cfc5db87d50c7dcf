import json
import os
import tempfile
import unittest
from pathlib import Path

import image  # noqa: F401  sets the path
from analyser.definitions import Definition
from analyser.graph import Graph, write_counts


class GraphTest(unittest.TestCase):
    def setUp(self):
        self.out = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.graph = Graph(["a.py", os.fsdecode(b"b\xff.py"), "c.py"], {0: "python", 1: "python", 2: "python"})
        self.graph.define(0, [Definition("Class", "A", "A", 1, 1, 9, 1, -1), Definition("Function", "f", "A.f", 2, 3, 4, 3, 0)])

    def written(self):
        self.counts = self.graph.write(self.out)
        texts = [(self.out / name).read_text(encoding="utf-8") for name in ("nodes.jsonl", "edges.jsonl")]
        return [[json.loads(line) for line in text.splitlines()] for text in texts]

    def test_nodes_carry_what_identifies_them(self):
        nodes, _ = self.written()
        self.assertEqual(nodes[0], {"id": "f0", "labels": ["File"], "properties": {"path": "a.py"}})
        self.assertEqual(
            nodes[2]["properties"],
            {"path": "a.py", "name": "f", "qualifiedName": "A.f", "overload": 2, "startLine": 3, "endLine": 4, "language": "python"},
        )
        self.assertNotIn("overload", nodes[1]["properties"])

    def test_containment_becomes_defines(self):
        _, edges = self.written()
        self.assertEqual([(e["source"], e["target"], e["type"]) for e in edges], [("f0", "f0d0", "DEFINES"), ("f0d0", "f0d1", "DEFINES")])

    def test_a_file_has_a_node_only_when_an_edge_needs_it(self):
        self.graph.refer((1, -1), (0, 0), "IMPORTS", 1)
        nodes, _ = self.written()
        self.assertEqual([n["properties"]["path"] for n in nodes if n["labels"] == ["File"]], ["a.py", "b%FF.py"])

    def test_duplicates_keep_the_first_line(self):
        self.assertTrue(self.graph.refer((0, 1), (0, 0), "CALLS", 8))
        self.assertFalse(self.graph.refer((0, 1), (0, 0), "CALLS", 4))
        self.assertFalse(self.graph.refer((0, 1), (0, 0), "CALLS", 6))
        _, edges = self.written()
        self.assertEqual([e["properties"] for e in edges if e["type"] == "CALLS"], [{"line": 4}])

    def test_the_order_of_references_does_not_change_the_bytes(self):
        references = [((0, 1), (0, 0), "CALLS", 4), ((0, 0), (0, 1), "USES", 2), ((2, -1), (0, 0), "IMPORTS", 1)]
        contents = []
        for order in (references, references[::-1]):
            graph = Graph(["a.py", "b.py", "c.py"], {0: "python"})
            graph.define(0, [Definition("Class", "A", "A", 1, 1, 9, 1, -1), Definition("Function", "f", "A.f", 1, 3, 4, 3, 0)])
            for reference in order:
                graph.refer(*reference)
            graph.write(self.out)
            contents.append([(self.out / name).read_bytes() for name in ("nodes.jsonl", "edges.jsonl")])
        self.assertEqual(*contents)

    def test_counts_are_those_of_the_files(self):
        nodes, edges = self.written()
        self.assertEqual(self.counts, {"nodes.Class": 1, "nodes.Function": 1, "edges.DEFINES": 2})
        write_counts(self.out, self.counts)
        self.assertEqual(json.loads((self.out / "counts.json").read_text()), self.counts)


if __name__ == "__main__":
    unittest.main()
