import tempfile
import textwrap
import unittest
from pathlib import Path

import image


@unittest.skipUnless(image.has_blarify(), image.NEEDS_BLARIFY)
class HierarchyTest(unittest.TestCase):
    def outline(self, name, text, limit=1_000_000):
        from analyser.hierarchy import outline

        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory, name)
            path.write_bytes(textwrap.dedent(text).encode() if isinstance(text, str) else text)
            return outline(str(path), limit)

    def names(self, name, text):
        return [
            f"{d.label[0]} {d.qualified_name}" + (f" #{d.overload}" if d.overload > 1 else "")
            for d in self.outline(name, text).definitions
        ]

    def test_python(self):
        text = """\
            import a

            @decorated
            @twice(1)
            class A(B):
                @property
                def x(self):
                    return 1

                @x.setter
                def x(self, value):
                    def inner(): pass
                    # a comment after the last statement

                async def y(self): pass

            if a:
                def f(): pass
            else:
                def f(): pass
            """
        self.assertEqual(self.names("a.py", text), ["C A", "F A.x", "F A.x #2", "F A.x.inner", "F A.y", "F f", "F f #2"])
        lines = [(d.start_line, d.end_line) for d in self.outline("a.py", text).definitions]
        self.assertEqual(lines, [(5, 15), (7, 8), (11, 12), (12, 12), (15, 15), (18, 18), (20, 20)])

    def test_java(self):
        text = """\
            package p;
            public class Outer {
              Outer() {}
              void f(int a) {}
              @Override void f(String a) { new Runnable() { public void run() {} }; }
              enum Kind { A { void g() {} }; void g() {} }
              interface I { void h(); }
              @interface Marker { }
              record R(int a) { R { } }
            }
            """
        self.assertEqual(
            self.names("A.java", text),
            ["C Outer", "F Outer.Outer", "F Outer.f", "F Outer.f #2", "F Outer.f.run", "C Outer.Kind", "F Outer.Kind.g"]
            + ["F Outer.Kind.g #2", "C Outer.I", "F Outer.I.h", "C Outer.Marker", "C Outer.R", "F Outer.R.R"],
        )

    def test_javascript(self):
        text = """\
            export default class A { m() {} static async *n() {} #p() {} field = () => 1; plain = 2 }
            function f() { function g() {} }
            function* h() {}
            const a = () => 1, b = function () {}, c = class { m() {} }, d = 4
            const { x, y } = () => 1
            """
        expected = ["C A", "F A.m", "F A.n", "F A.#p", "F A.field", "F f", "F f.g", "F h", "F a", "F b", "C c", "F c.m"]
        for name in ("a.js", "a.jsx", "a.mjs", "a.cjs"):
            self.assertEqual(self.names(name, text), expected, name)

    def test_typescript(self):
        text = """\
            export abstract class A<T> { abstract f(): void; constructor(private a: T) {} get x(): T { return this.a } }
            interface I { m(): void; p: string }
            enum E { A }
            function over(a: string): void
            function over(a: any) {}
            const arrow = <T,>(a: T): T => a
            """
        expected = ["C A", "F A.f", "F A.constructor", "F A.x", "C I", "F I.m", "C E", "F over", "F over #2", "F arrow"]
        for name in ("a.ts", "a.tsx", "a.mts", "a.cts"):
            self.assertEqual(self.names(name, text), expected, name)

    def test_ruby(self):
        text = """\
            module A::B
              class C < D
                def f; end
                def self.g; end
                def x=(v); end
                class << self
                  def h; end
                end
              end
            end
            """
        self.assertEqual(self.names("a.rb", text), ["C A.B", "C A.B.C", "F A.B.C.f", "F A.B.C.g", "F A.B.C.x=", "F A.B.C.h"])

    def test_csharp(self):
        text = """\
            namespace N.M {
              public class A { A() {} ~A() {} void F(int a) { void Local() {} } void F(string s) {} }
              struct S { void G() {} }
              interface I { void H(); }
              enum E { X }
              record R(int A);
            }
            """
        self.assertEqual(
            self.names("a.cs", text),
            ["C A", "F A.A", "F A.A #2", "F A.F", "F A.F.Local", "F A.F #2", "C S", "F S.G", "C I", "F I.H", "C E", "C R"],
        )

    def test_go(self):
        text = """\
            package p
            func (s *Server[T]) Close() error { return nil }
            type Server[T any] struct { a int }
            type Closer interface { Close() error }
            type Alias = Server[int]
            func (Elsewhere) Open() {}
            func New() *Server[int] { f := func() {}; f(); return nil }
            """
        self.assertEqual(
            self.names("a.go", text),
            ["F Server.Close", "C Server", "C Closer", "F Closer.Close", "C Alias", "F Elsewhere.Open", "F New"],
        )

    def test_php(self):
        text = """\
            <html><?php
            namespace N;
            class A { function f() {} static function g() {} }
            interface I { function h(); }
            trait T { function k() {} }
            enum E { case X; function l() {} }
            function free() {}
            """
        self.assertEqual(
            self.names("a.php", text),
            ["C A", "F A.f", "F A.g", "C I", "F I.h", "C T", "F T.k", "C E", "F E.l", "F free"],
        )

    def test_deep_nesting_is_taken(self):
        depth = 20_000
        found = self.outline("a.js", "function f(){" + "{" * depth + "function g(){}" + "}" * depth + "}")
        self.assertEqual([d.qualified_name for d in found.definitions], ["f", "f.g"])
        found = self.outline("a.py", "x = " + "(" * depth + ")" * depth + "\ndef f(): pass\n")
        self.assertIn("f", [d.name for d in found.definitions])

    def test_broken_source_gives_what_can_be_read(self):
        found = self.outline("a.py", "def f(:\n  pass\n\nclass A:\n  def g(self): pass\n")
        self.assertTrue(found.syntax_errors)
        self.assertIn("A.g", [d.qualified_name for d in found.definitions])

    def test_other_encodings_are_read(self):
        found = self.outline("a.py", "# -*- coding: latin-1 -*-\ndef größe(): pass\n".encode("latin-1"))
        self.assertEqual(found.definitions[0].name, "größe")
        found = self.outline("A.java", "class A { /* größe */ void f() {} }".encode("latin-1"))
        self.assertTrue(found.guessed_encoding)
        self.assertEqual([d.name for d in found.definitions], ["A", "f"])


if __name__ == "__main__":
    unittest.main()
