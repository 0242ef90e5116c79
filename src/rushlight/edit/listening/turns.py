"""Stretches of speech to work on one by one, and who speaks in each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from rushlight.edit.listening.bands import HOP, RATE, band_levels, cepstra
from rushlight.edit.listening.speech_activity import speech_odds, speech_spans

__all__ = ["speakers_of_turns", "turns_of_speech"]

Floats = NDArray[np.float32]
Span = tuple[float, float]

_PAUSE_SECONDS, _LONGEST_SECONDS, _PAD_SECONDS = 0.45, 25.0, 0.1
# A turn shorter than this says too little about a voice; it goes to the voice before it.
_LEAST_SECONDS = 1.0


def turns_of_speech(
    samples: Floats, odds: Floats | None = None, longest_seconds: float = _LONGEST_SECONDS
) -> list[Span]:
    """Stretches between pauses of 0.45 s, in seconds, with a tenth of a second around them.

    Long ones are cut where they are most silent.

    Args:
        samples: mono at 16 kHz.
        odds: of speech, where they are known.
        longest_seconds: of a stretch.
    """
    odds = speech_odds(samples) if odds is None else odds
    joined: list[list[float]] = []
    for start, end in speech_spans(odds, lean=0.5):
        if joined and start - joined[-1][1] < _PAUSE_SECONDS:
            joined[-1][1] = end
        else:
            joined.append([start, end])
    total = len(samples) / RATE
    found: list[Span] = []
    for start, end in joined:
        pieces = _cut_long(odds, start, end, longest_seconds)
        first, last = max(pieces[0][0] - _PAD_SECONDS, 0.0), min(pieces[-1][1] + _PAD_SECONDS, total)
        pieces[0], pieces[-1] = (first, pieces[0][1]), (pieces[-1][0], last)
        if len(pieces) == 1:
            pieces = [(first, last)]
        found += pieces
    return found


def _cut_long(odds: Floats, start: float, end: float, longest: float) -> list[Span]:
    if end - start <= longest:
        return [(start, end)]
    # Only the middle is looked at, so that both halves get shorter.
    low, high = int((start + (end - start) * 0.25) * RATE / HOP), int((start + (end - start) * 0.75) * RATE / HOP)
    smooth = np.convolve(odds[low:high], np.ones(9) / 9, "same")
    place = (low + int(np.argmin(smooth[4:-4])) + 4) * HOP / RATE
    return _cut_long(odds, start, place, longest) + _cut_long(odds, place, end, longest)


def speakers_of_turns(samples: Floats, turns: Sequence[Span], most: int = 6) -> list[int]:
    """Which speaker speaks in each turn, numbered from 0 in order of appearance; all 0 when it is not clear.

    Each turn's timbre is a Gaussian over mel cepstra of its sounding frames. Turns are grouped, nearest first, by
    the symmetric Kullback-Leibler distance of these; groups count as other people only when the distance between
    them is far above that inside them.

    Reference:
        Siegler et al. 1997, "Automatic segmentation, classification and clustering of broadcast news audio".
    """
    frames = cepstra(band_levels(samples), 20)[:, 1:]
    loud = band_levels(samples).mean(axis=1)
    voices: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
    usable = []
    for number, (start, end) in enumerate(turns):
        low, high = int(start * RATE / HOP), int(end * RATE / HOP) + 1
        part = frames[low:high][loud[low:high] > np.percentile(loud[low:high], 40)].astype(np.float64)
        if end - start >= _LEAST_SECONDS and len(part) >= 50:
            voices.append((part.mean(axis=0), part.var(axis=0) + 1e-3))
            usable.append(number)
    labels = _grouped(voices, most)
    found, current = [], 0
    known = dict(zip(usable, labels, strict=True))
    for number in range(len(turns)):
        current = known.get(number, current)
        found.append(current)
    order = list(dict.fromkeys(found))
    return [order.index(label) for label in found]


def _grouped(voices: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]], most: int) -> list[int]:
    count = len(voices)
    if count < 4:
        return [0] * count
    distances = np.zeros((count, count))
    for one in range(count):
        for other in range(one):
            (mean, spread), (mean2, spread2) = voices[one], voices[other]
            apart = (mean - mean2) ** 2
            value = ((spread + apart) / spread2 + (spread2 + apart) / spread - 2).mean() / 2
            distances[one, other] = distances[other, one] = value
    tree = linkage(squareform(distances), "average")
    best, labels = 0.0, np.ones(count, int)
    for groups in range(2, min(most, count // 2) + 1):
        tried = fcluster(tree, groups, "maxclust")
        score = _silhouette(distances, tried)
        if score > best:
            best, labels = score, tried
    return labels.tolist() if best >= _CLEAR else [0] * count


# Mean silhouette from which groups are taken for people: below, one person's turns differ as much.
_CLEAR = 0.35


def _silhouette(distances: NDArray[np.float64], labels: NDArray[np.int_]) -> float:
    """How much nearer turns lie to their own group than to the nearest other, mean over turns (Rousseeuw 1987)."""
    scores = []
    for number, label in enumerate(labels):
        own = labels == label
        if own.sum() == 1:
            scores.append(0.0)
            continue
        inside = distances[number][own].sum() / (own.sum() - 1)
        outside = min(distances[number][labels == other].mean() for other in set(labels.tolist()) - {label})
        scores.append((outside - inside) / max(inside, outside, 1e-9))
    return float(np.mean(scores))
