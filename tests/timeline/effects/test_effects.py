"""Every synthesised sound sounds like what it is called, as far as a spectrum and a course over time can say."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import find_peaks

from rushlight.core.errors import InputError
from rushlight.timeline.effects import LIBRARY, make_sound, sounds_in

RATE = 48_000


def mono(name: str, seconds: float = 6.0, seed: int = 0) -> np.ndarray:
    return make_sound(name, seconds, seed).mean(axis=1).astype(np.float64)


def centroid_hz(sound: np.ndarray) -> float:
    power = np.abs(np.fft.rfft(sound)) ** 2
    return float(power @ np.fft.rfftfreq(len(sound), 1 / RATE) / power.sum())


def envelope(sound: np.ndarray, seconds: float = 0.01) -> np.ndarray:
    size = round(seconds * RATE)
    return np.sqrt(np.mean(sound[: len(sound) // size * size].reshape(-1, size) ** 2, axis=1))


def share(sound: np.ndarray, low_hz: float, high_hz: float) -> float:
    power = np.abs(np.fft.rfft(sound)) ** 2
    at = np.fft.rfftfreq(len(sound), 1 / RATE)
    return float(power[(at >= low_hz) & (at < high_hz)].sum() / power.sum())


@pytest.mark.parametrize("name", LIBRARY)
def test_every_sound_is_clean_and_the_same_each_time(name: str) -> None:
    sound = make_sound(name, 3.0, seed=4)
    assert sound.dtype == np.float32
    assert sound.shape[1] == 2
    assert np.isfinite(sound).all()
    assert 0.1 < np.abs(sound).max() < 1
    assert abs(sound.mean()) < 0.02
    np.testing.assert_array_equal(sound, make_sound(name, 3.0, seed=4))
    assert not np.array_equal(sound[: RATE // 2], make_sound(name, 3.0, seed=5)[: RATE // 2])


@pytest.mark.parametrize("name", [name for name, sound in LIBRARY.items() if sound.kind == "bed"])
def test_beds_last_as_long_as_asked(name: str) -> None:
    assert abs(len(make_sound(name, 7.5)) / RATE - 7.5) < 0.01


def test_low_things_sound_low_and_bright_things_bright() -> None:
    assert centroid_hz(mono("thunder")) < 300
    assert centroid_hz(mono("engine")) < 300
    assert centroid_hz(mono("door_close")) < 400
    assert centroid_hz(mono("horn")) < 500
    assert 100 < centroid_hz(mono("wind")) < 700
    assert centroid_hz(mono("rain")) > 2500
    assert centroid_hz(mono("glass_break")) > 4000
    assert 2500 < centroid_hz(mono("birds")) < 5500
    assert centroid_hz(mono("rain_on_window")) < 0.6 * centroid_hz(mono("rain"))


def test_crickets_chirp_between_four_and_five_kilohertz() -> None:
    assert share(mono("crickets"), 3900, 5400) > 0.8


def test_the_phone_rings_in_bursts_of_two_gongs() -> None:
    ring = mono("phone", 4.5)
    level = envelope(ring, 0.05)
    assert level[5:25].mean() > 5 * level[48:58].mean()
    assert share(ring, 1300, 1700) > 0.2


def test_the_clock_ticks_twice_a_second() -> None:
    peaks, _ = find_peaks(envelope(mono("clock", 8)), height=0.02, distance=20)
    assert np.median(np.diff(peaks)) == pytest.approx(50, abs=1)


def test_there_are_three_knocks() -> None:
    level = envelope(mono("knock"))
    peaks, _ = find_peaks(level, height=0.35 * level.max(), distance=12)
    assert len(peaks) == 3


@pytest.mark.parametrize(("name", "low", "high"), [("footsteps", 1.6, 2.1), ("running_steps", 2.8, 3.6)])
def test_steps_have_their_pace(name: str, low: float, high: float) -> None:
    level = envelope(mono(name, 6.0))
    peaks, _ = find_peaks(level, height=0.4 * level.max(), distance=18)
    assert low < 100 / np.median(np.diff(peaks)) < high


def test_thunder_and_shots_die_away() -> None:
    for name in ("thunder", "gunshot", "door_close", "glass_clink"):
        level = envelope(mono(name), 0.1)
        assert level[-3:].mean() < 0.12 * level[:8].max(), name


def test_the_sea_swells_every_few_seconds() -> None:
    level = envelope(mono("sea", 40), 0.5)
    course = np.abs(np.fft.rfft(level - level.mean()))
    at = np.fft.rfftfreq(len(level), 0.5)
    assert 0.1 < at[1 + int(np.argmax(course[1:]))] < 0.25


def test_a_passing_car_goes_from_left_to_right_and_falls_in_pitch() -> None:
    sound = make_sound("car_pass", 4.0)
    first, last = sound[: RATE * 3 // 2], sound[-RATE * 3 // 2 :]
    assert np.std(first[:, 0]) > 2 * np.std(first[:, 1])
    assert np.std(last[:, 1]) > 2 * np.std(last[:, 0])

    def pitch(part: np.ndarray) -> float:
        power = np.abs(np.fft.rfft(part.sum(axis=1)))
        at = np.fft.rfftfreq(len(part), 1 / RATE)
        power[(at < 40) | (at > 95)] = 0
        return float(at[np.argmax(power)])

    assert pitch(last) < 0.95 * pitch(first)


def test_a_siren_rises_and_falls() -> None:
    sound = mono("siren", 6)
    tones = [np.argmax(np.abs(np.fft.rfft(part * np.hanning(len(part))))[:400]) for part in np.array_split(sound, 24)]
    assert max(tones) > 1.5 * min(tones)


def test_words_ask_for_sounds_where_they_stand() -> None:
    found = sounds_in("A knock at the door. The door opens. Thunder rolls; the phone rings.")
    assert [name for _, name, _ in found] == ["knock", "door_open", "thunder", "phone"]
    assert "gunshot" not in {name for _, name, _ in sounds_in("A wide shot of the valley. One long shot.")}
    assert [name for _, name, _ in sounds_in("She runs, then walks.")] == ["running_steps"]


def test_an_unknown_sound_is_named() -> None:
    with pytest.raises(InputError, match="kazoo"):
        make_sound("kazoo", 1)
