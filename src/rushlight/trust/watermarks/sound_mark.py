"""Putting a mark into sound, and reading it from any ten seconds of it.

The spectrogram, loudness in decibels over time and frequency, is a picture, and the mark lies in it as chips: cells of
21 ms and a narrow band that are raised or lowered by a fraction of a decibel. The pattern repeats every four seconds;
a fifth of it is a pilot, by which the reader finds where it begins and how fast the sound was made to run.

Reference:
    Kirovski, Malvar 2003, "Spread-spectrum watermarking of audio signals"; Yeo, Kim 2003, "Modified patchwork
    algorithm"; Malvar, Florêncio 2003, "Improved spread spectrum".
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from rushlight.trust.watermarks.certainty import false_positive_bound
from rushlight.trust.watermarks.code import coded_bits, decode_word, encode_word
from rushlight.trust.watermarks.picture_mark import MarkFound

__all__ = ["LEAST_SECONDS", "RATE", "SOUND_PAYLOAD_BITS", "SoundReader", "mark_sound"]

RATE = 48_000
"""Sample rate in which sound is marked and read."""
LEAST_SECONDS = 5
SOUND_PAYLOAD_BITS = 32
"""Ten seconds of speech, 25 dB over the mark, do not hold more that survives an encoder."""
_CODED_BITS = coded_bits(SOUND_PAYLOAD_BITS)
_WINDOW = 1024
_HOP = 256
_CHIP_FRAMES = 4
_TILE_CHIPS = 192
_SAMPLES = 2
_FIRST_HZ, _LAST_HZ = 350.0, 9000.0
_NARROWEST_HZ, _BAND_SHARE = 94.0, 0.05
_MOST_NEPER = 0.25
"""Largest change of one cell: about 2 dB."""
_QUIET_SHARE = 1e-4
"""Of the loudest cell's amplitude: quieter ones are taken as this loud, so that rounding says nothing."""
_AROUND = 7
"""Samples in time, and bands, that are looked at together."""
_FLOOR_NEPER = 0.1
_CANCELLED = 0.3
_LEAST, _MOST = 0.0, 2.0
_PLACES_BITS = 20.0
"""More than 27 speeds, kept or changed pitch, two phases and 384 starts."""
_SPEEDS = tuple(float(speed) for speed in np.arange(0.974, 1.0261, 0.002))
_SURE = 1e-9

Samples = NDArray[np.float32]
Cells = NDArray[np.float32]


@dataclass(frozen=True)
class _Pattern:
    signs: Cells
    """±1, shape (_TILE_CHIPS, bands)."""
    bits: NDArray[np.int64]
    """Number of the coded bit, _CODED_BITS for the pilot."""
    pilot_spectrum: NDArray[np.complex64]


@cache
def _edges() -> NDArray[np.float64]:
    """Edges of the bands, in hertz."""
    edges = [_FIRST_HZ]
    while edges[-1] < _LAST_HZ:
        edges.append(edges[-1] + max(_NARROWEST_HZ, _BAND_SHARE * edges[-1]))
    return np.array(edges)


@cache
def _pattern_of(key: bytes) -> _Pattern:
    bands = len(_edges()) - 1
    count = _TILE_CHIPS * bands
    stream = hashlib.shake_256(b"rushlight sound mark 1\n" + key).digest(9 * count)
    signs = np.where(np.frombuffer(stream, np.uint8, count) & 1, 1, -1).astype(np.float32).reshape(_TILE_CHIPS, bands)
    ranks = np.argsort(np.argsort(np.frombuffer(stream, ">u8", count, offset=count), kind="stable"), kind="stable")
    each = int(0.8 * count) // _CODED_BITS
    bits = np.where(ranks < each * _CODED_BITS, ranks % _CODED_BITS, _CODED_BITS).reshape(_TILE_CHIPS, bands)
    pilot = np.repeat(np.where(bits == _CODED_BITS, signs, np.float32(0)), _SAMPLES, axis=0)
    return _Pattern(signs, bits.astype(np.int64), np.conj(np.fft.rfft(pilot, axis=0)).astype(np.complex64))


