"""Fashion-MNIST from Debian's package dataset-fashion-mnist, as the models see it.

Needs numpy only, so that the scripts that just evaluate do without torch.
"""

import gzip
import os

import numpy as np

DATA_DIR = os.environ.get("FASHION_MNIST_DIR", "/usr/share/datasets/fashion-mnist")

# Mean and standard deviation of the training pixels in [0, 1], rounded.  They
# are part of the models' contract: input = (pixel / 255 - MEAN) / STD.
MEAN = 0.286
STD = 0.353


def _idx(name, header):
    with gzip.open(os.path.join(DATA_DIR, name), "rb") as f:
        return np.frombuffer(f.read(), np.uint8, offset=header)


def load(split):
    """Returns (images f32 [N,28,28,1] normalised, labels i64 [N]).

    split is "train" (N = 60,000) or "t10k" (N = 10,000).
    """
    labels = _idx(split + "-labels-idx1-ubyte.gz", 8).astype(np.int64)
    pixels = _idx(split + "-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28, 1)
    if len(pixels) != len(labels):
        raise SystemExit(f"{split}: {len(pixels)} images but {len(labels)} labels")
    images = (pixels.astype(np.float32) / 255.0 - MEAN) / STD
    return images.astype(np.float32), labels
