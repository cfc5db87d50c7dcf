import unittest

import image  # noqa: F401  sets the path
from analyser import imports

FILES = ["setup.py", "src/app/__init__.py", "src/app/db/__init__.py", "src/app/db/query.py", "tests/test_app.py", "tools/x/run.py"]


class ImportsTest(unittest.TestCase):
    def setUp(self):
        self.packages = imports.package_directories(FILES)

    def test_packages_are_directories_with_an_init_file(self):
        self.assertEqual(self.packages, {"src/app", "src/app/db"})

    def test_the_own_root_is_above_the_outermost_package(self):
        roots = [imports.own_root(file, self.packages) for file in FILES]
        self.assertEqual(roots, ["", "src", "src", "src", "tests", "tools/x"])

    def test_package_roots_start_with_the_workspace(self):
        self.assertEqual(imports.package_roots(FILES, self.packages), ["", "src"])

    def test_package_roots_are_bounded(self):
        files = [f"r{number}/p/__init__.py" for number in range(1_000)]
        self.assertLessEqual(len(imports.package_roots(files, imports.package_directories(files))), 24)

    def test_a_file_sees_its_own_root_first_and_the_other_packages_last(self):
        path = imports.search_path("tools/x/run.py", self.packages, ["", "src"], ["/std"])
        self.assertEqual(path, ["tools/x", "/std", "tools", "", "src"])


if __name__ == "__main__":
    unittest.main()
