"""Makes channels behind the norms of a network unequal, and changes nothing
that it computes.

    plant_norm_spread.py legalized.mlir FACTOR

The channels of every layer_norm whose results reach furthest, one in eight, are
multiplied by FACTOR (gamma and beta), and the weights of the convolutions that read it are
divided by it: such are the few large channels that transformers are known for. Norms that something else reads stay.
The network is printed.
"""
import re
import sys

import numpy

DEFINITION = re.compile(
    r"(?m)^\s*(%\S+) = (?:\"?)qgraph\.(\w+)\"? ?(?:<\w+> )?(.*)$")
CONSTANT = r"(?m)^\s*%s = qgraph\.constant (?:\{[^\n]*?\} )?dense<([^\n]*?)> : tensor<([0-9x]+)xf32> ->"


class Network:
    def __init__(self, text):
        self.text = text
        self.operands, self.kinds = {}, {}
        for name, kind, rest in DEFINITION.findall(text):
            self.kinds[name] = kind
            head = re.split(r"\{| : ", rest, maxsplit=1)[0]
            self.operands[name] = re.findall(r"%[\w.#]+", head)

    def users(self, name):
        return [user for user, operands in self.operands.items()
                if name in operands]

    def readers(self, name):
        """The convolutions that read a value, or None if something else does."""
        result = []
        for user in self.users(name):
            if self.kinds[user] in ("reshape", "transpose"):
                inner = self.readers(user)
            elif self.kinds[user] == "conv2d":
                inner = [user]
            else:
                return None
            if inner is None:
                return None
            result += inner
        return result

    def find(self, name):
        return re.search(CONSTANT % re.escape(name), self.text)

    def values(self, name):
        match = self.find(name)
        shape = [int(size) for size in match[2].split("x")]
        data = match[1]
        if data.startswith('"0x'):
            values = numpy.frombuffer(bytes.fromhex(data[3:-1]), "<f4")
        else:
            values = numpy.array(re.findall(r"[-+0-9.eE]+", data), "f4")
        if values.size == 1:
            values = numpy.full(shape, values[0])
        return values.reshape(shape).astype("f8")

    def edit(self, name, change):
        match = self.find(name)
        values = change(self.values(name)).astype("<f4")
        self.text = (self.text[: match.start(1)] + '"0x'
                     + values.tobytes().hex().upper() + '"'
                     + self.text[match.end(1) :])


def main():
    network = Network(open(sys.argv[1]).read())
    factor = float(sys.argv[2])
    planted = 0
    for name, kind in network.kinds.items():
        readers = network.readers(name) if kind == "layer_norm" else None
        if not readers:
            continue
        _, gamma, beta = network.operands[name]
        reach = 3 * abs(network.values(gamma)) + abs(network.values(beta))
        factors = numpy.ones(reach.size)
        factors[numpy.argsort(-reach)[: reach.size // 8]] = factor
        network.edit(gamma, lambda g: g * factors)
        network.edit(beta, lambda b: b * factors)
        for reader in dict.fromkeys(readers):
            network.edit(network.operands[reader][1], lambda w: w / factors)
        planted += 1
    if not planted:
        sys.exit("no norm is read by convolutions alone")
    sys.stdout.write(network.text)


if __name__ == "__main__":
    main()
