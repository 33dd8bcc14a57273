"""Checks the evaluation of the text classifier: the float network gives the
labels, integers nearly always, in equal bytes."""

import json
import sys

ways = {r["way"]: r for r in json.load(open(sys.argv[1]))["results"]}
assert ways["float"]["top1"] == 1, ways["float"]
assert ways["host"]["top1"] >= 0.95, ways["host"]
assert ways["reference"]["differing"] == 0, ways["reference"]
