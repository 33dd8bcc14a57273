#!/usr/bin/python3
"""Writes a small text classifier with seeded weights and samples for it.

Token ids (int64) -> embedding -> attention of two heads -> mean -> linear.

usage: text_classifier.py MODEL.onnx IDS.npy LABELS.npy

The labels are the classes that the float model gives the samples.
"""

import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

TOKENS, LENGTH, WIDTH, HEADS, CLASSES, SAMPLES = 60, 12, 16, 2, 4, 200


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def main(model_path, ids_path, labels_path):
    rng = np.random.default_rng(7)

    def weights(*shape, scale=None):
        scale = scale or 1 / np.sqrt(shape[0])
        return (rng.standard_normal(shape) * scale).astype(np.float32)

    constants = {
        "table": weights(TOKENS, WIDTH, scale=1),
        "place": weights(1, LENGTH, WIDTH, scale=0.2),
        "query": weights(WIDTH, WIDTH, scale=0.4),
        "key": weights(WIDTH, WIDTH, scale=0.4),
        "value": weights(WIDTH, WIDTH),
        "head": weights(WIDTH, CLASSES, scale=1.5),
        "root": np.float32(np.sqrt(WIDTH / HEADS)),
        "split": np.array([0, 0, HEADS, WIDTH // HEADS], np.int64),
        "joined": np.array([0, 0, WIDTH], np.int64),
    }
    nodes = []

    def node(op, inputs, output, **attributes):
        nodes.append(
            helper.make_node(op, inputs, [output], name=output, **attributes))

    node("Gather", ["table", "ids"], "embedding")
    node("Add", ["embedding", "place"], "x")
    for part in ("query", "key", "value"):
        node("MatMul", ["x", part], part + "_flat")
        node("Reshape", [part + "_flat", "split"], part + "_heads")
    node("Einsum", ["query_heads", "key_heads"], "scores",
         equation="bthd,bshd->bhts")
    node("Div", ["scores", "root"], "scaled")
    node("Softmax", ["scaled"], "shares", axis=-1)
    node("Einsum", ["shares", "value_heads"], "mixed",
         equation="bhts,bshd->bthd")
    node("Reshape", ["mixed", "joined"], "attention")
    node("Add", ["x", "attention"], "sum")
    node("ReduceMean", ["sum"], "mean", axes=[1], keepdims=0)
    node("MatMul", ["mean", "head"], "y")
    graph = helper.make_graph(
        nodes, "text",
        [helper.make_tensor_value_info("ids", TensorProto.INT64,
                                       ["batch", LENGTH])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT,
                                       ["batch", CLASSES])],
        [numpy_helper.from_array(np.asarray(a), n)
         for n, a in constants.items()])
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    onnx.save(model, model_path)

    # Negative ids count from the end.
    ids = rng.integers(-TOKENS, TOKENS, (SAMPLES, LENGTH))
    c = constants
    x = c["table"][ids] + c["place"]
    q, k, v = (np.reshape(x @ c[n], (SAMPLES, LENGTH, HEADS, -1))
               for n in ("query", "key", "value"))
    shares = softmax(np.einsum("bthd,bshd->bhts", q, k) / c["root"])
    mixed = np.einsum("bhts,bshd->bthd", shares, v)
    y = (x + mixed.reshape(x.shape)).mean(axis=1) @ c["head"]
    np.save(ids_path, ids)
    np.save(labels_path, y.argmax(axis=-1))


main(*sys.argv[1:])
