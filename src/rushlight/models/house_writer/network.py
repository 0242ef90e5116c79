"""The network of a house writer: a small decoder-only Transformer, readable from top to bottom."""

from __future__ import annotations

import math

import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["Attention", "Block", "NetworkConfig", "WriterNetwork", "attend"]


class NetworkConfig(BaseModel):
    """Size of a network."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vocabulary: int = Field(ge=2, le=65_536)
    context: int = Field(default=256, ge=8, le=4096)
    """How many tokens it looks back."""
    layers: int = Field(default=4, ge=1, le=48)
    heads: int = Field(default=4, ge=1, le=64)
    width: int = Field(default=160, ge=8, le=4096)
    dropout: float = Field(default=0.2, ge=0, lt=1)


def attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Causal attention: softmax(QKᵀ/√d_k)·V, where no position sees a later one.

    Args:
        query: (batch, heads, places, d_k).
        key: (batch, heads, places, d_k).
        value: (batch, heads, places, d_v).

    Returns:
        (batch, heads, places, d_v).

    Reference:
        Vaswani et al. 2017, "Attention is all you need", equation 1.
    """
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    places = scores.shape[-1]
    later = torch.ones(places, places, dtype=torch.bool, device=scores.device).triu(diagonal=1)
    return torch.softmax(scores.masked_fill(later, float("-inf")), dim=-1) @ value


class Attention(nn.Module):
    """Heads that each attend on their own part of the width, with places turned into angles.

    Reference:
        Su et al. 2021, "RoFormer: enhanced Transformer with rotary position embedding".
    """

    angles: Tensor

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.heads, self.size = config.heads, config.width // config.heads
        self.project_in = nn.Linear(config.width, 3 * config.width, bias=False)
        self.project_out = nn.Linear(config.width, config.width, bias=False)
        frequencies = 10_000.0 ** (-torch.arange(0, self.size, 2) / self.size)
        angles = torch.outer(torch.arange(config.context), frequencies)
        self.register_buffer("angles", angles, persistent=False)

    def turned(self, vectors: Tensor) -> Tensor:
        """Each pair of coordinates turned by an angle that grows with the place."""
        angles = self.angles[: vectors.shape[-2]]
        cos, sin = angles.cos(), angles.sin()
        even, odd = vectors[..., 0::2], vectors[..., 1::2]
        return torch.stack((even * cos - odd * sin, even * sin + odd * cos), dim=-1).flatten(-2)

    def forward(self, inputs: Tensor) -> Tensor:
        """(batch, places, width) to the same shape; each place sees itself and those before it."""
        batch, places, width = inputs.shape
        parts = self.project_in(inputs).view(batch, places, 3, self.heads, self.size).permute(2, 0, 3, 1, 4)
        mixed = attend(self.turned(parts[0]), self.turned(parts[1]), parts[2])
        return self.project_out(mixed.transpose(1, 2).reshape(batch, places, width))


class Block(nn.Module):
    """Attention and a small network for each place, each added to what comes in."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.before_attention = nn.LayerNorm(config.width)
        self.attention = Attention(config)
        self.before_thought = nn.LayerNorm(config.width)
        self.thought = nn.Sequential(
            nn.Linear(config.width, 4 * config.width), nn.GELU(), nn.Linear(4 * config.width, config.width)
        )
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, inputs: Tensor) -> Tensor:
        """(batch, places, width) to the same shape."""
        inputs = inputs + self.dropout(self.attention(self.before_attention(inputs)))
        return inputs + self.dropout(self.thought(self.before_thought(inputs)))


class WriterNetwork(nn.Module):
    """Tokens in, the logits of each next token out. The output shares its weights with the embedding."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        if config.width % (2 * config.heads):
            raise ValueError("width must be a multiple of twice the heads")
        self.config = config
        self.embedding = nn.Embedding(config.vocabulary, config.width)
        self.dropout = nn.Dropout(config.dropout)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.last_norm = nn.LayerNorm(config.width)
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.normal_(parameter, std=0.02)

    def forward(self, tokens: Tensor) -> Tensor:
        """Score every possible next token at every place.

        Args:
            tokens: (batch, places), int64, at most `context` places.

        Returns:
            Logits, (batch, places, vocabulary).
        """
        hidden = self.dropout(self.embedding(tokens))
        for block in self.blocks:
            hidden = block(hidden)
        return functional.linear(self.last_norm(hidden), self.embedding.weight)
