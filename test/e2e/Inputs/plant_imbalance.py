"""Makes channels of a network unequal and changes nothing that it computes.

    plant_imbalance.py legalized.mlir FACTOR FIRST:SECOND...

For every pair of layers, channel c of FIRST's result (filter row, bias, batch
normalization statistics) is multiplied by a number in [1/sqrt(FACTOR),
sqrt(FACTOR)] that depends on c, and SECOND's weights for it are divided by the
number. Between the two there must be nothing but ReLU and averages. SECOND may
be "depthwise". The network is printed.
"""
import re
import sys

import numpy

HEX = r'%\S+ = qgraph.constant \{qgraph.layer = "NAME"\} dense<(.*?)> : tensor<([0-9x]+)xf32>'


def edit(text, name, change):
    match = re.search(HEX.replace("NAME", re.escape(name)), text)
    shape = [int(size) for size in match[2].split("x")]
    data = match[1]
    if data.startswith('"0x'):
        values = numpy.frombuffer(bytes.fromhex(data[3:-1]), "<f4")
    else:
        values = numpy.array(re.findall(r"[-+0-9.eE]+", data), "f4")
    values = change(values.reshape(shape).astype("f8")).astype("<f4")
    return text[: match.start(1)] + '"0x' + values.tobytes().hex().upper() + '"' + text[match.end(1) :]


def edit_statistics(text, layer, factors):
    line = re.search(r'.*qgraph.layer = "%s",.*' % re.escape(layer), text)
    new = line[0]
    for fact in ("mean", "std"):
        found = re.search(r"qgraph.output_%s = array<f32: ([^>]*)>" % fact, new)
        if found:
            numbers = [float(x) * f for x, f in zip(found[1].split(","), factors)]
            new = new[: found.start(1)] + ", ".join("%.8e" % x for x in numbers) + new[found.end(1) :]
    return text[: line.start()] + new + text[line.end() :]


def main():
    text = open(sys.argv[1]).read()
    factor = float(sys.argv[2])
    for number, pair in enumerate(sys.argv[3:]):
        first, second = pair.split(":")
        count = int(re.search(HEX.replace("NAME", first + ".filter"), text)[2].split("x")[0])
        random = numpy.random.RandomState(number)
        # Both ends are there, whatever is drawn.
        spread = random.permutation(numpy.linspace(-0.5, 0.5, count))
        factors = factor**spread
        rows = factors[:, None, None, None]
        text = edit(text, first + ".filter", lambda w: w * rows)
        text = edit(text, first + ".bias", lambda b: b * factors)
        text = edit_statistics(text, first, factors)

        def divide(w):
            return w / rows if w.shape[3] == 1 and w.shape[0] == count else w / factors

        text = edit(text, second + ".filter", divide)
    print(text)


main()
