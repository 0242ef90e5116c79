"""The network that reads off a small patch how it came about; needs torch, for training only.

References:
    Cozzolino and Verdoliva 2020, "Noiseprint: a CNN-based camera model fingerprint": pairs of patches, alike when made
    alike. Ours learns histories (noise, sharpening, scaling, coding) in place of cameras.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["HistoryNetwork"]

_RESIDUALS = (
    ((0, 0, 0), (0, -1, 1), (0, 0, 0)),
    ((0, 0, 0), (0, -1, 0), (0, 1, 0)),
    ((0, -1, 0), (-1, 4, -1), (0, -1, 0)),
    ((1, -2, 1), (-2, 4, -2), (1, -2, 1)),
)
# Steps larger than this are edges of things, not traces; the rest is brought near one.
_LARGEST, _UNIT = 48.0, 6.0


class HistoryNetwork(nn.Module):
    """Luma patches, (n, 1, 64, 64) from 0 to 255, to what they keep of their history, (n, 18): sixteen numbers whose
    squared distance tells histories apart, how much the patch says at all, and log odds that it was enlarged."""

    def __init__(self, width: tuple[int, int, int, int] = (16, 24, 40, 64), numbers: int = 16) -> None:
        super().__init__()
        one, two, three, four = width
        self.first, self.first_norm = nn.Conv2d(len(_RESIDUALS), one, 5, padding=2), nn.BatchNorm2d(one)
        self.second, self.second_norm = nn.Conv2d(one, two, 3, padding=1, stride=2), nn.BatchNorm2d(two)
        self.third, self.third_norm = nn.Conv2d(two, three, 3, padding=1), nn.BatchNorm2d(three)
        self.fourth, self.fourth_norm = nn.Conv2d(three, four, 3, padding=1), nn.BatchNorm2d(four)
        self.head = nn.Linear(2 * (one + two + four), 96)
        self.answer = nn.Linear(96, numbers + 2)
        self.scale, self.apart = nn.Parameter(torch.tensor(1.0)), nn.Parameter(torch.tensor(2.0))
        self.residuals: Tensor
        self.register_buffer("residuals", torch.tensor(_RESIDUALS, dtype=torch.float32)[:, None])

    def forward(self, patches: Tensor) -> Tensor:
        """See the class."""
        edge = functional.pad(patches, (1, 1, 1, 1), mode="reflect")
        left = functional.conv2d(edge, self.residuals).clamp(-_LARGEST, _LARGEST) / _UNIT
        first = functional.relu(self.first_norm(self.first(left)))
        second = functional.relu(self.second_norm(self.second(first)))
        third = functional.relu(self.third_norm(self.third(functional.max_pool2d(second, 2))))
        fourth = functional.relu(self.fourth_norm(self.fourth(functional.max_pool2d(third, 2))))
        parts = [part for one in (fourth, second, first) for part in (one.mean((2, 3)), one.std((2, 3)))]
        answer: Tensor = self.answer(functional.relu(self.head(torch.cat(parts, 1))))
        return answer

    def evidence(self, answer: Tensor) -> Tensor:
        """For every pair of patches log odds that their histories differ, (n, n)."""
        numbers, says = answer[:, :-2], torch.sigmoid(answer[:, -2])
        apart = torch.cdist(numbers, numbers) ** 2
        return says[:, None] * says[None] * functional.softplus(self.scale) * (apart - self.apart)