# -- spectrogram -------------------------------------------------------------------------------


def _window() -> Samples:
    return np.sqrt(np.hanning(_WINDOW + 1)[:-1]).astype(np.float32)


def _spectrum(mono: Samples) -> NDArray[np.complex64]:
    """Short-time spectrum, shape (frames, bins); frame n is centred on sample n × hop."""
    padded = np.pad(mono, (_WINDOW // 2, _WINDOW))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP][: len(mono) // _HOP + 1]
    return np.asarray(np.fft.rfft(frames * _window(), axis=1), np.complex64)


def _sound_of(spectrum: NDArray[np.complex64], count: int) -> Samples:
    """Sound from its short-time spectrum, by overlapping and adding."""
    frames = np.fft.irfft(spectrum, axis=1).astype(np.float32) * _window()
    sound = np.zeros(len(frames) * _HOP + 2 * _WINDOW, np.float32)
    parts = _WINDOW // _HOP
    for part in range(parts):
        block = frames[:, part * _HOP : (part + 1) * _HOP].reshape(-1)
        sound[part * _HOP : part * _HOP + len(block)] += block
    return sound[_WINDOW // 2 : _WINDOW // 2 + count] / np.float32(_WINDOW / _HOP / 2)


def _powers(spectrum: NDArray[np.complex64]) -> Cells:
    """Power of each cell, as far up as the mark reaches with room for speed."""
    bins = int(_LAST_HZ * 1.1 * _WINDOW / RATE) + 2
    power = np.abs(spectrum[:, :bins]) ** 2
    least = max(float(power.max(initial=0.0)) * _QUIET_SHARE**2, 1e-12)
    return np.asarray(np.maximum(power, np.float32(least)))


def _means(sums: Cells, at: NDArray[np.float64]) -> Cells:
    """Means between neighbouring places along the first axis, from running sums."""
    below = np.clip(np.floor(at).astype(int), 0, len(sums) - 2)
    share = (at - below)[:, None]
    values = sums[below] * (1 - share) + sums[below + 1] * share
    return np.asarray(np.diff(values, axis=0) / np.diff(at)[:, None])


def _in_bands(power: Cells, pitch: float) -> Cells:
    """Loudness in nepers in each band of each frame, summed up over frames."""
    columns = np.concatenate([np.zeros((1, len(power))), np.cumsum(power.T, axis=0, dtype=np.float64)])
    bands = 0.5 * np.log(np.maximum(_means(columns, _edges() * pitch * _WINDOW / RATE + 0.5).T, 1e-12))
    return np.asarray(np.concatenate([np.zeros((1, bands.shape[1])), np.cumsum(bands, axis=0)]))


def _sampled(sums: Cells, speed: float, phase: float) -> Cells:
    """Loudness at two samples a chip."""
    step = _CHIP_FRAMES / _SAMPLES / speed
    places = np.arange(phase * step, len(sums) - 1, step)
    return np.asarray(_means(sums, places), np.float32) if len(places) > 2 else np.zeros((0, sums.shape[1]), np.float32)


def _whitened(levels: Cells) -> Cells:
    """What loudness says of the mark: without what its neighbours do too, limited, quiet places more."""
    if not len(levels):
        return levels
    fast = levels - cv2.blur(levels, (1, _AROUND))
    fast = fast - cv2.blur(fast, (_AROUND, 1))
    busy = np.sqrt(np.maximum(cv2.GaussianBlur(fast * fast, (0, 0), 2.0, borderType=cv2.BORDER_REFLECT), 0))
    noise = busy + np.float32(_FLOOR_NEPER)
    # Where nothing is heard nothing changes, and nothing may be read.
    return np.where(busy > 1e-3, np.clip(fast / noise, -1, 1) / noise, np.float32(0)).astype(np.float32)


# -- marking -----------------------------------------------------------------------------------


def mark_sound(sound: Samples, payload: int, *, key: bytes = b"", snr_db: float = 25.5) -> Samples:
    """Put a mark into sound.

    Args:
        sound: float32, shape (n, channels), at `RATE`.
        payload: 32 bits.
        key: who may read; empty for everybody.
        snr_db: how near the marked sound stays to the first.

    Returns:
        The marked sound, of the same shape.
    """
    pattern = _pattern_of(key)
    word = np.append(encode_word(payload, SOUND_PAYLOAD_BITS), 1).astype(np.float32)
    signs = pattern.signs * word[pattern.bits]
    mono = np.asarray(sound.mean(axis=1), np.float32)
    spectrum = _spectrum(mono)
    power = float((sound.astype(np.float64) ** 2).sum())
    if power <= 0:
        return sound
    wanted = power / 10 ** (snr_db / 10)
    even = np.tile(signs, (len(spectrum) // (_TILE_CHIPS * _CHIP_FRAMES) + 1, 1))
    nepers = _strength_of(sound, _gains(even, spectrum.shape), wanted)
    marked_levels = _powers(spectrum * np.exp(nepers * _gains(even, spectrum.shape)))
    chips = even * _weights(_powers(spectrum), marked_levels, signs, pattern)
    gains = _gains(chips, spectrum.shape)
    nepers = _strength_of(sound, gains, wanted)
    factors = np.exp(np.clip(nepers * gains, -_MOST_NEPER, _MOST_NEPER))
    made = [channel + _sound_of(_spectrum(channel) * (factors - 1), len(channel)) for channel in sound.T]
    return np.stack(made, axis=1)


def _strength_of(sound: Samples, gains: Cells, wanted: float) -> float:
    """Nepers at which the change has the wanted energy; the change grows with them almost evenly."""
    tried, energy = 0.05, 0.0
    for channel in sound.T:
        change = _spectrum(channel) * (np.exp(tried * gains) - 1)
        energy += float((_sound_of(change, len(channel)).astype(np.float64) ** 2).sum())
    return float(min(tried * (wanted / max(energy, 1e-12)) ** 0.5, _MOST_NEPER))


def _weights(host: Cells, marked: Cells, signs: Cells, pattern: _Pattern) -> Cells:
    """How strong each chip is: in every repeat, each bit takes back what the sound says of it already."""
    chips = []
    for levels in (host, marked):
        light = _whitened(_sampled(_in_bands(levels, 1.0), 1.0, 0.0))
        light = light[: len(light) // _SAMPLES * _SAMPLES]
        chips.append(light.reshape(-1, _SAMPLES, light.shape[1]).mean(axis=1))
    weights = []
    for first in range(0, len(host) // _CHIP_FRAMES + _TILE_CHIPS, _TILE_CHIPS):
        there, after = (one[first : first + _TILE_CHIPS] for one in chips)
        bits = pattern.bits[: len(there)].ravel()
        said, then = (np.bincount(bits, (one * signs[: len(one)]).ravel(), _CODED_BITS + 1) for one in (there, after))
        gain = then - said
        gain = np.maximum(gain, 0.3 * max(float(np.median(gain)), 1e-6))
        strength = np.clip(1 - _CANCELLED * said / gain, _LEAST, _MOST).astype(np.float32)
        weights.append(strength[pattern.bits])
    whole = np.concatenate(weights)
    many = len(host) // (_TILE_CHIPS * _CHIP_FRAMES) + 1
    return whole[: many * _TILE_CHIPS]


def _gains(chips: Cells, shape: tuple[int, ...]) -> Cells:
    """Chips as a smooth field over frames and bins, shape (frames, bins)."""
    frames, bins = shape
    centres = (_edges()[1:] + _edges()[:-1]) / 2 * _WINDOW / RATE
    band = np.interp(np.arange(bins), centres, np.arange(len(centres)))
    place_x = _even_with_soft_edges(np.clip(band, 0, len(centres) - 1))
    place_y = _even_with_soft_edges((np.arange(frames) + 0.5) / _CHIP_FRAMES - 0.5)
    grid = np.meshgrid(place_x.astype(np.float32), place_y.astype(np.float32))
    field = cv2.remap(chips, grid[0], grid[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    hertz = np.arange(bins) * RATE / _WINDOW
    field[:, (hertz < _edges()[0]) | (hertz > _edges()[-1])] = 0
    # Low frequencies hold most of the energy and of what is heard as roughness.
    return np.asarray(field * np.interp(hertz, [350, 1500, 3000], [0.6, 1.0, 1.3]).astype(np.float32), np.float32)


def _even_with_soft_edges(place: NDArray[np.float64]) -> NDArray[np.float64]:
    """Places between chips moved onto the nearest, but for a short slope halfway between two."""
    off = place - np.rint(place)
    return np.asarray(np.rint(place) + np.sign(off) * np.clip(np.abs(off) - 0.3, 0, 0.2) * 2.5)


# -- reading -----------------------------------------------------------------------------------


class SoundReader:
    """Reads the mark from sound.

    Args:
        key: what it was marked with.
    """

    def __init__(self, *, key: bytes = b"") -> None:
        self._pattern = _pattern_of(key)

    def read(self, mono: Samples) -> MarkFound:
        """The likeliest mark at any start and at speeds within 2.6 %, with or without the pitch that goes with them."""
        if len(mono) < 2 * RATE or not np.any(mono):
            return MarkFound(0, 1.0, False, 0.0)
        levels = _powers(_spectrum(np.asarray(mono, np.float32)))
        best = MarkFound(0, 1.0, False, 0.0)
        tried: list[tuple[float, Cells]] = []
        plain = _in_bands(levels, 1.0)
        for speed in sorted(_SPEEDS, key=lambda speed: abs(speed - 1)):
            for sums in (plain,) if speed == 1 else (_in_bands(levels, speed), plain):
                tried += [self._lined_up(sums, speed, phase) for phase in (0.0, 0.5)]
            if abs(speed - 1) < 0.001:
                best = self._best_of(tried, best)
                if best.is_checked and best.false_positive_probability < _SURE:
                    return best
        return self._best_of(tried, best)

    def _best_of(self, tried: list[tuple[float, Cells]], best: MarkFound) -> MarkFound:
        for _, folded in sorted(tried, key=lambda one: -one[0])[:6]:
            found = self._decoded(folded)
            if (found.is_checked, found.statistic) > (best.is_checked, best.statistic):
                best = found
        return best

    def _lined_up(self, sums: Cells, speed: float, phase: float) -> tuple[float, Cells]:
        """How well the pilot fits at its best start, and the evidence of all repeats added up from there."""
        light = _whitened(_sampled(sums, speed, phase))
        tile = _TILE_CHIPS * _SAMPLES
        light = np.pad(light, ((0, -len(light) % tile), (0, 0)))
        folded = light.reshape(-1, tile, light.shape[1]).sum(axis=0)
        fit = np.fft.irfft((np.fft.rfft(folded, axis=0) * self._pattern.pilot_spectrum).sum(axis=1), tile)
        start = int(np.argmax(fit))
        return float(fit[start] / (fit.std() + 1e-9)), np.roll(folded, -start, axis=0)

    def _decoded(self, folded: Cells) -> MarkFound:
        chips = folded.reshape(_TILE_CHIPS, _SAMPLES, -1).mean(axis=1)
        products = (chips * self._pattern.signs).ravel()
        evidence = np.bincount(self._pattern.bits.ravel(), products, _CODED_BITS + 1).astype(np.float32)
        word = decode_word(evidence[:_CODED_BITS])
        power = float(np.sqrt((chips * chips).sum())) + 1e-9
        statistic = (word.agreement + float(evidence[_CODED_BITS])) / power
        bound = false_positive_bound(statistic, payload_bits=SOUND_PAYLOAD_BITS, places_bits=_PLACES_BITS)
        return MarkFound(word.payload, bound, word.is_checked, statistic)
