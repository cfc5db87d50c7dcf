import json
import os
import subprocess
import sys
import tempfile
import textwrap
import unittest
from pathlib import Path

import image


@unittest.skipUnless(image.has_blarify(), image.NEEDS_BLARIFY)
class ReferencesTest(unittest.TestCase):
    """Runs the whole step in a process of its own, for it changes jedi's settings."""

    def setUp(self):
        root = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.workspace, self.input, self.out = root / "workspace", root / "in", root / "out"
        for directory in (self.workspace, self.input, self.out):
            directory.mkdir()
        self.options = {}

    def write(self, path, text):
        (self.workspace / path).parent.mkdir(parents=True, exist_ok=True)
        (self.workspace / path).write_text(textwrap.dedent(text), encoding="utf-8")

    def step(self):
        (self.input / "step.json").write_text(json.dumps({"options": self.options}))
        return subprocess.run(self.command(), env=self.environment(), capture_output=True, text=True, timeout=120)

    def command(self):
        return [sys.executable, "-m", "analyser", "--workspace", self.workspace, "--in", self.input, "--out", self.out]

    def environment(self):
        path = os.pathsep.join(filter(None, [str(image.DIRECTORY), os.environ.get("PYTHONPATH")]))
        return os.environ | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}

    def edges(self):
        done = self.step()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        names, edges = {}, set()
        for line in (self.out / "nodes.jsonl").read_text(encoding="utf-8").splitlines():
            node = json.loads(line)
            properties = node["properties"]
            names[node["id"]] = properties.get("qualifiedName", properties["path"])
        for line in (self.out / "edges.jsonl").read_text(encoding="utf-8").splitlines():
            edge = json.loads(line)
            if edge["type"] != "DEFINES":
                edges.add(f"{names[edge['source']]} {edge['type']} {names[edge['target']]} {edge['properties']['line']}")
        return edges

    def test_every_kind_of_use(self):
        self.write("a.py", """\
            class Base: pass
            class Box(Base): pass
            def helper(x): return x
            def many(box: Box, *more: "Box") -> Base:
                made = Box()
                helper(made)
                alias = helper
                list(map(helper, []))
                isinstance(made, Base)
                value: Box = made
                return made
            @helper
            def decorated(): many(None)
            def loop(): loop()
            """)
        self.assertEqual(
            self.edges(),
            {
                "Box INHERITS Base 2",
                "many USES_TYPE Box 4",
                "many USES_TYPE Base 4",
                "many INSTANTIATES Box 5",
                "many CALLS helper 6",
                "many ASSIGNS helper 7",
                "many USES helper 8",
                "many USES Base 9",
                "a.py CALLS helper 12",
                "decorated CALLS many 13",
                "loop CALLS loop 14",
            },
        )

    def test_methods_are_found_through_types(self):
        self.write("a.py", """\
            class Engine:
                def start(self): pass
            class Car:
                def __init__(self):
                    self.engine = Engine()
                def drive(self):
                    self.engine.start()
                    self.stop()
                def stop(self): pass
            class Van(Car):
                def drive(self):
                    super().drive()
            def test(start):
                start()
            """)
        found = {edge for edge in self.edges() if " CALLS " in edge}
        self.assertEqual(found, {"Car.drive CALLS Engine.start 7", "Car.drive CALLS Car.stop 8", "Van.drive CALLS Car.drive 12"})

    def test_imports_lead_to_files_and_to_definitions(self):
        self.write("src/app/__init__.py", "from .core import run as start\n")
        self.write("src/app/core.py", "def run(): pass\nLIMIT = 3\n")
        self.write("tests/test_app.py", "import app.core\nfrom app import start\nfrom app.core import LIMIT\ndef test(): start(); app.core.run()\n")
        self.assertEqual(
            self.edges(),
            {
                "src/app/__init__.py IMPORTS src/app/core.py 1",
                "src/app/__init__.py IMPORTS run 1",
                "tests/test_app.py IMPORTS src/app/core.py 1",
                "tests/test_app.py IMPORTS src/app/__init__.py 2",
                "tests/test_app.py IMPORTS run 2",
                "test CALLS run 4",
            },
        )

    def test_pytest_fixtures_are_followed(self):
        self.write("conftest.py", "import pytest\nfrom app import App\n@pytest.fixture\ndef app():\n    return App()\n")
        self.write("app.py", "class App:\n    def run(self): pass\n")
        self.write("test_app.py", "def test_a(app):\n    app.run()\n    app.run()\ndef test_b(app):\n    app.run()\n")
        found = self.edges()
        self.assertLessEqual({"test_a CALLS App.run 2", "test_b CALLS App.run 5", "test_b USES app 4"}, found)

    def test_a_library_of_the_same_name_does_not_interfere(self):
        self.write("django/__init__.py", "")
        self.write("django/db.py", "class Model: pass\n")
        self.write("use.py", "from django.db import Model\nclass Mine(Model): pass\n")
        self.assertIn("Mine INHERITS Model 2", self.edges())

    def test_code_after_other_alphabets_is_placed_right(self):
        self.write("a.py", 'def f(): pass\nx = "äöü €" ; f()\n')
        self.assertEqual(self.edges(), {"a.py CALLS f 2"})

    def test_runs_give_the_same_bytes_for_any_number_of_processes(self):
        for number in range(12):
            self.write(f"m{number}.py", f"from m{(number + 1) % 12} import C as D\nclass C(D):\n    def f(self): return D().f()\n")
        contents = []
        for workers in (1, 2, 3):
            self.options = {"workers": workers}
            self.assertEqual(self.step().returncode, 0)
            contents.append([(self.out / name).read_bytes() for name in ("nodes.jsonl", "edges.jsonl", "counts.json")])
        self.assertEqual(contents[0], contents[1])
        self.assertEqual(contents[0], contents[2])

    def test_only_listed_files_appear(self):
        self.write("a.py", "from b import f\nf()\n")
        self.write("b.py", "def f(): pass\n")
        (self.input / "files").write_bytes(b"a.py\0")
        self.assertEqual(self.edges(), set())
        self.assertEqual((self.out / "nodes.jsonl").read_text(), "")

    def test_no_references_when_not_asked(self):
        self.write("a.py", "def f(): f()\n")
        self.options = {"references": False}
        self.assertEqual(self.edges(), set())

    def test_what_is_skipped_is_counted(self):
        self.write("big.py", "x = 1\n" * 100)
        self.write("README.md", "text")
        (self.workspace / "binary.py").write_bytes(b"\0\1")
        (self.workspace / os.fsdecode(b"n\xff.py")).write_bytes(b"def f(): pass\n")
        (self.input / "files").write_bytes(b"README.md\0big.py\0binary.py\0gone.py\0n\xff.py\0")
        self.options = {"maxFileBytes": 100}
        self.edges()
        counts = json.loads((self.out / "counts.json").read_text())
        expected = {"skipped.tooLarge": 1, "skipped.unsupported": 1, "skipped.binary": 1, "skipped.vanished": 1, "files": 5, "files.analysed": 1}
        self.assertEqual({name: counts.get(name) for name in expected}, expected)
        self.assertIn('"path":"n%FF.py"', (self.out / "nodes.jsonl").read_text())

    def test_hostile_nesting_does_not_end_the_run(self):
        self.write("deep.py", "def f(): pass\nx = " + "(" * 3_000 + "f()" + ")" * 3_000 + "\n")
        self.write("chain.py", "from fine import f\ny = f()" + ".f()" * 3_000 + "\n")
        self.write("fine.py", "def f(): pass\nf()\n")
        self.assertIn("fine.py CALLS f 2", self.edges())

    def test_a_wrong_option_is_the_last_line(self):
        self.options = {"refs": True}
        done = self.step()
        self.assertEqual(done.returncode, 1)
        self.assertIn("unknown option 'refs'", done.stderr.splitlines()[-1])

    def test_a_request_to_stop_is_followed_at_once(self):
        os.mkfifo(self.input / "files")  # the step waits for what nobody writes
        running = subprocess.Popen(self.command(), env=self.environment(), stderr=subprocess.PIPE, text=True)
        writer = os.open(self.input / "files", os.O_WRONLY)  # returns once the step reads
        running.terminate()
        _, errors = running.communicate(timeout=30)
        os.close(writer)
        self.assertEqual((running.returncode, errors), (1, "stopped on request\n"))

    def test_progress_is_reported(self):
        self.write("a.py", "def f(): f()\n")
        lines = [json.loads(line) for line in self.step().stdout.splitlines()]
        self.assertEqual(lines[-1]["progress"], {"done": 1, "total": 1, "message": "resolving Python references"})


if __name__ == "__main__":
    unittest.main()
