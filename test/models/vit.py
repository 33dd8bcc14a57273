"""A small vision transformer for Fashion-MNIST (needs torch).

28x28 pixels become 16 patches of 7x7; learned positions; three blocks of
attention (4 heads of 14) and a GELU network of twice the width, LayerNorm in
front of both; the mean of all tokens goes to the last layer.
"""

import torch
from torch import nn

PATCH, TOKENS, DIM, HEADS, HIDDEN, DEPTH = 7, 16, 56, 4, 112, 3


class Block(nn.Module):
    """x + attention(norm(x)), then x + mlp(norm(x)), on [N,TOKENS,DIM]."""

    def __init__(self):
        super().__init__()
        self.norm1 = nn.LayerNorm(DIM)
        self.qkv = nn.Linear(DIM, 3 * DIM)
        self.proj = nn.Linear(DIM, DIM)
        self.norm2 = nn.LayerNorm(DIM)
        self.fc1 = nn.Linear(DIM, HIDDEN)
        self.fc2 = nn.Linear(HIDDEN, DIM)

    def attention(self, x):
        count = len(x)
        qkv = self.qkv(x).reshape(count, TOKENS, 3, HEADS, DIM // HEADS)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        scores = (q @ k.transpose(-2, -1)) * (DIM // HEADS) ** -0.5
        out = torch.softmax(scores, -1) @ v
        return self.proj(out.transpose(1, 2).reshape(count, TOKENS, DIM))

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.fc2(nn.functional.gelu(self.fc1(self.norm2(x))))


class Vit(nn.Module):
    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(1, DIM, PATCH, PATCH)
        self.positions = nn.Parameter(torch.zeros(1, TOKENS, DIM))
        self.blocks = nn.ModuleList(Block() for _ in range(DEPTH))
        self.norm = nn.LayerNorm(DIM)
        self.fc = nn.Linear(DIM, 10)
        nn.init.trunc_normal_(self.positions, std=0.02)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                nn.init.zeros_(module.bias)

    def forward(self, x):
        """Logits [N,10] of images [N,1,28,28]."""
        x = self.patches(x).flatten(2).transpose(1, 2) + self.positions
        for block in self.blocks:
            x = block(x)
        return self.fc(self.norm(x).mean(1))
