import json
import os
import tempfile
import unittest
from pathlib import Path

import image  # noqa: F401  sets the path
from analyser.step import LANGUAGES, Options, StepError, read_files, read_options


class OptionsTest(unittest.TestCase):
    def setUp(self):
        self.directory = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def given(self, text):
        (self.directory / "step.json").write_text(text, encoding="utf-8")
        return read_options(self.directory)

    def refused(self, text):
        with self.assertRaises(StepError) as caught:
            self.given(text)
        return str(caught.exception)

    def test_defaults(self):
        for options in (read_options(self.directory), self.given("{}"), self.given('{"options":{}}')):
            self.assertEqual(options, Options())
        self.assertEqual(Options(), Options(True, 800_000, LANGUAGES, 120, 0))

    def test_each_option_reaches_its_field(self):
        given = {"references": False, "maxFileBytes": 5, "languages": ["java", "go"], "secondsPerFile": 7, "workers": 3}
        options = self.given(json.dumps({"step": "blarify", "repository": "r", "options": given}))
        self.assertEqual(options, Options(False, 5, ("go", "java"), 7, 3))

    def test_every_mistake_is_named_at_once(self):
        message = self.refused('{"options":{"refs":1,"references":"yes","maxFileBytes":0,"languages":["cobol"]}}')
        for part in ("'refs'", "'references'", "'maxFileBytes'", "'languages'", "known: "):
            self.assertIn(part, message)
        self.assertNotIn("\n", message)

    def test_true_is_no_number(self):
        self.assertIn("whole number", self.refused('{"options":{"workers":true}}'))

    def test_what_is_not_a_step_is_refused(self):
        for text in ("", "[]", '{"options":[]}', "{"):
            self.refused(text)


class FilesTest(unittest.TestCase):
    def setUp(self):
        root = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.input, self.workspace = root / "in", root / "workspace"
        self.input.mkdir()
        self.workspace.mkdir()

    def test_the_list_is_sorted_by_bytes_and_has_no_duplicates(self):
        (self.input / "files").write_bytes(b"b.py\0a\xff.py\0a/c.py\0b.py\0")
        files = read_files(self.input, self.workspace)
        self.assertEqual([os.fsencode(file) for file in files], [b"a/c.py", b"a\xff.py", b"b.py"])

    def test_an_empty_list_means_no_file(self):
        (self.input / "files").write_bytes(b"")
        (self.workspace / "a.py").write_text("")
        self.assertEqual(read_files(self.input, self.workspace), [])

    def test_paths_out_of_the_workspace_are_refused(self):
        for path in (b"/etc/passwd\0", b"../a\0", b"a/../../b\0"):
            (self.input / "files").write_bytes(path)
            with self.assertRaises(StepError):
                read_files(self.input, self.workspace)

    def test_without_a_list_regular_files_are_found(self):
        for path in ("a.py", "d/b.py", ".git/c.py"):
            (self.workspace / path).parent.mkdir(exist_ok=True)
            (self.workspace / path).write_text("")
        (self.workspace / "link.py").symlink_to("a.py")
        os.mkfifo(self.workspace / "pipe.py")
        self.assertEqual(read_files(self.input, self.workspace), ["a.py", "d/b.py"])

    def test_without_a_workspace_the_step_fails(self):
        with self.assertRaises(StepError):
            read_files(self.input, self.workspace / "missing")


if __name__ == "__main__":
    unittest.main()
