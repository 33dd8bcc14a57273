"""Writes smooth random images in [-1, 1].

Usage: random_images.py FILE COUNT SIZES... (the larger two are the sides)
"""

import sys

import numpy


def main():
    path, *sizes = sys.argv[1], *map(int, sys.argv[2:])
    random = numpy.random.default_rng(1)
    waves = numpy.zeros(sizes, numpy.float32)
    grids = numpy.meshgrid(*(numpy.arange(n) for n in sizes[1:]),
                           indexing="ij")
    for sample in waves:
        for _ in range(12):
            phase = sum(random.normal() * 0.2 * grid for grid in grids)
            sample += random.normal() * numpy.sin(phase)
    waves /= numpy.abs(waves).max()
    numpy.save(path, waves)


if __name__ == "__main__":
    main()
