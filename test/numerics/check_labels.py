#!/usr/bin/python3
"""Checks the rule labels of docs/numerics.md against the sources.

Every label that code or a test cites must be defined there, once, and every
label that it defines must be cited by code or a test.

usage: check_labels.py <root of the sources>
"""

import pathlib
import re
import sys

FOLDERS = ["compiler", "dialects", "passes", "runtime", "targets", "test"]
SUFFIXES = {".cpp", ".h", ".td", ".c", ".mlir", ".inc", ".py", ".md"}


def main():
    root = pathlib.Path(sys.argv[1])
    page = (root / "docs/numerics.md").read_text()
    defined = re.findall(r"^\*\*([a-z]+-[a-z]\d+)[,.]", page, re.MULTILINE)
    errors = [f"docs/numerics.md: {label} is defined twice"
              for label in sorted({l for l in defined if defined.count(l) > 1})]
    families = sorted({label.split("-")[0] for label in defined})
    citation = re.compile(r"\b(?:%s)-[a-z]\d+\b" % "|".join(families))
    ranges = re.compile(r"`?([a-z]+-[a-z])(\d+)`?\s+(?://+\s*)?to\s+(?://+\s*)?`?\1(\d+)")
    cited = set()
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in SUFFIXES or path == pathlib.Path(__file__):
                continue
            text = path.read_text(errors="replace")
            found = set(citation.findall(text))
            for stem, first, last in ranges.findall(text):
                found |= {f"{stem}{n}" for n in range(int(first), int(last) + 1)}
            errors += [f"{path.relative_to(root)}: {label} is not in docs/numerics.md"
                       for label in sorted(found - set(defined))]
            cited |= found
    errors += [f"docs/numerics.md: nothing cites {label}"
               for label in sorted(set(defined) - cited)]
    if len(defined) < 10:
        errors.append("docs/numerics.md: found hardly any label")
    for error in errors:
        print(error)
    sys.exit(bool(errors))


if __name__ == "__main__":
    main()
