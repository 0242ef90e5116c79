"""Train the history network: `python -m rushlight.models.forgery_detector.train_history FOOTAGE --minutes 60`.

FOOTAGE is a folder with the packages of `sources.toml` unpacked in it, and films besides where there are. Composites
are made of them by `histories.py`; of every picture some patches of both stretches are compared, pair by pair.
One seed decides what is made and the first weights. Needs `rushlight[learning]`.
"""

from __future__ import annotations

import argparse
import json
import math
import time
import tomllib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from rushlight.models.forgery_detector.histories import coded, composite
from rushlight.models.forgery_detector.network import HistoryNetwork

WEIGHTS = Path(__file__).with_name("history.onnx")
CARD = Path(__file__).with_name("history.json")
SOURCES = Path(__file__).with_name("sources.toml")
SEED = 40
PATCH_PX = 64
_PICTURES, _EACH, _RATE = 12, 6, 2e-3
_LONGEST_PX, _FRAMES_OF_FILM = 2000, 4
# A scale above this counts as enlarged.
_ENLARGED = 1.1

Batch = tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]


def load_pictures(folder: Path) -> list[NDArray[np.uint8]]:
    """Luma of all photographs that `sources.toml` names, and some frames of every film in the folder."""
    patterns = tomllib.loads(SOURCES.read_text(encoding="utf-8"))["stills"]["patterns"]
    found = []
    for path in sorted({path for pattern in patterns for path in folder.glob(pattern)}):
        picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        if picture is None or min(picture.shape) < 600:
            continue
        scale = min(_LONGEST_PX / max(picture.shape), 1.0)
        found.append(np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8))
    for path in sorted(path for path in folder.rglob("*") if path.suffix in (".mp4", ".mkv", ".webm", ".avi")):
        with av.open(path) as container:
            some = islice(container.decode(video=0), 0, 600, 12)
            frames = [np.asarray(frame.to_ndarray(format="gray"), np.uint8) for frame in some]
        found += [frames[int(at)] for at in np.linspace(0, len(frames) - 1, min(_FRAMES_OF_FILM, len(frames)))]
    return found


_KNOWN: dict[str, list[NDArray[np.uint8]]] = {}


def _batch(task: tuple[int, str]) -> Batch:
    cv2.setNumThreads(1)
    seed, folder = task
    if folder not in _KNOWN:
        _KNOWN[folder] = load_pictures(Path(folder))
    rng = np.random.default_rng([SEED, seed])
    made = [composite(_KNOWN[folder], rng) for _ in range(_PICTURES)]
    patches, sides, groups, scales = [], [], [], []
    for group, (one, picture) in enumerate(zip(made, coded([one.picture for one in made], rng), strict=True)):
        taken = [0, 0]
        for top, left in rng.integers(0, picture.shape[0] - PATCH_PX, (400, 2)):
            share = one.inside[top : top + PATCH_PX, left : left + PATCH_PX].mean()
            side = 1 if share > 0.93 else 0 if share < 0.02 else -1
            if side < 0 or taken[side] >= _EACH:
                continue
            taken[side] += 1
            patches.append(picture[top : top + PATCH_PX, left : left + PATCH_PX])
            sides.append(side if one.differs else 0)
            groups.append(group)
            scales.append(one.scales[side])
    return np.array(patches, np.uint8), np.array(sides), np.array(groups), np.array(scales)


def _loss(network: HistoryNetwork, batch: Batch) -> torch.Tensor:
    patches, sides, groups, scales = (torch.from_numpy(part) for part in batch)
    answer = network(patches[:, None].float())
    together = (groups[:, None] == groups[None]) & ~torch.eye(len(groups), dtype=torch.bool)
    differ = (sides[:, None] != sides[None]).float()
    pairs = functional.binary_cross_entropy_with_logits(
        network.evidence(answer)[together], differ[together], pos_weight=torch.tensor(1.3)
    )
    enlarged = functional.binary_cross_entropy_with_logits(answer[:, -1], (scales > _ENLARGED).float())
    return pairs + 0.5 * enlarged


def _batches(folder: Path, workers: int, first: int) -> Iterator[Batch]:
    with ProcessPoolExecutor(workers) as pool:
        for start in range(first, 10**9, 64):
            yield from pool.map(_batch, [(seed, str(folder)) for seed in range(start, start + 64)], chunksize=4)


def main() -> None:
    """Make composites, train, write the network and its card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("footage", type=Path)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--from-weights", type=Path, help="Go on from these (safetensors or .pt state).")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    torch.manual_seed(SEED)
    network = HistoryNetwork()
    optimiser = torch.optim.AdamW(network.parameters(), _RATE, weight_decay=1e-3)
    began, steps, losses = time.monotonic(), 0, list[float]()
    for batch in _batches(options.footage, 1, 0):
        done = (time.monotonic() - began) / 60 / options.minutes
        if done >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = _RATE * (0.5 + 0.5 * math.cos(math.pi * done)) * min(1.0, (steps + 1) / 30) + 2e-5
        loss = _loss(network, batch)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        steps += 1
        losses.append(loss.item())
        if steps % 100 == 0:
            print(f"step {steps}: loss {np.mean(losses[-100:]):.3f}", flush=True)
    write(network.eval(), options.out, steps)


def write(network: HistoryNetwork, path: Path, steps: int) -> None:
    """The network as ONNX, any number of patches, and its card."""
    torch.onnx.export(
        network, (torch.zeros(2, 1, PATCH_PX, PATCH_PX),), str(path), input_names=["patches"], output_names=["answer"],
        dynamic_axes={"patches": {0: "n"}, "answer": {0: "n"}}, opset_version=17, dynamo=False,
    )  # fmt: skip
    scale, apart = functional.softplus(network.scale.detach()), network.apart.detach()
    card = {
        "name": "histories", "task": "numbers whose distance tells whether two patches were made alike",
        "licence": "Apache-2.0",
        "data": "composites made by histories.py of the photographs in sources.toml and of films",
        "scale": float(scale), "apart": float(apart), "steps": steps, "seed": SEED,
        "limits": "luma only; patches of 64 × 64 pixels; flat and heavily coded patches say little, and say so",
    }  # fmt: skip
    path.with_suffix(".json").write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
