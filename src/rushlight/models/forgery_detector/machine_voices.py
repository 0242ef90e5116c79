"""Voices as machines make them, to learn from: speech taken apart and put together again in seven ways, and channels.

Each takes mono speech at 16 kHz and gives as many samples. What they have in common with speech synthesis is the last
step, from features to a wave; that is what leaves traces.

References:
    Griffin and Lim 1984, "Signal estimation from modified short-time Fourier transform".
    Atal and Hanauer 1971, "Speech analysis and synthesis by linear prediction of the speech wave".
    Moulines and Charpentier 1990, "Pitch-synchronous waveform processing techniques for text-to-speech synthesis".
    Morise et al. 2016, "WORLD: a vocoder-based high-quality speech synthesis system" (through `pyworld`).
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.io import wavfile
from scipy.linalg import solve_toeplitz
from scipy.ndimage import median_filter, uniform_filter1d
from scipy.signal import firwin2, istft, lfilter, resample, stft

from rushlight.models.forgery_detector.voice_features import RATE

__all__ = ["MACHINES", "through_channel", "world"]

Floats = NDArray[np.float64]
_HOP, _VOICED = 80, 0.55


def _pitch(sound: Floats, window: int = 640) -> tuple[Floats, Floats]:
    """Pitch in hertz and periodicity every 5 ms."""
    padded = np.pad(sound, (window // 2, window))
    cut = padded[np.arange(len(sound) // _HOP)[:, None] * _HOP + np.arange(window)]
    cut = (cut - cut.mean(1, keepdims=True)) * np.hanning(window)
    alike = np.fft.irfft(np.abs(np.fft.rfft(cut, 2 * window, axis=1)) ** 2, axis=1)[:, :230]
    own = np.fft.irfft(np.abs(np.fft.rfft(np.hanning(window), 2 * window)) ** 2)[:230]
    ratio = alike / np.maximum(alike[:, :1], 1e-9) / (own / own[0])
    lag = ratio[:, 40:].argmax(1) + 40
    return np.asarray(median_filter(RATE / lag, 5), np.float64), np.take_along_axis(ratio, lag[:, None], 1)[:, 0]


def _from_magnitude(magnitude: Floats, rng: np.random.Generator, rounds: int, length: int) -> Floats:
    size, lap = 512, 384
    phase = np.exp(2j * np.pi * rng.random(magnitude.shape))
    for _ in range(rounds):
        wave = istft(magnitude * phase, nperseg=size, noverlap=lap)[1]
        again = stft(wave, nperseg=size, noverlap=lap)[2][:, : magnitude.shape[1]]
        missing = magnitude.shape[1] - again.shape[1]
        phase = np.exp(1j * np.angle(np.pad(again, ((0, 0), (0, missing)))))
    return np.asarray(istft(magnitude * phase, nperseg=size, noverlap=lap)[1][:length], np.float64)


def _griffin_lim(sound: Floats, rng: np.random.Generator) -> Floats:
    magnitude = np.abs(stft(sound, nperseg=512, noverlap=384)[2])
    return _from_magnitude(magnitude, rng, int(rng.integers(4, 40)), len(sound))


def _mel_inverted(sound: Floats, rng: np.random.Generator) -> Floats:
    """By way of a mel spectrum, as neural synthesis takes it."""
    power = np.abs(stft(sound, nperseg=512, noverlap=384)[2]) ** 2
    mel = 2595 * np.log10(1 + np.linspace(0, RATE / 2, len(power)) / 700)[:, None]
    edges = np.linspace(0, mel[-1, 0], int(rng.choice([40, 60, 80, 100])) + 2)
    weights = np.minimum((mel - edges[:-2]) / np.diff(edges)[:-1], (edges[2:] - mel) / np.diff(edges)[1:]).clip(0)
    weights /= weights.sum(0) + 1e-9
    spread = weights / (weights.sum(1, keepdims=True) + 1e-9)
    return _from_magnitude(np.sqrt(spread @ (weights.T @ power)), rng, 30, len(sound))


def _source_filter(sound: Floats, rng: np.random.Generator) -> Floats:
    """Pulses and noise through a smooth minimum-phase envelope: parametric synthesis."""
    size, kept = 512, int(rng.integers(24, 60))
    pitch, periodic = _pitch(sound)
    voiced = periodic > _VOICED
    places = np.arange(len(pitch))[:, None] * _HOP + np.arange(size)
    window = np.hanning(size)
    logs = np.log(np.abs(np.fft.rfft(np.pad(sound, (size // 2, size))[places] * window, axis=1)) + 1e-5)
    cepstrum = np.fft.irfft(logs, axis=1)
    cepstrum[:, kept : size - kept + 1] = 0
    if smooth := int(rng.choice([0, 3, 7, 11])):
        cepstrum = uniform_filter1d(cepstrum, smooth, axis=0)
    cepstrum[:, 1 : size // 2] *= 2
    cepstrum[:, size // 2 + 1 :] = 0
    tract = np.exp(np.fft.rfft(cepstrum, axis=1))
    each = np.repeat(pitch, _HOP)
    struck = np.flatnonzero(np.diff(np.floor(np.cumsum(each / RATE))) > 0)
    pulses = np.zeros(len(each))
    pulses[struck] = np.sqrt(RATE / each[struck])
    pulses *= np.repeat(voiced, _HOP)
    noise = rng.standard_normal(len(each))
    parts = [np.fft.rfft(np.pad(one, (size // 2, size))[places] * window, axis=1) for one in (pulses, noise)]
    breath = np.clip((np.fft.rfftfreq(size, 1 / RATE) - 3000) / 2000, 0, 1) * float(rng.integers(2))
    source = np.where(voiced[:, None], parts[0] * np.sqrt(1 - breath**2) + parts[1] * breath, parts[1])
    made = np.fft.irfft(source * tract, axis=1) * window
    out, weight = np.zeros(len(each) + 2 * size), np.zeros(len(each) + 2 * size)
    for number, frame in enumerate(made):
        out[number * _HOP : number * _HOP + size] += frame
        weight[number * _HOP : number * _HOP + size] += window**2
    return (out / np.maximum(weight, 1e-3))[size // 2 : size // 2 + len(sound)]


def _linear_prediction(sound: Floats, rng: np.random.Generator) -> Floats:
    order, size, hop = int(rng.choice([12, 16, 20])), 400, 200
    pitch, periodic = _pitch(sound)
    out, window, damping = np.zeros(len(sound) + size), np.hanning(size), np.zeros(order)
    for start in range(0, len(sound) - size, hop):
        cut = sound[start : start + size] * window
        alike = np.array([cut[: size - lag] @ cut[lag:] for lag in range(order + 1)])
        if alike[0] < 1e-8:
            continue
        damping[0] = alike[0] * 1e-4
        tract = solve_toeplitz(alike[:order] + damping, alike[1:])
        gain = np.sqrt(max(alike[0] - tract @ alike[1:], 1e-9) / size * 2.6)
        place = min(start // _HOP, len(pitch) - 1)
        source = rng.standard_normal(size)
        if periodic[place] > _VOICED:
            period = int(RATE / pitch[place])
            source = np.zeros(size)
            source[(-start) % period :: period] = np.sqrt(period)
        out[start : start + size] += lfilter([gain], np.concatenate([[1.0], -tract]), source) * window
    return out[: len(sound)]


def _overlap_add(sound: Floats, rng: np.random.Generator) -> Floats:
    """Recorded periods set anew at a machine's pitch: concatenated units."""
    pitch, periodic = _pitch(sound)
    voiced = periodic > _VOICED
    usual = float(np.median(pitch[voiced])) if voiced.any() else 120.0
    time = np.arange(len(pitch)) * _HOP / RATE
    wanted = usual * 2 ** rng.uniform(-0.3, 0.3) * 2 ** (-0.15 * (time % 2.0) / 2.0)
    if rng.random() < 0.25:
        wanted = pitch * 2 ** rng.uniform(-0.3, 0.3)
    out, place = np.zeros(len(sound) + 2000), 0.0
    while place < len(sound) - 800:
        frame = min(int(place / _HOP), len(pitch) - 1)
        period, step = (int(RATE / pitch[frame]), RATE / wanted[frame]) if voiced[frame] else (100, 100.0)
        first = max(int(place) - period // 2, period)
        middle = first + int(np.argmax(np.abs(sound[first : first + period]))) if voiced[frame] else int(place)
        unit = sound[max(middle - period, 0) : middle + period]
        if len(unit) == 2 * period:
            out[int(place) : int(place) + 2 * period] += unit * np.hanning(2 * period)
        place += step
    return out[: len(sound)]


def _phase_vocoder(sound: Floats, rng: np.random.Generator) -> Floats:
    size, hop = 1024, 256
    rate = float(rng.choice([0.8, 1.25, 1.5]))
    spectrum = stft(sound, nperseg=size, noverlap=size - hop)[2]
    usual = 2 * np.pi * hop * np.arange(len(spectrum)) / size
    phase, made = np.angle(spectrum[:, 0]), []
    for time in np.arange(0, spectrum.shape[1] - 1, 1 / rate):
        first, part = int(time), time - int(time)
        made.append(
            ((1 - part) * np.abs(spectrum[:, first]) + part * np.abs(spectrum[:, first + 1])) * np.exp(1j * phase)
        )
        turn = np.angle(spectrum[:, first + 1]) - np.angle(spectrum[:, first]) - usual
        phase = phase + usual + turn - 2 * np.pi * np.round(turn / 2 / np.pi)
    return np.asarray(resample(istft(np.array(made).T, nperseg=size, noverlap=size - hop)[1], len(sound)), np.float64)


def world(sound: Floats, rng: np.random.Generator) -> Floats:
    """WORLD, at another pitch or smoothed; needs `pyworld`, for training only."""
    import pyworld

    pitch, time = pyworld.dio(sound, RATE)
    pitch = pyworld.stonemask(sound, pitch, time, RATE)
    envelope, breath = pyworld.cheaptrick(sound, pitch, time, RATE), pyworld.d4c(sound, pitch, time, RATE)
    way = rng.random()
    if way < 0.4:
        pitch = pitch * 2 ** rng.uniform(-0.3, 0.3)
    elif way > 0.7:
        envelope = np.exp(uniform_filter1d(np.log(envelope), int(rng.integers(3, 9)), axis=0))
        pitch = np.where(pitch > 0, uniform_filter1d(pitch, 5), 0)
    return np.asarray(pyworld.synthesize(pitch, envelope, breath, RATE), np.float64)


MACHINES: dict[str, Callable[[Floats, np.random.Generator], Floats]] = {
    "griffin-lim": _griffin_lim,
    "mel inverted": _mel_inverted,
    "source and filter": _source_filter,
    "linear prediction": _linear_prediction,
    "overlap-add": _overlap_add,
    "phase vocoder": _phase_vocoder,
}
"""Ways of making speech, by name."""


def through_channel(sound: Floats, rng: np.random.Generator, ffmpeg: Path) -> Floats:
    """Speech as it comes to be heard: another level, colour, room, noise and coding, each by chance."""
    sound = sound / (np.abs(sound).max() + 1e-9) * rng.uniform(0.2, 0.9)
    if rng.random() < 0.6:
        gain = np.cumsum(rng.normal(0, 2.5, 9))
        gain = np.clip(gain - gain.mean(), -14, 14)
        sound = lfilter(firwin2(129, np.linspace(0, 1, 9), 10 ** (gain / 20)), [1.0], sound)
    if rng.random() < 0.3:
        time = np.arange(RATE // 4) / RATE
        room = rng.standard_normal(len(time)) * 10 ** (-3 * time / rng.uniform(0.1, 0.4)) * 0.05
        room[0] = 1
        sound = np.convolve(sound, room)[: len(sound)]
    if rng.random() < 0.7:
        noise = rng.standard_normal(len(sound))
        if rng.random() < 0.5:
            noise = lfilter([1.0], [1.0, -0.95], noise)
        sound = sound + noise / noise.std() * sound.std() * 10 ** (-rng.uniform(15, 55) / 20)
    sound = sound / (np.abs(sound).max() + 1e-9) * 0.8
    coding = str(rng.choice(["none", "mp3", "aac", "opus", "telephone"], p=[0.4, 0.2, 0.15, 0.15, 0.1]))
    return sound if coding == "none" else _coded(sound, coding, rng, ffmpeg)


def _coded(sound: Floats, coding: str, rng: np.random.Generator, ffmpeg: Path) -> Floats:
    suffix, options = {
        "mp3": ("mp3", ["-b:a", str(rng.choice(["48k", "64k", "128k"]))]),
        "aac": ("m4a", ["-b:a", str(rng.choice(["48k", "96k"]))]),
        "opus": ("ogg", ["-c:a", "libopus", "-b:a", str(rng.choice(["16k", "32k", "64k"]))]),
        "telephone": ("wav", ["-ar", "8000", "-c:a", "pcm_mulaw"]),
    }[coding]
    with tempfile.TemporaryDirectory() as name:
        before, coded, after = (Path(name) / one for one in ("before.wav", f"coded.{suffix}", "after.wav"))
        wavfile.write(before, RATE, (sound * 32767).astype(np.int16))
        quiet = [str(ffmpeg), "-v", "error", "-y", "-i"]
        subprocess.run([*quiet, str(before), *options, str(coded)], check=True)
        subprocess.run([*quiet, str(coded), "-ac", "1", "-ar", str(RATE), str(after)], check=True)
        return np.asarray(wavfile.read(after)[1] / 32768, np.float64)
