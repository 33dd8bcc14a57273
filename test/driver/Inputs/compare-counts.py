"""Compares the instructions of a report with those that qcc-count counted.

Usage: compare-counts.py REPORT COUNTS PERCENT. Every kernel and the whole
network may differ by PERCENT.
"""

import json
import sys

with open(sys.argv[1]) as file:
    report = json.load(file)
with open(sys.argv[2]) as file:
    counted = json.load(file)
limit = float(sys.argv[3]) / 100
functions = {f["name"]: f["instructions"] for f in counted["functions"]}
symbols = [kernel["symbol"] for kernel in report["kernels"]]
pairs = [("all", report["instructions"], counted["instructions"])]
for kernel in report["kernels"]:
    symbol = kernel["symbol"]
    pairs.append((symbol, kernel["instructions"],
                  functions[symbol] / symbols.count(symbol)))
failed = False
for name, stated, exact in pairs:
    wrong = abs(stated - exact) > limit * exact
    failed |= wrong
    print(f"{name}: {stated} stated, {exact:.0f} counted",
          "WRONG" if wrong else "")
sys.exit(failed)
