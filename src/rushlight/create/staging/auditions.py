"""Voices measured by ear of a machine: pitch, brightness and timbre of a read sentence, and how far two lie apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from math import hypot, log2

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dct
from scipy.signal import get_window

from rushlight.models.reading import read_line
from rushlight.models.voice import load_voice

__all__ = ["Audition", "audition", "candidates", "hints_for", "median_pitch_hz", "voice_distance"]

_SENTENCES = {
    "en": "The ferry left the harbour at nine, and nobody on the quay knew why.",
    "de": "Die Fähre verließ um neun den Hafen, und niemand am Kai wusste, warum.",
    "fr": "Le bateau a quitté le port à neuf heures, et personne ne savait pourquoi.",
    "es": "El barco dejó el puerto a las nueve, y nadie en el muelle sabía por qué.",
}
_MELS, _CEPSTRA = 26, 12
# What makes one step of a distance: semitones of pitch, and the typical cepstral distance of two people's voices.
_SEMITONES_A_STEP, _CEPSTRUM_A_STEP = 4.0, 2.2
# Timbre and pitch of voices that read clearly, the plainest first; accents make English ones more unlike.
# Variants with breath (f2, f3, f5, Alicia, Reed, whisper and others) are left out: the engine makes them a little
# different each time, and the same input must give the same film.
_TIMBRES = (
    ("", 30), ("+f4", 55), ("+m3", 40), ("+f1", 65), ("+m7", 25), ("+Annie", 50), ("+m1", 50), ("+linda", 60),
    ("+m4", 15), ("+steph", 70), ("+adam", 45), ("+belinda", 50), ("+m6", 35), ("+anika", 75), ("+grandpa", 25),
    ("+f4", 80), ("+max", 35), ("+aunty", 55), ("+grandma", 50), ("+m8", 20), ("+iven", 45), ("+edward", 40),
    ("+f1", 45), ("+john", 30), ("+klatt", 30), ("+steph2", 55),
)  # fmt: skip
_ACCENTS = ("en-us", "en-gb-scotland", "en-gb", "en-gb-x-rp", "en-gb-x-gbclan")
_WOMAN = frozenset(
    "ADA ALICE AMY ANNA ANNE BETH CLARA CLAIRE DIANA ELENA ELLA EMMA EVA EVE FIONA GRACE HANNAH HELEN INES IRIS ISABEL "
    "JANE JULIA KATE LAURA LENA LILY LISA LUCY MARA MARIA MARIE MARY MIA NINA NORA OLGA ROSA RUTH SARA SARAH SOFIA "
    "SOPHIE SUSAN TERESA VERA ZOE MOTHER MOM MUM SISTER DAUGHTER WOMAN GIRL AUNT GRANDMOTHER GRANDMA QUEEN LADY NURSE "
    "WAITRESS MRS MS MISS WIFE".split()
)
_MAN = frozenset(
    "ADAM ALAN BEN BILL BOB BRICK CARL CHARLES DAN DAVID DICK ERIC FRANK GEORGE HARRY HENRY IVAN JACK JAMES JOHN JOE "
    "JONAS KARL LEO LUKE MARK MARTIN MAX MICHAEL NICK OLE OSCAR OTTO PAUL PETER RICHARD ROBERT SAM SIMON STEEL THEO "
    "THOMAS TIM TOM VICTOR WALTER WILL FATHER DAD BROTHER SON MAN BOY UNCLE GRANDFATHER GRANDPA KING LORD MR SIR "
    "HUSBAND SNIPER WAITER PRIEST".split()
)
_OLD = re.compile(r"\b(?:old|elderly|aged|grand(?:mother|father|pa|ma)|[6-9]\d|retired)\b", re.IGNORECASE)
_CHILD = re.compile(r"\b(?:boy|girl|child|kid|[3-9]|1[0-3])\b", re.IGNORECASE)


@dataclass(frozen=True)
class Audition:
    """A voice and how it sounds.

    Attributes:
        name: as `load_voice` takes it.
        pitch_hz: median fundamental frequency.
        centroid_hz: mean spectral centroid where it speaks.
        timbre: mean mel cepstrum without its level, shape (12,).
        strain: how far its engine had to be bent; plainer voices are read more easily.
    """

    name: str
    pitch_hz: float
    centroid_hz: float
    timbre: tuple[float, ...]
    strain: int = 0


def candidates(language: str) -> tuple[str, ...]:
    """Voices to choose from for a language, the plainest first."""
    tag = language.split("-")[0]
    if tag != "en":
        return tuple(f"espeak/{tag}{timbre}@{pitch}" for timbre, pitch in _TIMBRES)
    return tuple(
        f"espeak/{_ACCENTS[number % len(_ACCENTS)]}{timbre}@{pitch}" for number, (timbre, pitch) in enumerate(_TIMBRES)
    )


@cache
def audition(name: str, language: str) -> Audition:
    """Let a voice read a sentence and measure it.

    Raises:
        ModelError: the voice is unknown or not installed.
    """
    voice = load_voice(name)
    sentence = _SENTENCES.get(language.split("-")[0], _SENTENCES["en"])
    spoken = voice.speak([read_line(sentence, language)], words_per_minute=160)[0].samples
    return Audition(
        name,
        median_pitch_hz(spoken, voice.sample_rate),
        *_spectrum(spoken, voice.sample_rate),
        strain=next((n for n, (timbre, _) in enumerate(_TIMBRES) if timbre and timbre in name), 0),
    )


def voice_distance(one: Audition, other: Audition) -> float:
    """How unlike two voices sound: 1 is four semitones of pitch, or the timbres of two people."""
    if one.name == other.name:
        return 0.0
    semitones = 12 * abs(log2(max(one.pitch_hz, 40) / max(other.pitch_hz, 40)))
    timbre = float(np.linalg.norm(np.array(one.timbre) - np.array(other.timbre)))
    return hypot(semitones / _SEMITONES_A_STEP, timbre / _CEPSTRUM_A_STEP)


def median_pitch_hz(samples: NDArray[np.float32], rate: int) -> float:
    """Median fundamental frequency of voiced frames, by normalised autocorrelation; 0 where nothing is voiced.

    Reference:
        Boersma 1993, "Accurate short-term analysis of the fundamental frequency" (window-corrected autocorrelation).
    """
    size, hop = round(0.04 * rate), round(0.02 * rate)
    window = get_window("hann", size)
    shape = np.fft.irfft(np.abs(np.fft.rfft(window, 4 * size)) ** 2)[:size]
    low, high = rate // 450, rate // 60
    loud = float(np.sqrt(np.mean(samples**2))) * 0.5
    found = []
    for start in range(0, len(samples) - size, hop):
        frame = samples[start : start + size].astype(np.float64)
        if np.sqrt(np.mean(frame**2)) < loud:
            continue
        frame = (frame - frame.mean()) * window
        course = np.fft.irfft(np.abs(np.fft.rfft(frame, 4 * size)) ** 2)[:size] / np.maximum(shape, 1e-9)
        course = course / max(course[0], 1e-12)
        # A slight favour for short periods keeps an octave below from winning.
        lags = np.arange(low, min(high, size * 3 // 4))
        place = int(np.argmax(course[lags] - 0.02 * np.log2(lags / low)))
        if course[lags[place]] > 0.5:
            found.append(rate / float(lags[place]))
    return float(np.median(found)) if found else 0.0


def _spectrum(samples: NDArray[np.float32], rate: int) -> tuple[float, tuple[float, ...]]:
    size = 1 << (round(0.032 * rate)).bit_length()
    hop, window = size // 2, get_window("hann", size)
    frames = np.lib.stride_tricks.sliding_window_view(samples.astype(np.float64), size)[::hop] * window
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    power = power[power.sum(axis=1) > 0.05 * power.sum(axis=1).mean()]
    frequencies = np.fft.rfftfreq(size, 1 / rate)
    centroid = float((power @ frequencies / power.sum(axis=1)).mean())
    mel = 2595 * np.log10(1 + frequencies / 700)
    edges = np.linspace(2595 * np.log10(1 + 80 / 700), 2595 * np.log10(1 + min(8000, rate / 2) / 700), _MELS + 2)
    bank = np.maximum(
        np.minimum(
            (mel - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None],
            (edges[2:, None] - mel) / (edges[2:] - edges[1:-1])[:, None],
        ),
        0,
    )
    cepstra = dct(np.log(power @ bank.T + 1e-9), axis=1, norm="ortho")[:, 1 : _CEPSTRA + 1]
    return centroid, tuple(float(value) for value in cepstra.mean(axis=0))


def hints_for(name: str, text: str) -> tuple[str, str, str]:
    """What name and words tell of a character: `woman`, `man` or nothing; `old`, `child` or nothing; and why."""
    words = set(re.findall(r"[A-Z]+", name))
    sex = "woman" if words & _WOMAN else "man" if words & _MAN else ""
    why = f"the name {name.title()}" if sex else ""
    about = " ".join(re.findall(rf"[^.!?]*\b{re.escape(name)}\b[^.!?]*", text))
    if not sex and about:
        her = len(re.findall(r"\b(?:she|her|hers)\b", about, re.IGNORECASE))
        him = len(re.findall(r"\b(?:he|his|him)\b", about, re.IGNORECASE))
        sex = "woman" if her > him else "man" if him > her else ""
        why = f"“{'she' if her > him else 'he'}” in the action" if sex else ""
    near = " ".join(re.findall(rf"(?:\w+[ ,]+)?\b{re.escape(name)}\b(?:,[^,.]{{0,24}})?", text))
    age = "old" if _OLD.search(near) else "child" if _CHILD.search(f"{name} {near}".lower()) else ""
    return sex, age, ", ".join(part for part in (why, f"{age}" if age else "") if part)
