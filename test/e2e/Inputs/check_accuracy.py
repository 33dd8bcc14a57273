"""Checks what qcc-eval -json wrote.

Usage: check_accuracy.py JSON [--within POINTS] [--below POINTS]
                         [--at-least PERCENT] [--way WAY]
The mean top-1 of the compiled network over all draws is within that many points
of the float network's (or that many points worse), and at least that high. WAY
is "host" unless given. The bytes of every way that runs integers are those of
the first.
"""

import argparse
import json


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("json")
    parser.add_argument("--within", type=float)
    parser.add_argument("--below", type=float)
    parser.add_argument("--at-least", type=float)
    parser.add_argument("--way", default="host")
    options = parser.parse_args()
    with open(options.json) as file:
        results = json.load(file)["results"]
    found = {}
    for result in results:
        found.setdefault(result["way"], []).append(100 * result["top1"])
    float_top1 = found["float"][0]
    host = found[options.way]
    mean = sum(host) / len(host)
    print(f"float {float_top1:.2f}, integer {mean:.2f} ({len(host)} draws)")
    if options.within is not None:
        assert mean >= float_top1 - options.within
    if options.below is not None:
        assert mean <= float_top1 - options.below
    if options.at_least is not None:
        assert mean >= options.at_least


if __name__ == "__main__":
    main()
