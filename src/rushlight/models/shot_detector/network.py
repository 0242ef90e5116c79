"""The network that finds transitions: a small CNN on each frame, then convolution and recurrence over time.

Three views of every frame are learned together: a map of features (where things are), an embedding (what the picture
is like) and a histogram of learned colours (which does not mind motion). A gap between two frames is described by how
the maps differ, as they stand and after the best small shift of each cell, and by how alike frames up to 20 before and
after it are. Dilated convolutions and a recurrent layer over these give the odds of each kind of transition.

The likeness of frames around a gap and the colour histogram follow TransNetV2 (Souček and Lokoč 2020, "TransNet V2: an
effective deep network architecture for fast shot transition detection"); the shifted differences, the
small size and the kinds told apart are ours.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["REACH", "ShotNetwork"]

REACH = 20
"""How many frames before and after a gap are compared with it."""
_CELLS = (7, 12)


class _Frames(nn.Module):
    """What one frame is like: map (n, 24, 7, 12), embedding (n, 48), colours (n, 24), light (n, 4)."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 12, 3, stride=2, padding=1)
        self.second = nn.Conv2d(12, 32, 3, stride=2, padding=1)
        self.deep = nn.Conv2d(32, 32, 3, padding=1, groups=32)
        self.mixed = nn.Conv2d(32, 24, 1)
        self.embedding = nn.Linear(24 * 12, 48)
        self.colours = nn.Conv2d(3, 24, 1)

    def forward(self, frames: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        hidden = functional.relu(self.second(functional.relu(self.first(frames))))
        maps = self.mixed(hidden + functional.relu(self.deep(hidden)))
        # Cells of the map are pooled three by four; the last row and the sixth are shared by neighbours.
        pooled = functional.avg_pool2d(maps, (3, 3), stride=(2, 3))
        embedding = functional.normalize(self.embedding(functional.relu(pooled).flatten(1)), dim=1)
        colours = functional.softmax(4 * self.colours(functional.avg_pool2d(frames, 3)), dim=1).mean((2, 3))
        grey = frames.mean(1)
        mean = grey.mean((1, 2))
        spread = (grey - mean[:, None, None]).square().mean((1, 2)).add(1e-5).sqrt()
        light = torch.stack([mean, spread, grey.amax((1, 2)), grey.amin((1, 2))], dim=1)
        return maps, embedding, functional.normalize(colours, dim=1), light


def _difference(maps: Tensor) -> Tensor:
    """How the maps on both sides of each gap differ: (batch · (n − 1), 24 + 2, 7, 12).

    For each cell the absolute difference, and the likeness (cosine) to the same cell and to the best of its
    neighbours within two cells, so that motion is told from change.
    """
    before, after = maps[:, :-1].flatten(0, 1), maps[:, 1:].flatten(0, 1)
    # Eight of the features are for matching; all are for the difference.
    one, other = functional.normalize(before[:, :8], dim=1), functional.normalize(after[:, :8], dim=1)
    padded = functional.pad(other, (2, 2, 1, 1), mode="replicate")
    likeness = [
        (one * padded[..., top : top + _CELLS[0], left : left + _CELLS[1]]).sum(1, keepdim=True)
        for top in range(3)
        for left in range(5)
    ]
    stacked = torch.cat(likeness, dim=1)
    return torch.cat([(after - before).abs(), stacked[:, 7:8], stacked.amax(1, keepdim=True)], dim=1)


def _likeness(views: Tensor) -> Tensor:
    """How alike frames around each gap are: (batch, n − 1, 3 · REACH).

    For k from 0: the frames k before and k after the gap; the frame k before and the first after; the last before
    and the one k after. Beyond the ends, the first and last frames stand in.
    """
    count = views.shape[1] - 1
    ends = views[:, :1].expand(-1, REACH, -1), views[:, -1:].expand(-1, REACH, -1)
    wide = torch.cat([ends[0], views, ends[1]], dim=1)
    old = [wide[:, REACH - k : REACH - k + count] for k in range(REACH)]
    new = [wide[:, REACH + 1 + k : REACH + 1 + k + count] for k in range(REACH)]
    pairs = [(a * b).sum(2) for a, b in zip(old, new, strict=True)]
    pairs += [(a * new[0]).sum(2) for a in old] + [(old[0] * b).sum(2) for b in new]
    return torch.stack(pairs, dim=2)


class ShotNetwork(nn.Module):
    """Log odds of each kind of gap.

    Args of a call: frames, (batch, n, 27, 48, 3), 0 to 255. Returns (batch, n − 1, 5) as `staging.KINDS` orders them.
    """

    def __init__(self, width: int = 80) -> None:
        super().__init__()
        self.frames = _Frames()
        self.changes = nn.Conv2d(26, 12, 1)
        self.change = nn.Linear(12 * 12 + 4, 48)
        self.alike = nn.Linear(3 * REACH, 40)
        self.tinted = nn.Linear(3 * REACH, 32)
        self.light = nn.Linear(8, 16)
        self.start = nn.Conv1d(48 + 40 + 32 + 16, width, 3, padding=1)
        self.layers = nn.ModuleList(nn.Conv1d(width, width, 3, padding=d, dilation=d) for d in (1, 2, 4, 8, 1))
        self.recurrent = nn.GRU(width, 32, batch_first=True, bidirectional=True)
        self.last = nn.Linear(width + 64, 5)
        self.dropout = nn.Dropout(0.1)

    def forward(self, frames: Tensor) -> Tensor:
        """See the class."""
        batch = frames.shape[0]
        pictures = frames.flatten(0, 1).permute(0, 3, 1, 2) / 127.5 - 1
        views = self.frames(pictures)
        maps, embedding, colours, light = (part.reshape(batch, -1, *part.shape[1:]) for part in views)
        differ = _difference(maps)
        grid = functional.avg_pool2d(functional.relu(self.changes(differ)), (3, 3), stride=(2, 3)).flatten(1)
        whole = differ[:, 24:].mean((2, 3)), differ[:, 24:].amin((2, 3))
        change = self.change(torch.cat([grid, *whole], dim=1)).reshape(batch, -1, 48)
        lit = self.light(torch.cat([light[:, :-1], light[:, 1:] - light[:, :-1]], dim=2))
        described = [change, self.alike(_likeness(embedding)), self.tinted(_likeness(colours)), lit]
        hidden = functional.relu(torch.cat(described, dim=2)).transpose(1, 2)
        hidden = functional.relu(self.start(hidden))
        for layer in self.layers:
            hidden = hidden + functional.relu(layer(self.dropout(hidden)))
        hidden = hidden.transpose(1, 2)
        recalled, _ = self.recurrent(hidden)
        return self.last(torch.cat([hidden, recalled], dim=2))
