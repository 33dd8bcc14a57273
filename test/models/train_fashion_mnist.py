#!/usr/bin/python3
"""Trains the Fashion-MNIST test networks and saves their parameters.

  train_fashion_mnist.py {dscnn,resnet8,vit} OUT.npz [--epochs N] [--untrained]

The parameters are written unfolded, as numpy arrays in torch's layouts under
the names <layer>.weight, <layer>.mean, <layer>.var, <layer>.gamma and
<layer>.beta (the transformer's under torch's own); export_tosa.py turns them
into TOSA.  One thread and fixed seeds:
the result is reproducible on the same machine with the same torch.
"""

import argparse
import os
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import fashion_mnist
from export_tosa import BN_EPS, tosa_padding
from vit import Vit

SEEDS = {"dscnn": 20, "resnet8": 8, "vit": 4}
EPOCHS = {"dscnn": 14, "resnet8": 7, "vit": 18}
# Pixels of random shift.  The small network underfits, it gets none.
SHIFT = {"dscnn": 0, "resnet8": 1, "vit": 1}
BATCH = 64
PEAK_LR = {"dscnn": 4e-3, "resnet8": 4e-3, "vit": 2.5e-3}


class ConvBn(nn.Module):
    """Convolution without bias, BatchNorm, and ReLU if asked for (NCHW)."""

    def __init__(self, cin, cout, kernel, stride=1, relu=True, depthwise=False):
        super().__init__()
        top, bottom, left, right = tosa_padding(kernel, stride)
        self.relu = relu
        # torch pads only symmetrically in the convolution itself.
        same = (top, left) == (bottom, right)
        self.pad = None if same else (left, right, top, bottom)
        self.conv = nn.Conv2d(cin, cout, kernel, stride, bias=False,
                              padding=(top, left) if same else 0,
                              groups=cin if depthwise else 1)
        self.bn = nn.BatchNorm2d(cout, eps=BN_EPS)

    def forward(self, x):
        if self.pad:
            x = F.pad(x, self.pad)
        x = self.bn(self.conv(x))
        return F.relu(x) if self.relu else x


class DsCnn(nn.Module):
    """Depthwise-separable CNN: 28 -> 14x14x16 -> 14x14x32 -> 7x7x64 -> 10."""

    def __init__(self):
        super().__init__()
        self.conv1 = ConvBn(1, 16, 3, stride=2)
        self.dw1 = ConvBn(16, 16, 3, depthwise=True)
        self.pw1 = ConvBn(16, 32, 1)
        self.dw2 = ConvBn(32, 32, 3, stride=2, depthwise=True)
        self.pw2 = ConvBn(32, 64, 1)
        self.dw3 = ConvBn(64, 64, 3, depthwise=True)
        self.pw3 = ConvBn(64, 64, 1)
        self.fc = nn.Linear(64, 10)

    def forward(self, x):
        for layer in (self.conv1, self.dw1, self.pw1, self.dw2, self.pw2,
                      self.dw3, self.pw3):
            x = layer(x)
        return self.fc(x.mean((2, 3)))


class ResNet8(nn.Module):
    """Three residual blocks of 16, 32 and 64 channels (28, 14, 7 pixels).

    The strided shortcuts are 2x2 convolutions, not 1x1: a 1x1 window of stride
    2 does not divide an even size, which TOSA forbids.
    """

    def __init__(self):
        super().__init__()
        self.conv1 = ConvBn(1, 16, 3)
        self.block1a = ConvBn(16, 16, 3)
        self.block1b = ConvBn(16, 16, 3, relu=False)
        self.block2a = ConvBn(16, 32, 3, stride=2)
        self.block2b = ConvBn(32, 32, 3, relu=False)
        self.block2s = ConvBn(16, 32, 2, stride=2, relu=False)
        self.block3a = ConvBn(32, 64, 3, stride=2)
        self.block3b = ConvBn(64, 64, 3, relu=False)
        self.block3s = ConvBn(32, 64, 2, stride=2, relu=False)
        self.fc = nn.Linear(64, 10)

    def forward(self, x):
        x = self.conv1(x)
        x = F.relu(self.block1b(self.block1a(x)) + x)
        x = F.relu(self.block2b(self.block2a(x)) + self.block2s(x))
        x = F.relu(self.block3b(self.block3a(x)) + self.block3s(x))
        return self.fc(x.mean((2, 3)))


