"""Calibrate how pictures are judged: `python -m rushlight.trust.detecting.calibrate FOOTAGE` writes `pictures.json`.

FOOTAGE is the folder that the history network was trained on. Of photographs and frames at their own size, unchanged
ones (as they are, coded anew, cut) stand against enlarged ones, ones put together of two, and ones of which a stretch,
such as a face, was scaled and set back. A line is fitted for each kind, with sources left out in turn to see what it is
worth on pictures that it does not know; its slope is then set by what it said of those. One seed decides all.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from rushlight.models.forgery_detector.patches import read_patches
from rushlight.models.forgery_detector.train_history import load_pictures
from rushlight.trust.detecting.pictures import KINDS, Box, measure_picture

OUT = Path(__file__).with_name("pictures.json")
SEED = 50
_LONGEST_PX, _TAKES = 800, 1
_FOLDS = 5
# What is farther from all pictures here than all but this share of them is foreign.
_FOREIGN = 0.995
_WAYS = (cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4)

Luma = NDArray[np.uint8]
Row = tuple[str, int, dict[str, float]]


def _coded(picture: Luma, rng: np.random.Generator) -> Luma:
    if rng.random() < 0.25:
        return picture
    data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(62, 98))])[1]
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)


def _window(picture: Luma, rng: np.random.Generator) -> Luma:
    high, wide = (min(one, _LONGEST_PX) for one in picture.shape)
    top, left = int(rng.integers(picture.shape[0] - high + 1)), int(rng.integers(picture.shape[1] - wide + 1))
    return picture[top : top + high, left : left + wide]


def _enlarged(picture: Luma, rng: np.random.Generator) -> Luma:
    scale = float(rng.uniform(1.25, 2.6))
    high, wide = int(picture.shape[0] / scale), int(picture.shape[1] / scale)
    top, left = int(rng.integers(picture.shape[0] - high + 1)), int(rng.integers(picture.shape[1] - wide + 1))
    part = picture[top : top + high, left : left + wide]
    return np.asarray(cv2.resize(part, picture.shape[::-1], interpolation=_WAYS[int(rng.integers(3))]), np.uint8)


def _together(picture: Luma, other: Luma, rng: np.random.Generator) -> Luma:
    high, wide = picture.shape
    if other.shape[0] < high or other.shape[1] < wide:
        other = np.asarray(cv2.copyMakeBorder(other, 0, high, 0, wide, cv2.BORDER_REFLECT), np.uint8)
    top, left = int(rng.integers(other.shape[0] - high + 1)), int(rng.integers(other.shape[1] - wide + 1))
    other = other[top : top + high, left : left + wide]
    mask = np.zeros(picture.shape, np.float32)
    w, h = int(wide * rng.uniform(0.3, 0.6)), int(high * rng.uniform(0.3, 0.6))
    x, y = int(rng.uniform(0, wide - w)), int(rng.uniform(0, high - h))
    if rng.random() < 0.5:
        mask[y : y + h, x : x + w] = 1
    else:
        cv2.ellipse(mask, (x + w // 2, y + h // 2), (w // 2, h // 2), 0, 0, 360, 1.0, -1)
    mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), float(rng.uniform(0.5, 3))), np.float32)
    return np.clip(picture * (1 - mask) + other * mask + 0.5, 0, 255).astype(np.uint8)


def _place(picture: Luma, rng: np.random.Generator) -> Box:
    """A stretch such as a face, where there is something to see."""
    high, wide = picture.shape
    best, found = -1.0, (0.0, 0.0, 0.0, 0.0)
    for _ in range(8):
        side = float(rng.uniform(0.18, 0.4)) * min(high, wide)
        left, top = float(rng.uniform(0, wide - side)), float(rng.uniform(0, high - side * 1.2))
        contrast = float(picture[int(top) : int(top + side), int(left) : int(left + side)].std())
        if contrast > best:
            best, found = contrast, (left, top, side, side * 1.2)
    return found


def _set_back(picture: Luma, box: Box, rng: np.random.Generator) -> Luma:
    left, top, wide, high = (int(one) for one in box)
    part = picture[top : top + high, left : left + wide]
    scale = float(rng.uniform(1.4, 2.6))
    small = cv2.resize(part, (max(int(wide / scale), 8), max(int(high / scale), 8)), interpolation=cv2.INTER_AREA)
    again = cv2.resize(small, part.shape[::-1], interpolation=_WAYS[int(rng.integers(3))])
    mask = np.zeros(part.shape, np.float32)
    cv2.ellipse(mask, (wide // 2, high // 2), (int(wide * 0.46), int(high * 0.46)), 0, 0, 360, 1.0, -1)
    mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), 2.0), np.float32)
    made = picture.copy()
    made[top : top + high, left : left + wide] = np.clip(part * (1 - mask) + again * mask + 0.5, 0, 255)
    return made


def _made(number: int, pictures: list[Luma]) -> Iterator[tuple[str, Luma, Box]]:
    for take in range(_TAKES):
        rng = np.random.default_rng([SEED, number, take])
        picture = _window(pictures[number], rng)
        box = _place(picture, rng)
        other = pictures[(number + int(rng.integers(1, len(pictures)))) % len(pictures)]
        yield "unchanged", picture if rng.random() < 0.4 else _coded(_coded(picture, rng), rng), box
        yield "unchanged", _coded(picture[int(rng.integers(1, 24)) :, int(rng.integers(1, 24)) :], rng), box
        yield "enlarged", _coded(_enlarged(picture, rng), rng), box
        yield "put together", _coded(_together(picture, other, rng), rng), box
        yield "face", _coded(_set_back(picture, box, rng), rng), box


_KNOWN: dict[str, list[Luma]] = {}


def _rows(task: tuple[int, str]) -> list[Row]:
    cv2.setNumThreads(1)
    number, folder = task
    if folder not in _KNOWN:
        _KNOWN[folder] = load_pictures(Path(folder))
    rows: list[Row] = []
    for kind, picture, box in _made(number, _KNOWN[folder]):
        patches = read_patches(np.ascontiguousarray(picture))
        if patches is not None:
            rows.append((kind, number, measure_picture(picture, patches, [box]).numbers))
    return rows


def _fit(rows: NDArray[np.float64], changed: NDArray[np.bool_]) -> tuple[NDArray[np.float64], float]:
    from sklearn.linear_model import LogisticRegression

    line = LogisticRegression(C=0.1, max_iter=3000, class_weight="balanced").fit(rows, changed)
    return line.coef_[0], float(line.intercept_[0])


def calibrate(rows: list[Row], kind: str) -> dict[str, object]:
    """The line of one kind, and its area under the curve on sources that it did not know."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score

    names = KINDS[kind]
    used = [row for row in rows if row[0] in ("unchanged", kind) and all(name in row[2] for name in names)]
    values = np.array([[row[2][name] for name in names] for row in used])
    changed, sources = np.array([row[0] == kind for row in used]), np.array([row[1] for row in used])
    mean, spread = values.mean(0), values.std(0) + 1e-9
    standard = np.clip((values - mean) / spread, -6, 6)
    told = np.zeros(len(used))
    for fold in range(_FOLDS):
        aside = sources % _FOLDS == fold
        weights, offset = _fit(standard[~aside], changed[~aside])
        told[aside] = standard[aside] @ weights + offset
    slope = LogisticRegression(class_weight="balanced").fit(told[:, None], changed)
    weights, offset = _fit(standard, changed)
    by, plus = float(slope.coef_[0, 0]), float(slope.intercept_[0])
    return {
        "names": list(names), "mean": mean.tolist(), "spread": spread.tolist(), "weights": (weights * by).tolist(),
        "offset": offset * by + plus, "farthest": float(np.quantile((standard**2).mean(1), _FOREIGN)),
        "left_out_auc": round(float(roc_auc_score(changed, told)), 3), "pieces": len(used),
    }  # fmt: skip


def main() -> None:
    """Make pictures, measure, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("footage", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    count = len(load_pictures(options.footage))
    # Forked workers would inherit the threads of the network's library, and wait for them for ever.
    rows = list[Row]()
    with ProcessPoolExecutor(options.workers, mp_context=get_context("spawn")) as pool:
        for number, part in enumerate(pool.map(_rows, [(n, str(options.footage)) for n in range(count)]), 1):
            rows += part
            print(f"{number} of {count} sources", flush=True)
    kinds = {kind: calibrate(rows, kind) for kind in KINDS}
    card = {
        "name": "changed-pictures", "licence": "Apache-2.0", "seed": SEED, "sources": count,
        "data": "photographs in sources.toml of the history network and frames of films, changed by OpenCV",
        "limits": "stretches put in from material alike are missed; heavy coding hides everything; nothing is said of "
        "pictures drawn or generated as a whole", "kinds": kinds,
    }  # fmt: skip
    OUT.write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for kind, found in kinds.items():
        print(f"{kind}: area {found['left_out_auc']} on {found['pieces']} pieces")


if __name__ == "__main__":
    main()
