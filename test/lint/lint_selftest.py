"""Every rule of lint.py on a file that breaks it, and on one that does not."""

import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lint  # noqa: E402


def findings(**files):
    """Findings, without file names, for files {"a/b.h": text}."""
    with tempfile.TemporaryDirectory() as root:
        for name, text in files.items():
            path = os.path.join(root, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as f:
                f.write(text)
        return [f.split(": ", 1)[1] for f in lint.lint(root)]


def of_test(text, name="test/a.mlir"):
    return findings(**{name: text})


RUN = "// RUN: tool %s | FileCheck %s\n"


class Checks(unittest.TestCase):
    def test_good(self):
        self.assertEqual(of_test(RUN + "// CHECK: a\n// CHECK-NEXT: b\n// CHECK-COUNT-3: c\n"
                                       "// CHECK{LITERAL}: [[\n// CHECK-LABEL: x\n"), [])

    def test_no_file_check(self):
        self.assertEqual(of_test("// RUN: tool %s\n// CHECK: a\n"),
                         ["'CHECK:': no FileCheck reads it"])

    def test_unknown_suffix(self):
        self.assertEqual(of_test(RUN + "// CHECK: a\n// CHECK-NXT: b\n"),
                         ["'CHECK-NXT:': unknown check"])

    def test_underscore(self):
        self.assertEqual(of_test(RUN + "// CHECK: a\n// CHECK_NEXT: b\n"),
                         ["'CHECK_NEXT:': unknown check"])

    def test_misspelt(self):
        self.assertEqual(of_test(RUN + "// CHECK: a\n// CHEKC: b\n"), ["'CHEKC:': unknown check"])

    def test_lower_case(self):
        self.assertEqual(of_test(RUN + "// CHECK: a\n// Check: b\n"), ["'Check:': unknown check"])

    def test_no_colon(self):
        self.assertEqual(of_test(RUN + "// CHECK: a\n// CHECK b\n"),
                         ["a comment that starts with CHECK but checks nothing"])

    def test_other_prefix(self):
        run = "// RUN: tool %s | FileCheck %s --check-prefix=SMALL\n"
        self.assertEqual(of_test(run + "// SMALL-NOT: a\n"), [])
        self.assertEqual(of_test(run + "// SMALL: a\n// LARGE: b\n"), ["'LARGE:': unknown check"])

    def test_prefix_without_line(self):
        self.assertEqual(of_test("// RUN: tool %s | FileCheck %s --check-prefixes=A,B\n// A: a\n"),
                         ["FileCheck prefix 'B' without a line to check"])

    def test_prefix_with_dash(self):
        self.assertEqual(of_test("// RUN: tool | FileCheck %s -check-prefix=CHECK-M0\n"
                                 "// CHECK-M0-NEXT: a\n"), [])

    def test_verify_diagnostics(self):
        run = "// RUN: tool %s -verify-diagnostics\n"
        self.assertEqual(of_test(run + "// expected-error@+1 {{a}}\n"), [])
        self.assertEqual(of_test(run), ["-verify-diagnostics without an expected- line"])
        self.assertEqual(of_test("// RUN: tool\n// expected-error@+1 {{a}}\n"),
                         ["expected- lines without -verify-diagnostics"])

    def test_run_line(self):
        self.assertEqual(of_test("module {}\n"), ["a test without a RUN line"])
        self.assertEqual(of_test("module {}\n", "test/x/Inputs/a.mlir"), [])

    def test_keywords_and_prose(self):
        self.assertEqual(of_test("# REQUIRES: a\n# RUN: tool\n# Note: this is prose.\n",
                                 "test/a.test"), [])


class Includes(unittest.TestCase):
    def include(self, file, what):
        return findings(**{file: f'#include "{what}"\n'})

    def test_forbidden(self):
        for file, what in [("runtime/a.c", "dialects/a.h"), ("dialects/a.h", "passes/a.h"),
                           ("dialects/a.td", "compiler/a.h"), ("dialects/a.h", "targets/a.h"),
                           ("passes/a.cpp", "compiler/a.h"), ("targets/a.h", "passes/a.h"),
                           ("targets/x86/a.cpp", "compiler/a.h"), ("compiler/a.h", "test/a.h")]:
            self.assertEqual(len(self.include(file, what)), 1, (file, what))

    def test_table_gen(self):
        self.assertEqual(len(findings(**{"dialects/a.td": 'include "passes/a.td"\n'})), 1)

    def test_allowed(self):
        for file, what in [("compiler/a.cpp", "passes/a.h"), ("passes/a.cpp", "targets/Target.h"),
                           ("passes/a.cpp", "dialects/a.h"), ("targets/a.h", "dialects/a.h"),
                           ("targets/x86/a.cpp", "targets/x86/a.h"), ("runtime/a.c", "qcc/qcc.h"),
                           ("targets/Registered.inc", "targets/x86/target.inc")]:
            self.assertEqual(self.include(file, what), [], (file, what))

    def test_target_folder(self):
        self.assertEqual(self.include("passes/a.cpp", "targets/x86/a.h"),
                         ["only targets/Registered.inc names a target's folder"])


class Files(unittest.TestCase):
    def test_long(self):
        self.assertEqual(findings(**{"a.cpp": "\n" * 600}), [])
        self.assertEqual(findings(**{"a.cpp": "\n" * 601}), ["601 lines, more than 600"])
        self.assertEqual(findings(**{"a.md": "\n" * 601}), [])

    def test_machine_path(self):
        self.assertEqual(findings(**{"a.md": "see " + "/ho" + "me/someone/x\n"}),
                         ["a path of one machine"])
        self.assertEqual(findings(**{"a.md": "see /usr/share/x and homework/a\n"}), [])

    def test_binary(self):
        with tempfile.TemporaryDirectory() as root:
            with open(os.path.join(root, "a.h"), "wb") as f:
                f.write(b"\xff\xfe/\x00")
            self.assertEqual(lint.lint(root), [])


if __name__ == "__main__":
    unittest.main()