NETWORKS = {"dscnn": DsCnn, "resnet8": ResNet8, "vit": Vit}


def shifted(x, limit):
    """Moves the whole batch by up to limit pixels; new pixels are black."""
    if limit == 0:
        return x
    black = -fashion_mnist.MEAN / fashion_mnist.STD
    dy, dx = (int(v) for v in torch.randint(0, 2 * limit + 1, (2,)))
    padded = F.pad(x, (limit,) * 4, value=black)
    return padded[:, :, dy:dy + x.shape[2], dx:dx + x.shape[3]]


def accuracy(net, images, labels):
    net.eval()
    hits = 0
    with torch.no_grad():
        for i in range(0, len(images), 1000):
            logits = net(images[i:i + 1000])
            hits += int((logits.argmax(1) == labels[i:i + 1000]).sum())
    net.train()
    return hits / len(images)


def nchw(images):
    return torch.from_numpy(images.reshape(-1, 1, 28, 28)).contiguous(
        memory_format=torch.channels_last)


def train(net, epochs, shift, peak):
    images, labels = fashion_mnist.load("train")
    images, labels = nchw(images), torch.from_numpy(labels)
    test_images, test_labels = fashion_mnist.load("t10k")
    test_images, test_labels = nchw(test_images), torch.from_numpy(test_labels)

    steps = len(images) // BATCH
    optimizer = torch.optim.AdamW(net.parameters(), lr=peak, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, peak, total_steps=epochs * steps, pct_start=0.2)
    loss_fn = nn.CrossEntropyLoss(label_smoothing=0.05)
    start = time.time()
    for epoch in range(epochs):
        order = torch.randperm(len(images))
        total = 0.0
        for step in range(steps):
            pick = order[step * BATCH:(step + 1) * BATCH]
            loss = loss_fn(net(shifted(images[pick], shift)), labels[pick])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        # Printed only; nothing is selected by the test images.
        print(f"epoch {epoch + 1}/{epochs} loss {total / steps:.4f} test accuracy "
              f"{100 * accuracy(net, test_images, test_labels):.2f} % "
              f"{time.time() - start:.0f} s", flush=True)


def parameters(net):
    if isinstance(net, Vit):
        return {k: v.numpy().astype(np.float32) for k, v in net.state_dict().items()}
    out = {}
    for name, module in net.named_children():
        if isinstance(module, ConvBn):
            out[name + ".weight"] = module.conv.weight
            out[name + ".mean"] = module.bn.running_mean
            out[name + ".var"] = module.bn.running_var
            out[name + ".gamma"] = module.bn.weight
            out[name + ".beta"] = module.bn.bias
        else:
            out[name + ".weight"] = module.weight
            out[name + ".bias"] = module.bias
    return {k: v.detach().numpy().astype(np.float32) for k, v in out.items()}


def randomise_statistics(net):
    """Gives an untrained network BatchNorm values that are not the identity."""
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.running_mean, -0.2, 0.2)
            nn.init.uniform_(module.running_var, 0.1, 0.5)
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, -0.5, 0.5)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("network", choices=sorted(NETWORKS))
    parser.add_argument("out", help="npz file to write")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--untrained", action="store_true",
                        help="write seeded random parameters")
    args = parser.parse_args()

    torch.set_num_threads(1)
    torch.manual_seed(SEEDS[args.network])
    torch.use_deterministic_algorithms(True)
    torch.set_flush_denormal(True)
    # A third faster than torch's own layout on one thread.
    net = NETWORKS[args.network]().to(memory_format=torch.channels_last)
    print(args.network, sum(p.numel() for p in net.parameters()), "parameters")
    if args.untrained:
        randomise_statistics(net)
    else:
        train(net, args.epochs or EPOCHS[args.network], SHIFT[args.network],
              PEAK_LR[args.network])
    np.savez(args.out, **parameters(net))


if __name__ == "__main__":
    main()
