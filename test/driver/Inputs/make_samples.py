"""Writes calibration files for tiny.mlir into the current directory: a good
one (seven samples of 6x5x2) and one for every way to be wrong."""

import os
import struct


def save(name, kind, shape, payload):
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}"
    text += " " * (63 - (10 + len(text)) % 64) + "\n"
    with open(name, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)))
        file.write(text.encode() + payload)


def floats(count):
    """Values in [-3, 3], the same on every machine."""
    state, values = 12345, []
    for _ in range(count):
        state = (1103515245 * state + 12345) % 2**31
        values.append(state / 2**31 * 6 - 3)
    return values


def pack(values):
    return struct.pack(f"<{len(values)}f", *values)


def main():
    good = floats(7 * 60)
    save("good.npy", "<f4", (7, 6, 5, 2), pack(good))
    save("shape.npy", "<f4", (7, 5, 6, 2), pack(good))
    save("none.npy", "<f4", (0, 6, 5, 2), b"")
    save("complex.npy", "<c8", (7, 6, 5, 2), bytes(8 * 420))
    save("short.npy", "<f4", (7, 6, 5, 2), pack(good[:-1]))
    save("nan.npy", "<f4", (7, 6, 5, 2), pack(good[:100] + [float("nan")] +
                                               good[101:]))
    save("inf.npy", "<f4", (7, 6, 5, 2), pack(good[:100] + [float("inf")] +
                                               good[101:]))
    classes = [i // 2 % 3 for i in range(7 * 30)]
    save("labels.npy", "|u1", (7, 30), bytes(classes))
    save("few-labels.npy", "|u1", (3, 30), bytes(classes[:90]))
    save("bad-labels.npy", "|u1", (7, 30), bytes([3] * 210))
    with open("garbage.npz", "wb") as file:
        file.write(b"PK\x03\x04" + bytes(range(256)) * 4)
    os.mkdir("folder.npy")


main()
