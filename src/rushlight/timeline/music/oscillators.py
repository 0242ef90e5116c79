"""Sound sources: decaying sines by the matrix product, frequency modulation, plucked strings, coloured noise."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.signal import butter, sosfilt

__all__ = ["Floats", "bandpass_noise", "decaying_sines", "fade_in", "fm", "pluck", "release"]

Floats = npt.NDArray[np.float32]

_BLOCK = 256


def decaying_sines(
    frequencies_hz: npt.NDArray[np.float64],
    amplitudes: npt.NDArray[np.float64],
    decays_per_second: npt.NDArray[np.float64],
    phases: npt.NDArray[np.float64],
    count: int,
    sample_rate: int,
) -> Floats:
    """Sum of exponentially decaying sines, shape (count,), float32.

    A sine is cut into blocks: its state at each block's start times its course inside one block. Summing over
    partials is then a matrix product, some fifty times faster than evaluating every sine at every sample.
    """
    if not len(frequencies_hz) or count <= 0:
        return np.zeros(max(count, 0), dtype=np.float32)
    blocks = -(-count // _BLOCK)
    pole = (2j * np.pi * frequencies_hz - decays_per_second) / sample_rate
    starts = np.exp(np.outer(np.arange(blocks) * _BLOCK, pole) + 1j * phases) * amplitudes
    inside = np.exp(np.outer(pole, np.arange(_BLOCK)))
    real = starts.real.astype(np.float32) @ inside.imag.astype(np.float32)
    real += starts.imag.astype(np.float32) @ inside.real.astype(np.float32)
    return np.asarray(real.reshape(-1)[:count], dtype=np.float32)


def fm(
    frequency_hz: float,
    ratio: float,
    index: npt.NDArray[np.float64],
    count: int,
    sample_rate: int,
) -> Floats:
    """A sine whose phase another sine at `ratio` times its frequency moves by `index` radians (one per sample)."""
    turn = 2 * np.pi * frequency_hz / sample_rate * np.arange(count)
    return np.asarray(np.sin(turn + index * np.sin(ratio * turn)), dtype=np.float32)


def pluck(
    frequency_hz: float,
    count: int,
    sample_rate: int,
    *,
    brightness: float,
    decay_seconds: float,
    position: float,
    rng: np.random.Generator,
) -> Floats:
    """A plucked string: noise in a loop that loses its highs, shape (count,), float32.

    The loop is run a period at a time. Its length in samples is made fractional by a three-point Lagrange delay, so
    that the pitch is right.

    Args:
        frequency_hz: pitch.
        count: samples wanted.
        sample_rate: samples a second.
        brightness: 0 dark to 1 bright.
        decay_seconds: time for the fundamental to fall by 60 dB.
        position: where the string is plucked, as a fraction of its length.
        rng: source of the noise.

    Reference:
        Karplus and Strong 1983, "Digital synthesis of plucked-string and drum timbres"; tuning after
        Jaffe and Smith 1983.
    """
    damping = 0.5 - 0.42 * brightness
    low_pass = np.array([damping / 2, 1 - damping, damping / 2])  # delays by one sample, linear in phase
    period = sample_rate / frequency_hz - 1
    whole = int(period - 0.5)
    part = period - whole  # 0.5 to 1.5: the best stretch of a three-point interpolator
    lagrange = np.array([(part - 1) * (part - 2) / 2, part * (2 - part), part * (part - 1) / 2])
    loop = np.convolve(low_pass, lagrange) * 10 ** (-3 / (decay_seconds * frequency_hz))
    burst = rng.uniform(-1, 1, whole)
    burst = burst - np.roll(burst, max(int(whole * position), 1))  # the pluck's place silences some harmonics
    # A finger gives the string's low harmonics most: one slope from the pitch on, one where the finger is too wide.
    corners = (frequency_hz * (1 + 2.5 * brightness), 700 + 5000 * brightness)
    shape = [butter(1, min(corner, sample_rate * 0.45), fs=sample_rate, output="sos") for corner in corners]
    soft = sosfilt(np.concatenate(shape), np.tile(burst, 3))[2 * whole :]  # as if it had always repeated
    soft = 0.3 * (soft - soft.mean()) / max(float(soft.std()), 1e-9)
    reach = whole + len(loop) - 1
    sound = np.zeros(reach + count + whole)
    sound[reach : reach + whole] = soft
    for start in range(reach + whole, reach + count, whole):
        past = sound[start - reach : start]
        sound[start : start + whole] = np.convolve(past, loop, mode="valid")
    return np.asarray(sound[reach : reach + count], dtype=np.float32)


def bandpass_noise(count: int, sample_rate: int, low_hz: float, high_hz: float, rng: np.random.Generator) -> Floats:
    """White noise between two frequencies, shape (count,), float32, standard deviation about one."""
    shape = butter(2, (low_hz, min(high_hz, sample_rate * 0.45)), btype="band", fs=sample_rate, output="sos")
    noise = sosfilt(shape, rng.standard_normal(count + 512))[512:]
    return np.asarray(noise / max(float(noise.std()), 1e-9), dtype=np.float32)


def fade_in(sound: Floats, seconds: float, sample_rate: int) -> Floats:
    """Start a sound from silence along half a cosine, in place."""
    length = min(int(seconds * sample_rate), len(sound))
    if length > 1:
        ramp = 0.5 - 0.5 * np.cos(np.pi * np.arange(length) / length)
        sound[:length] *= ramp.astype(np.float32)
    return sound


def release(sound: Floats, held_seconds: float, release_seconds: float, sample_rate: int) -> Floats:
    """Let a sound die away from `held_seconds` on: 60 dB in `release_seconds`, then true zero, in place."""
    held = min(int(held_seconds * sample_rate), len(sound))
    rest = len(sound) - held
    if rest > 1:
        time = np.arange(rest)
        fall = np.exp(-6.9 * time / (release_seconds * sample_rate))
        last = min(rest, int(0.02 * sample_rate) + 1)
        fall[rest - last :] *= 0.5 + 0.5 * np.cos(np.pi * np.arange(1, last + 1) / last)
        sound[held:] *= fall.astype(np.float32)
    return sound
