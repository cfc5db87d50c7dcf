import os
import tempfile
import unittest
from pathlib import Path

import image  # noqa: F401  sets the path
from analyser.source import Skipped, decode, display_path, read


class ReadTest(unittest.TestCase):
    def setUp(self):
        self.directory = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.file = self.directory / "a.py"

    def skipped(self, path, limit=100):
        with self.assertRaises(Skipped) as caught:
            read(str(path), limit)
        return caught.exception.reason

    def test_a_file_up_to_the_limit_is_read(self):
        self.file.write_bytes(b"x" * 100)
        self.assertEqual(read(str(self.file), 100), b"x" * 100)

    def test_a_file_above_the_limit_is_too_large(self):
        self.file.write_bytes(b"x" * 101)
        self.assertEqual(self.skipped(self.file), "tooLarge")

    def test_what_is_no_regular_file_is_not_opened(self):
        os.mkfifo(self.directory / "pipe.py")
        self.file.write_bytes(b"")
        (self.directory / "link.py").symlink_to(self.file)
        (self.directory / "directory.py").mkdir()
        for name in ("pipe.py", "link.py", "directory.py"):
            self.assertEqual(self.skipped(self.directory / name), "notRegular")

    def test_a_file_that_has_gone_is_reported(self):
        self.assertEqual(self.skipped(self.file), "vanished")

    @unittest.skipIf(os.geteuid() == 0, "root may read everything")
    def test_a_file_without_permission_is_unreadable(self):
        self.file.write_bytes(b"")
        self.file.chmod(0)
        self.assertEqual(self.skipped(self.file), "unreadable")


class DecodeTest(unittest.TestCase):
    def test_table(self):
        for content, python, expected in (
            (b"a\r\nb\rc\n", False, ("a\nb\nc\n", False)),
            (b"\xef\xbb\xbfx", False, ("x", False)),
            ("größe".encode("utf-8"), False, ("größe", False)),
            ("größe".encode("latin-1"), False, ("größe", True)),
            ("class A {}".encode("utf-16"), False, ("class A {}", False)),
            ("# coding: cp1251\nж".encode("cp1251"), True, ("# coding: cp1251\nж", False)),
            (b"# coding: nonsense\nx", True, ("# coding: nonsense\nx", True)),
            ("# größe\n".encode("latin-1"), True, ("# größe\n", True)),
            (b"", True, ("", False)),
        ):
            with self.subTest(content=content):
                self.assertEqual(decode(content, python), expected)

    def test_binary_content_is_skipped(self):
        with self.assertRaises(Skipped) as caught:
            decode(b"\x7fELF\0\0", False)
        self.assertEqual(caught.exception.reason, "binary")


class DisplayPathTest(unittest.TestCase):
    def test_bytes_that_are_not_utf8_are_spelled_out(self):
        self.assertEqual(display_path(os.fsdecode(b"a\xff/\xc3\xbc\x80.py")), "a%FF/ü%80.py")


if __name__ == "__main__":
    unittest.main()
