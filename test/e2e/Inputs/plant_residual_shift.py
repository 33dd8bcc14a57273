"""Adds a constant to the residual stream of a transformer, and changes nothing
that it computes: layer norms take it off again.

    plant_residual_shift.py legalized.mlir SHIFT

SHIFT is added to all biases of the first convolution, which makes the patches.
The network is printed.
"""
import sys

from plant_norm_spread import Network


def main():
    network = Network(open(sys.argv[1]).read())
    first = next(name for name, kind in network.kinds.items()
                 if kind == "conv2d")
    network.edit(network.operands[first][2], lambda b: b + float(sys.argv[2]))
    sys.stdout.write(network.text)


if __name__ == "__main__":
    main()
