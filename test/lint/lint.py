"""Rejects tests that cannot fail and files that break the rules of the tree.

    lint.py ROOT

Prints one line per finding, "file:line: what", and exits with 1 if there is
one. `lint_selftest.py` shows that every rule fires.
"""

import os
import re
import subprocess
import sys

MAX_LINES = 600

# First folder of a file -> first folders that it must not include from.
FORBIDDEN = {
    "runtime": {"dialects", "passes", "targets", "compiler", "test", "mlir", "llvm"},
    "dialects": {"passes", "targets", "compiler", "test"},
    "targets": {"passes", "compiler", "test"},
    "passes": {"compiler", "test"},
    "compiler": {"test"},
}
# The one file that may name target folders.
REGISTRY = "targets/Registered.inc"

CODE = (".h", ".cpp", ".c", ".inc", ".td", ".S", ".py", ".cmake", ".mlir", ".test")
INCLUDERS = (".h", ".cpp", ".c", ".inc", ".td")
MACHINE_PATH = re.compile("/(?:" + "|".join(["home", "root", "work", "Users"]) + r")/\w")

CHECK_SUFFIX = re.compile(r"^(?:-(?:NEXT|SAME|NOT|DAG|LABEL|EMPTY|COUNT-\d+))?(?:\{LITERAL\})?$")
# Comment words in capitals that are no checks.
KEYWORDS = {"RUN", "REQUIRES", "UNSUPPORTED", "XFAIL", "END", "COM", "DEFINE", "REDEFINE",
            "NOTE", "TODO", "FIXME", "ALLOW_RETRIES"}
COMMENT = re.compile(r"^\s*(?://|#|;)\s*(.*)$")
# A .test file may be prose throughout.
PROSE = re.compile(r"^\s*(?://|#|;)?\s*(.*)$")
DIRECTIVE = re.compile(r"^([A-Za-z][A-Za-z0-9_]*)((?:[-_ ][A-Z0-9-]+)?(?:\{[A-Z]+\})?)\s*:")
LIKE_CHECK = re.compile(r"^C[HECK]{2,6}\b", re.IGNORECASE)


def tracked(root):
    """Paths of the tree's files, relative to root."""
    try:
        listed = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard", "-z"],
                                check=True, stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL).stdout.decode()
        names = [n for n in listed.split("\0") if n]
        if names:
            return sorted(n for n in names if os.path.isfile(os.path.join(root, n)))
    except (OSError, subprocess.CalledProcessError):
        pass
    found = []
    for folder, folders, files in os.walk(root):
        folders[:] = [f for f in folders if f not in (".git", "build")]
        found += [os.path.relpath(os.path.join(folder, f), root) for f in files]
    return sorted(found)


def check_prefixes(run_lines):
    """Prefixes of the FileCheck commands in RUN lines; empty without any."""
    prefixes = set()
    for command in re.split(r"[|;&]", run_lines):
        if not re.search(r"\bFileCheck\b", command):
            continue
        own = re.findall(r"--?check-prefix(?:es)?[= ]([A-Za-z0-9_,-]+)", command)
        prefixes.update(p for names in own for p in names.split(","))
        if not own:
            prefixes.add("CHECK")
    return prefixes


def lint_checks(path, lines, report):
    run_lines = " ".join(re.findall(r"RUN:\s*(.*?)\\?$", "\n".join(lines), re.MULTILINE))
    prefixes = check_prefixes(run_lines)
    verifies = re.search(r"-verify-diagnostics\b", run_lines)
    used, expected = set(), False
    for number, line in enumerate(lines, 1):
        expected |= bool(re.search(r"expected-(error|warning|remark|note)", line))
        comment = (PROSE if path.endswith(".test") else COMMENT).match(line)
        directive = DIRECTIVE.match(comment.group(1)) if comment else None
        if not directive:
            if comment and re.match(r"CHECK\b", comment.group(1)):
                report(path, number, "a comment that starts with CHECK but checks nothing")
            continue
        word, suffix = directive.groups()
        if word in KEYWORDS and not suffix:
            continue
        # A prefix may contain a dash itself.
        prefix = next((p for p in sorted(prefixes, key=len, reverse=True)
                       if re.match(re.escape(p) + r"(?=-|\{|$)", word + suffix)), None)
        if prefix and CHECK_SUFFIX.match((word + suffix)[len(prefix):]):
            used.add(prefix)
        elif prefix or LIKE_CHECK.match(word) or (word.isupper() and prefixes):
            what = "no FileCheck reads it" if not prefixes else "unknown check"
            report(path, number, f"'{word}{suffix}:': {what}")
    for prefix in sorted(prefixes - used):
        report(path, 1, f"FileCheck prefix '{prefix}' without a line to check")
    if verifies and not expected:
        report(path, 1, "-verify-diagnostics without an expected- line")
    if expected and not verifies:
        report(path, 1, "expected- lines without -verify-diagnostics")
    if not run_lines and not path.startswith("test/models/"):
        report(path, 1, "a test without a RUN line")


def lint_includes(path, lines, report):
    folder = path.split("/")[0]
    for number, line in enumerate(lines, 1):
        include = re.match(r'\s*#?\s*include\s+["<]([^">]+)[">]', line)
        if not include:
            continue
        parts = include.group(1).split("/")
        if len(parts) > 1 and parts[0] in FORBIDDEN.get(folder, ()):
            report(path, number, f"{folder}/ must not include from {parts[0]}/")
        if (len(parts) > 2 and parts[0] == "targets" and path != REGISTRY
                and not path.startswith("/".join(parts[:2]) + "/")):
            report(path, number, f"only {REGISTRY} names a target's folder")


def lint_file(root, path, report):
    with open(os.path.join(root, path), "rb") as f:
        data = f.read()
    try:
        lines = data.decode("utf-8").splitlines()
    except UnicodeDecodeError:
        return
    if path.endswith(CODE) and len(lines) > MAX_LINES:
        report(path, len(lines), f"{len(lines)} lines, more than {MAX_LINES}")
    for number, line in enumerate(lines, 1):
        if MACHINE_PATH.search(line[:2000]):
            report(path, number, "a path of one machine")
    if path.endswith(INCLUDERS):
        lint_includes(path, lines, report)
    if path.startswith("test/") and path.endswith((".mlir", ".test")) and "/Inputs/" not in path:
        lint_checks(path, lines, report)


def lint(root):
    findings = []
    for path in tracked(root):
        lint_file(root, path.replace(os.sep, "/"),
                  lambda file, line, what: findings.append(f"{file}:{line}: {what}"))
    return findings


def main():
    if len(sys.argv) != 2 or not os.path.isdir(sys.argv[1]):
        sys.exit("usage: lint.py ROOT")
    findings = lint(sys.argv[1])
    for finding in findings:
        print(finding)
    if findings:
        sys.exit(f"{len(findings)} findings")


if __name__ == "__main__":
    main()
