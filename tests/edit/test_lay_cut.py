"""A cut as a timeline: the right pictures, the right sound, no clicks, no drift."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from rushlight.artifacts import EditList, EditSpan, Media
from rushlight.core.errors import InputError
from rushlight.core.project import create_project
from rushlight.create.render_film import render_film
from rushlight.edit.assembling import music as music_room
from rushlight.edit.caption_cut import caption_cut
from rushlight.edit.lay_cut import lay_cut
from rushlight.media.decode import VideoReader
from rushlight.media.encode import write_wav
from rushlight.media.probe import probe
from rushlight.media.sound import read_sound
from rushlight.timeline.cutfile import read_timeline
from tests.edit.recordings import RATE, recording, transcript, word_times


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Media:
    return recording(tmp_path_factory.mktemp("lay"))


def edits(media: Media, *spans: tuple[str, str]) -> EditList:
    said = transcript(media).words
    return EditList(
        spans=tuple(
            EditSpan(
                start=Fraction(start), end=Fraction(end),
                words=tuple(word for word in said if Fraction(start) <= word.start < Fraction(end)),
            )
            for start, end in spans
        ),
        sources=(media.file.sha256,),
    )  # fmt: skip


def greys(path: Path, count: int) -> list[float]:
    with VideoReader(path) as reader:
        return [float(np.mean(reader.frame_at((n + Fraction(1, 2)) / RATE)[: reader.height])) for n in range(count)]  # type: ignore[attr-defined]


def film_of(media: Media, cut_list: EditList, folder: Path, **how: object) -> Media:
    project = create_project(folder / "p")
    cut = project.run(lay_cut, cut_list, (media,), **how)
    return project.run(render_film, cut)


def test_the_sound_of_every_word_is_where_it_should_be(media: Media, tmp_path: Path) -> None:
    cut_list = edits(media, ("0", "1"), ("2", "3"), ("4", "6"))
    film = film_of(media, cut_list, tmp_path)
    assert film.duration == pytest.approx(4, abs=0.03)
    heard = read_sound(film.file.path, sample_rate=48_000, channels=1)[:, 0]
    for number, (start, end) in enumerate(word_times(12)):
        at = cut_list.film_time(0, start)
        if at is None:
            continue
        middle = heard[round((at + Fraction(5, 100)) * 48_000) : round((at + end - start - Fraction(5, 100)) * 48_000)]
        spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
        pitch = spectrum.argmax() * 48_000 / len(middle)
        assert pitch == pytest.approx(200 + 60 * number, abs=6)


def test_no_join_clicks(media: Media, tmp_path: Path) -> None:
    """At joins no step between samples is above what the recording itself has there (99.9th percentile nearby)."""
    cut_list = edits(media, ("0.48", "0.96"), ("1.48", "2.04"), ("3.04", "3.52"), ("4.52", "5.48"))
    film = film_of(media, cut_list, tmp_path)
    heard = read_sound(film.file.path, sample_rate=48_000, channels=1)[:, 0]
    steps = np.abs(np.diff(heard))
    at = Fraction(0)
    for span in cut_list.spans[:-1]:
        at += span.duration
        place = round(at * 48_000)
        near = np.concatenate([steps[place - 24_000 : place - 2400], steps[place + 2400 : place + 24_000]])
        assert steps[place - 600 : place + 600].max() <= np.percentile(near, 99.9)


def test_pictures_follow_and_may_change_later_than_the_sound(media: Media, tmp_path: Path) -> None:
    cut_list = edits(media, ("0", "1"), ("3", "5"))
    timeline = {}
    for name, how in {
        "straight": {},
        "j": {"picture_lag_seconds": "0.2"},
        "l": {"picture_lead_seconds": "0.2"},
    }.items():
        project = create_project(tmp_path / name)
        cut = project.run(lay_cut, cut_list, (media,), **how)
        track = read_timeline(cut.file.path).video_tracks()[0]
        timeline[name] = [
            (round(clip.source_range.start_time.to_seconds() * 25, 6), clip.source_range.duration.value)
            for clip in track
        ]
        assert cut.duration == 3
    assert timeline["straight"] == [(0, 25), (75, 50)]
    assert timeline["j"] == [(0, 30), (80, 45)]
    assert timeline["l"] == [(0, 20), (70, 55)]


def test_500_cuts_do_not_drift(tmp_path: Path) -> None:
    """Exact times in, exact times out: the sum of rounded edges stays within half a frame of the exact sum."""
    media = recording(tmp_path, 12)
    spans = [
        (str(Fraction(n % 11, 2) + Fraction(n, 7919)), str(Fraction(n % 11, 2) + Fraction(n, 7919) + Fraction(37, 311)))
        for n in range(500)
    ]
    cut_list = edits(media, *spans)
    project = create_project(tmp_path / "p")
    cut = project.run(lay_cut, cut_list, (media,))
    track = read_timeline(cut.file.path).video_tracks()[0]
    exact, laid = Fraction(0), 0
    for span, clip in zip(cut_list.spans, track, strict=True):
        assert abs(Fraction(laid) - exact * RATE) <= Fraction(1, 2)
        exact, laid = exact + span.duration, laid + round(clip.source_range.duration.value)
    assert abs(Fraction(laid) - exact * RATE) <= Fraction(1, 2)


def test_captions_follow(media: Media, tmp_path: Path) -> None:
    cut_list = edits(media, ("4", "5"), ("0", "1"))
    captions = caption_cut(cut_list, rate=RATE)
    text = " ".join(line for cue in captions.cues for line in cue.lines)
    assert text.split() == "nine ten one two".split()
    assert captions.cues[0].start == Fraction(1, 10)
    film = film_of(media, cut_list, tmp_path)
    assert captions.cues[-1].end <= film.duration + Fraction(1, 25)
    with pytest.raises(InputError, match="no words"):
        caption_cut(EditList(spans=(EditSpan(start=0, end=1),), sources=("a",)))


def test_a_louder_room_fades_out_under_the_next(tmp_path: Path) -> None:
    quiet, loud = recording(tmp_path, 6, "quiet", -70), recording(tmp_path, 6, "loud", -45, seed=3)
    cut_list = EditList(
        spans=(EditSpan(source=1, start=0, end=1), EditSpan(source=0, start=0, end=1)),
        sources=(quiet.file.sha256, loud.file.sha256),
    )
    project = create_project(tmp_path / "p")
    cut = project.run(lay_cut, cut_list, (quiet, loud))
    names = [track.name for track in read_timeline(cut.file.path).audio_tracks()]
    assert "Room tone" in names
    film = project.run(render_film, cut)
    heard = read_sound(film.file.path, sample_rate=48_000, channels=1)[:, 0]

    def level(start: float, end: float) -> float:
        part = heard[round(start * 48_000) : round(end * 48_000)]
        return float(10 * np.log10((part**2).mean()))

    # Not at once: the room of the first is still heard after the join, and gone a little later.
    assert level(1.0, 1.08) > -58
    assert level(1.9, 2.0) < -60


def test_wrong_lists(media: Media) -> None:
    with pytest.raises(InputError, match="not given"):
        lay_cut(edits(media, ("0", "1")), ())
    with pytest.raises(InputError, match="keeps nothing"):
        lay_cut(EditList(spans=(), sources=()), (media,))


def tone(path: Path, seconds: float) -> Media:
    times = np.arange(round(seconds * 48_000)) / 48_000
    write_wav(path, (0.2 * np.sin(2 * np.pi * 3000 * times))[:, None].astype(np.float32), 48_000)
    return probe(path)


def tone_db(film: Media, start: float, end: float) -> float:
    """Level of the music's tone alone."""
    heard = read_sound(film.file.path, sample_rate=48_000, channels=1)[round(start * 48_000) : round(end * 48_000), 0]
    turned = heard * np.exp(-2j * np.pi * 3000 * np.arange(len(heard)) / 48_000)
    return float(20 * np.log10(2 * np.abs(turned.mean()) + 1e-9))


