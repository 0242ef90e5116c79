"""Who speaks when: what a voice sounds like as a dozen numbers, and stretches of speech grouped by them.

Of each stretch of one to three seconds, the mean and spread of its mel cepstra, how fast they move, and its pitch are
taken over voiced frames. A linear discriminant, learned from readers of LibriSpeech (see voices.json beside this
module, and benchmarks/transcribe/train_voices.py, which made it), keeps what differs between people and drops what
differs within one. Stretches are joined, nearest first, up to a distance that was learned with it.

Reference:
    Fisher 1936, "The use of multiple measurements in taxonomic problems"; Kenny et al. 2013, "PLDA for speaker
    verification with utterances of arbitrary duration", for the scoring in a space where speakers vary alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from rushlight.core.errors import ModelError
from rushlight.edit.listening.bands import HOP, RATE, band_levels, cepstra
from rushlight.edit.listening.pitch import follow_pitch
from rushlight.edit.listening.speech_activity import speech_odds, speech_spans

__all__ = ["MODEL", "VoiceFrames", "speakers_of", "voice_frames", "voice_numbers"]

Floats = NDArray[np.float32]
Span = tuple[float, float]

MODEL = Path(__file__).with_name("voices.safetensors")
_CEPSTRA = 20
# Frames below this percentile of loudness say little of a voice; nor do those that are less periodic.
_QUIET_PERCENT, _VOICED, _LEAST_FRAMES = 35, 0.5, 20
# A person draws breath at pauses; whoever takes over seldom does so in less.
_PAUSE_SECONDS = 0.12
_LONGEST_SECONDS = 3.0
# Voices are found by stretches of at least this length; shorter ones then go to the voice they are nearest to, and
# those that say next to nothing about a voice to their neighbour's.
_TELLING_SECONDS, _LEAST_SECONDS = 1.5, 0.7
# Somebody who speaks less than this, of all and in seconds, is not told from the others.
_LEAST_SHARE, _LEAST_SPOKEN_SECONDS = 0.08, 3.0
_MOST_STRETCHES = 4000


@dataclass(frozen=True)
class VoiceFrames:
    """What is heard of a recording every 10 ms, as far as it tells voices apart."""

    cepstra: Floats
    loudness: Floats
    voicing: Floats
    pitch: Floats


def voice_frames(samples: Floats) -> VoiceFrames:
    """Frames of mono sound at 16 kHz."""
    levels = band_levels(samples, 32)
    voicing, pitch = follow_pitch(samples)
    return VoiceFrames(cepstra(levels, _CEPSTRA), levels[:, 2:].mean(axis=1), voicing, pitch)


def voice_numbers(frames: VoiceFrames, first: int, last: int) -> Floats:
    """What a voice sounds like between two frames, shape (59,), before the discriminant."""
    loud = frames.loudness[first:last]
    heard = loud > np.percentile(loud, _QUIET_PERCENT)
    voiced = heard & (frames.voicing[first:last] > _VOICED)
    used = voiced if voiced.sum() >= _LEAST_FRAMES else heard
    timbre = frames.cepstra[first:last]
    moving = np.gradient(timbre, axis=0)[used, 1:]
    timbre = timbre[used, 1:]
    tones = np.log2(np.maximum(frames.pitch[first:last][used], 50))
    return np.concatenate([
        timbre.mean(axis=0), np.log(timbre.std(axis=0) + 1e-3), np.log(moving.std(axis=0) + 1e-3),
        [3 * np.median(tones), np.log(tones.std() + 0.05)],
    ]).astype(np.float32)  # fmt: skip


@cache
def _model() -> dict[str, Floats]:
    try:
        from safetensors.numpy import load_file
    except ImportError as error:
        raise ModelError("safetensors is not installed.", hint="Run `pip install safetensors`.") from error
    return {name: value.astype(np.float32) for name, value in load_file(MODEL).items()}


def speakers_of(samples: Floats, odds: Floats | None = None) -> list[tuple[float, float, int]]:
    """Stretches of speech, in seconds, and who speaks in each, numbered from 0 in order of appearance.

    Everything is 0 where voices do not differ clearly. Two people at once are taken for one.

    Args:
        samples: mono at 16 kHz.
        odds: of speech, where they are known.
    """
    stretches = _stretches(speech_odds(samples) if odds is None else odds)
    usable = [number for number, (start, end) in enumerate(stretches) if end - start >= _LEAST_SECONDS]
    seconds = np.array([stretches[number][1] - stretches[number][0] for number in usable])
    telling = seconds >= _TELLING_SECONDS
    if telling.sum() < 2:
        return [(start, end, 0) for start, end in stretches]
    frames, model = voice_frames(samples), _model()
    numbers = np.stack([
        voice_numbers(frames, int(start * RATE / HOP), int(end * RATE / HOP) + 1)
        for start, end in (stretches[number] for number in usable)
    ])  # fmt: skip
    points = np.asarray(((numbers - model["mean"]) / model["spread"]) @ model["directions"], np.float32)
    labels = np.array(_grouped(points[telling], seconds[telling], float(model["apart"][0])))
    middles = np.stack([points[telling][labels == label].mean(axis=0) for label in range(labels.max() + 1)])
    known = {number: int(((middles - point) ** 2).sum(axis=1).argmin())
             for number, point in zip(usable, points, strict=True)}  # fmt: skip
    found = []
    for number in range(len(stretches)):
        nearest = min(usable, key=lambda other: _pause(stretches[other], stretches[number]))
        found.append(known[nearest])
    order = list(dict.fromkeys(found))
    return [(start, end, order.index(label)) for (start, end), label in zip(stretches, found, strict=True)]


def _pause(one: Span, other: Span) -> float:
    return max(other[0] - one[1], one[0] - other[1])


def _stretches(odds: Floats) -> list[Span]:
    """Speech between pauses, in pieces that are long enough to tell a voice by and seldom hold two."""
    joined: list[list[float]] = []
    for start, end in speech_spans(odds, lean=0.5, enter=4.0, leave=4.0):
        short = bool(joined) and min(end - start, joined[-1][1] - joined[-1][0]) < _LEAST_SECONDS
        if joined and start - joined[-1][1] < (2 * _PAUSE_SECONDS if short else _PAUSE_SECONDS):
            joined[-1][1] = end
        else:
            joined.append([start, end])
    found: list[Span] = []
    for start, end in joined:
        pieces = max(round((end - start) / _LONGEST_SECONDS), 1)
        edges = np.linspace(start, end, pieces + 1).tolist()
        found += zip(edges, edges[1:], strict=False)
    return found


def _grouped(points: Floats, seconds: NDArray[np.float64], apart: float) -> list[int]:
    if len(points) > _MOST_STRETCHES:
        # Distances between all of them would not fit: the rest goes to the group it is nearest to.
        chosen = np.linspace(0, len(points) - 1, _MOST_STRETCHES).astype(int)
        labels = np.array(_grouped(points[chosen], seconds[chosen], apart))
        middles = np.stack([points[chosen][labels == label].mean(axis=0) for label in range(labels.max() + 1)])
        return [int(((middles - point) ** 2).sum(axis=1).argmin()) for point in points]
    distances = _far(points)
    np.fill_diagonal(distances, 0)
    labels = fcluster(linkage(squareform(distances, checks=False), "average"), apart, "distance")
    least = max(_LEAST_SHARE * float(seconds.sum()), _LEAST_SPOKEN_SECONDS)
    while len(set(labels.tolist())) > 1:
        spoken = {label: float(seconds[labels == label].sum()) for label in set(labels.tolist())}
        smallest = min(spoken, key=lambda label: (spoken[label], label))
        if spoken[smallest] >= least:
            break
        own = labels == smallest
        others = sorted(set(spoken) - {smallest})
        labels[own] = min(others, key=lambda label: float(distances[np.ix_(own, labels == label)].mean()))
    order = list(dict.fromkeys(labels.tolist()))
    return [order.index(label) for label in labels.tolist()]


def _far(points: Floats) -> Floats:
    """Squared distances between all pairs."""
    squares = (points**2).sum(axis=1)
    return np.asarray(np.maximum(squares[:, None] + squares[None] - 2 * points @ points.T, 0), np.float32)
