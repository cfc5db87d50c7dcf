import re
import unittest

import image


class ImageTest(unittest.TestCase):
    def test_the_context_lists_every_file_the_build_needs(self):
        listed = (image.DIRECTORY / "CONTEXT").read_text().splitlines()
        present = {
            file.relative_to(image.DIRECTORY).as_posix()
            for file in image.DIRECTORY.rglob("*")
            if file.is_file() and "__pycache__" not in file.parts and "wheels" not in file.parts
        }
        self.assertEqual(set(listed), present - {"CONTEXT", "requirements.in"})
        self.assertEqual(listed, sorted(listed))

    def test_every_requirement_is_pinned_by_hash(self):
        wanted = re.findall(r"^([a-z-]+==\S+)$", (image.DIRECTORY / "requirements.in").read_text(), re.MULTILINE)
        text = (image.DIRECTORY / "requirements.txt").read_text()
        locked = re.findall(r"^([a-z-]+==\S+) \\\n    --hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)
        self.assertEqual(sorted(locked), sorted(wanted))
        self.assertEqual(text.count("=="), len(wanted))
        self.assertEqual(len(wanted), 12)

    def test_nothing_in_the_image_runs_as_root(self):
        text = (image.DIRECTORY / "Dockerfile").read_text()
        self.assertEqual(re.findall(r"^USER (.*)$", text, re.MULTILINE), ["65532:65532"])


if __name__ == "__main__":
    unittest.main()
