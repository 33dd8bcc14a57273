"""Runs all tests of a build folder under lit and counts them.

Usage: run-tests.py BUILD [MORE ...] [-lit-arguments]. Of further build folders,
only the test programs in bin/unit are run. Ends with "N passed, N failed" and
exits with 1 when one failed or none ran.
"""

import json
import os
import subprocess
import sys
import tempfile

LIT = "/usr/lib/llvm-22/bin/lit"


def main():
    split = next((i for i, argument in enumerate(sys.argv)
                  if argument.startswith("-")), len(sys.argv))
    builds = [os.path.abspath(build) for build in sys.argv[1:split]]
    suites = [os.path.join(build, "test", "unit") for build in builds]
    with tempfile.TemporaryDirectory() as folder:
        result = os.path.join(folder, "lit.json")
        command = ["/usr/bin/python3", LIT, "-sv", "-o", result,
                   "--timeout", "900", *sys.argv[split:],
                   os.path.join(builds[0], "test"), *suites]
        subprocess.run(command, check=False)
        with open(result) as file:
            tests = json.load(file)["tests"]
    codes = [test["code"] for test in tests]
    passed = sum(code in ("PASS", "XFAIL", "FLAKYPASS") for code in codes)
    excused = sum(code in ("UNSUPPORTED", "EXCLUDED") for code in codes)
    failed = len(codes) - passed - excused
    for test in tests:
        if test["code"] == "UNSUPPORTED":
            print("not run:", test["name"])
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