def test_music_follows_the_films_loudness_and_fades_at_its_end(
    media: Media, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(music_room, "speech_odds", lambda heard: np.full(len(heard) // 160 + 1, -4.0, np.float32))
    music = tone(tmp_path / "music.wav", 20)
    project = create_project(tmp_path / "p")
    levels = []
    for balance in (0.0, -4.0):
        cut = project.run(lay_cut, edits(media, ("0", "6")), (media,), None, music, music_db=balance)
        film = project.run(render_film, cut)
        assert film.duration == pytest.approx(6, abs=0.03)
        levels.append(tone_db(film, 1, 4))
        assert tone_db(film, 5.9, 6.0) < levels[-1] - 12
    assert levels[0] - levels[1] == pytest.approx(4, abs=0.5)
    names = [track.name for track in read_timeline(cut.file.path).audio_tracks()]
    assert names[-1] == "Music"


@pytest.mark.parametrize("until", [310, 400])
def test_music_makes_way_for_a_voice(media: Media, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, until: int) -> None:
    def odds(heard: np.ndarray) -> np.ndarray:
        found = np.full(len(heard) // 160 + 1, -4.0, np.float32)
        found[250:until] = 4.0
        return found

    # What is a voice is the detector's affair; bursts are none.
    monkeypatch.setattr(music_room, "speech_odds", odds)
    project = create_project(tmp_path / "p")
    cut = project.run(lay_cut, edits(media, ("0", "6")), (media,), None, tone(tmp_path / "music.wav", 20))
    film = project.run(render_film, cut)
    open_db, under_db = tone_db(film, 0.5, 1.8), tone_db(film, 2.6, until / 100 - 0.05)
    assert open_db - 20 < under_db < open_db - 8
    assert tone_db(film, 4.9, 5.1) > under_db + 8


def test_a_title_stands_at_the_end(media: Media, tmp_path: Path) -> None:
    wide = {"width_px": 320, "height_px": 180}
    film = film_of(media, edits(media, ("0", "2")), tmp_path, end_title="The end of it", **wide)
    assert film.duration == pytest.approx(4, abs=0.03)
    with VideoReader(film.file.path, width_px=320, height_px=180, rate=RATE) as reader:
        still = reader.frame_at(Fraction(7, 2))[:180]
        assert float(np.asarray(still, float).std()) > 8  # letters
        assert float(np.asarray(reader.frame_at(Fraction(1))[:180], float).std()) < 3


def test_music_without_sound_is_refused(media: Media, tmp_path: Path) -> None:
    silent = media.model_copy(update={"sound": None})
    with pytest.raises(InputError, match="no sound in this music"):
        create_project(tmp_path / "p").run(lay_cut, edits(media, ("0", "2")), (media,), None, silent)
