"""Checks the JSON that accuracy.test makes qcc-eval write."""

import json
import sys

with open(sys.argv[1]) as file:
    evaluation = json.load(file)
results = evaluation["results"]
assert [r["way"] for r in results] == ["float"] + 2 * ["simulated", "host", "reference"]
assert all(r["samples"] == 40 for r in results)
# 40 images are few: two of them may fall on the other side.
assert all(abs(r["top1"] - results[0]["top1"]) <= 0.05 for r in results)
assert all(r["agreement"] >= 0.95 and r["sqnr_db"] > 20 for r in results[1:])
assert [r["differing"] for r in results if r["way"] == "reference"] == [0, 0]
noise = {layer["layer"]: layer["sqnr_db"] for layer in evaluation["layers"]}
assert noise["conv1.relu"] > noise["logits"] > 20
# Bytes lose nothing but the fraction of the mean.
assert noise["input0"] > 35
