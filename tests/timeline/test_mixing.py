from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import butter, sosfilt

from rushlight.core.errors import InputError
from rushlight.media.loudness import integrated_loudness_lufs, true_peak_dbtp
from rushlight.timeline.mixing import (
    GainKey,
    LoudnessMeter,
    Span,
    clear_speech,
    crossfade,
    duck_under,
    fade,
    gain_curve,
    keys_from_data,
    keys_to_data,
    limiter_gain,
    merge_spans,
)

RATE = 48000
ALL = Span(Fraction(0), Fraction(10))


def decibels(gain: np.ndarray) -> np.ndarray:
    return 20 * np.log10(np.maximum(gain, 1e-9))


def test_gain_follows_its_keyframes_without_corners() -> None:
    curve = gain_curve(
        (GainKey(Fraction(1), 0.0), GainKey(Fraction(2), -12.0), GainKey(Fraction(3), -12.0)), 4 * RATE, RATE
    )
    assert curve.dtype == np.float32
    level = decibels(curve)
    assert level[: RATE + 1] == pytest.approx(0, abs=1e-4)
    assert level[RATE * 3 // 2] == pytest.approx(-6, abs=0.01)
    assert level[2 * RATE :] == pytest.approx(-12, abs=1e-3)
    slope = np.diff(level[::48])
    assert np.abs(np.diff(slope)).max() < 0.002, "a corner in the curve"


def test_no_keyframes_change_nothing_and_the_floor_is_silence() -> None:
    assert (gain_curve((), 100, RATE) == 1).all()
    assert (gain_curve((GainKey(Fraction(0), -120.0),), 100, RATE) == 0).all()
    outside = gain_curve((GainKey(Fraction(5), -6.0), GainKey(Fraction(6), 0.0)), RATE, RATE)
    assert decibels(outside) == pytest.approx(-6, abs=1e-3)


@given(
    st.lists(
        st.tuples(st.fractions(0, 10_000, max_denominator=90_000), st.floats(-120, 40)),
        max_size=12,
        unique_by=lambda k: k[0],
    )
)
def test_keyframes_survive_a_timeline_file(pairs: list[tuple[Fraction, float]]) -> None:
    keys = tuple(GainKey(seconds, gain) for seconds, gain in sorted(pairs))
    assert keys_from_data(keys_to_data(keys)) == keys


@pytest.mark.parametrize("data", [5, [["x", 1]], [[1]], [["1/0", 2]], [["1", "nan"]]])
def test_broken_keyframes_are_refused(data: object) -> None:
    with pytest.raises(InputError):
        keys_from_data(data)


@given(st.lists(st.tuples(st.integers(0, 600), st.integers(-5, 60)), max_size=20), st.integers(0, 30))
def test_merged_spans_are_apart_and_cover_the_same(raw: list[tuple[int, int]], hold: int) -> None:
    spans = [Span(Fraction(start, 10), Fraction(start + length, 10)) for start, length in raw]
    merged = merge_spans(spans, Fraction(hold, 10))
    for one, other in zip(merged, merged[1:], strict=False):
        assert other.start > one.end or hold == 0
        assert other.start - one.end >= Fraction(hold, 10)
    for span in spans:
        if span.end > span.start:
            assert any(whole.start <= span.start and span.end <= whole.end for whole in merged)
    assert sum(w.end - w.start for w in merged) >= max((s.end - s.start for s in spans), default=0)


def test_ducking_is_down_in_time_holds_short_gaps_and_opens_in_long_ones() -> None:
    spans = [
        (Span(Fraction(2), Fraction(4)), -10.0),
        (Span(Fraction(5), Fraction(6)), -14.0),
        (Span(Fraction(9), Fraction(10)), -8.0),
    ]
    keys = duck_under(spans)
    level = decibels(gain_curve(keys, 13 * RATE, RATE))
    assert list(keys) == sorted(keys, key=lambda key: key.seconds)
    for span, gain in spans:
        assert level[int(span.start * RATE) : int(span.end * RATE)] == pytest.approx(gain, abs=1e-3)
    assert level[: int(1.7 * RATE)] == pytest.approx(0, abs=1e-3)
    assert level[4 * RATE : 5 * RATE].max() <= -9.99, "it pumps in a short gap"
    assert level[int(7.0 * RATE) : int(8.5 * RATE)].max() == pytest.approx(0, abs=1e-3)
    assert level[11 * RATE :] == pytest.approx(0, abs=1e-3)
    assert np.abs(np.diff(level)).max() * RATE < 120, "decibels a second"


def test_speech_from_the_first_frame_starts_ducked() -> None:
    level = decibels(gain_curve(duck_under([(Span(Fraction(0), Fraction(2)), -10.0)]), 4 * RATE, RATE))
    assert level[: 2 * RATE] == pytest.approx(-10, abs=1e-3)


@pytest.mark.parametrize("shape", ["cosine", "linear", "equal_power"])
def test_fades_reach_silence_at_both_ends(shape: str) -> None:
    gain = fade(RATE, RATE, in_seconds=0.2, out_seconds=0.3, shape=shape)  # type: ignore[arg-type]
    assert gain[0] == 0
    assert gain[-1] == 0
    assert (gain[int(0.2 * RATE) : int(0.7 * RATE)] == 1).all()
    assert (np.diff(gain[: int(0.2 * RATE)]) >= 0).all()


def test_a_crossfade_of_unlike_sounds_keeps_its_power() -> None:
    rng = np.random.default_rng(0)
    one, other = (0.1 * rng.standard_normal((3 * RATE, 2)).astype(np.float32) for _ in range(2))
    joined = crossfade(one, other, 1.0, RATE)
    assert joined.shape == (5 * RATE, 2)
    power = (joined**2).reshape(-1, RATE // 10, 2).mean(axis=(1, 2))
    assert 10 * np.log10(power.max() / power.min()) < 0.6
    with pytest.raises(InputError):
        crossfade(one, other[:, :1], 1.0, RATE)


def test_the_meter_agrees_with_integrated_loudness_on_steady_sound() -> None:
    noise = (0.1 * np.random.default_rng(0).standard_normal((10 * RATE, 2))).astype(np.float32)
    meter = LoudnessMeter(noise, RATE)
    assert meter.lufs([ALL]) == pytest.approx(integrated_loudness_lufs(noise, RATE), abs=0.1)
    noise[: 5 * RATE] *= 0.1
    meter = LoudnessMeter(noise, RATE)
    quiet, loud = meter.lufs([Span(Fraction(0), Fraction(5))]), meter.lufs([Span(Fraction(5), Fraction(10))])
    assert loud - quiet == pytest.approx(20, abs=0.1)
    assert meter.loudest_lufs(Span(Fraction(0), Fraction(10)), 1.0) == pytest.approx(loud, abs=0.2)
    assert meter.lufs([]) == float("-inf")
    assert LoudnessMeter(np.zeros((RATE, 1), dtype=np.float32), RATE).lufs([Span(Fraction(0), Fraction(1))]) == float(
        "-inf"
    )


@pytest.mark.parametrize("ceiling", [-1.0, -6.0])
def test_the_limiter_holds_true_peaks_and_leaves_the_rest_alone(ceiling: float) -> None:
    time = np.arange(4 * RATE) / RATE
    wave = np.sin(2 * np.pi * 11_900 * time + 0.6) * np.where((time > 1) & (time < 1.2), 1.9, 0.2)
    sound = np.stack([wave, 0.3 * wave], axis=1).astype(np.float32)
    gain = limiter_gain(sound, RATE, ceiling_dbtp=ceiling)
    assert true_peak_dbtp(sound * gain[:, None], RATE) <= ceiling
    assert true_peak_dbtp(sound * gain[:, None], RATE) > ceiling - 1
    assert gain[: int(0.95 * RATE)] == pytest.approx(1)
    assert gain[int(1.25 * RATE) :] == pytest.approx(1)
    assert np.abs(np.diff(gain)).max() < 0.02


def test_cleaned_speech_loses_rumble_and_sibilance_but_not_its_middle() -> None:
    time = np.arange(6 * RATE) / RATE
    band = butter(4, (5500, 8500), btype="band", fs=RATE, output="sos")
    hiss = sosfilt(band, np.random.default_rng(0).standard_normal(len(time)))
    hissing = time > 3  # first a voice with a breath of hiss, then a hard s
    sound = 0.2 * np.sin(2 * np.pi * 800 * time) * ~hissing + 0.2 * np.sin(2 * np.pi * 25 * time)
    sound += np.where(hissing, 0.3, 0.02) * hiss
    cleaned = clear_speech(sound[:, None].astype(np.float32), RATE)[:, 0]

    def change_db(low: float, high: float, start: float) -> float:
        part = slice(int(start * RATE), int((start + 1.5) * RATE))
        window = np.hanning(int(1.5 * RATE))
        bins = np.fft.rfftfreq(len(window), 1 / RATE)
        inside = (bins > low) & (bins < high)
        old, new = (np.abs(np.fft.rfft(x[part] * window))[inside] ** 2 for x in (sound, cleaned))
        return float(10 * np.log10(new.sum() / old.sum()))

    assert change_db(20, 30, 1) < -15
    assert change_db(790, 810, 1) == pytest.approx(0, abs=1)
    assert change_db(6000, 8000, 1) == pytest.approx(0, abs=1), "a breath is no harshness"
    assert -6 < change_db(6000, 8000, 4) < -2.5
