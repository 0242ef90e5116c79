from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rushlight.core.errors import InputError
from rushlight.timeline.build import build_timeline
from rushlight.timeline.cutfile import (
    MediaFinder,
    exact_rate,
    extra,
    linked_text,
    rational,
    read_cut,
    read_timeline,
    seconds_of,
    write_timeline,
)

from .media import FILM, RATE, board, graphic_panel, media_item, still, timeline_of

RATES = [Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(60000, 1001), Fraction(12)]


@given(st.integers(0, 10**6), st.sampled_from(RATES))
def test_times_survive_otio_exactly(frames: int, rate: Fraction) -> None:
    assert seconds_of(rational(frames / rate, rate)) == frames / rate
    assert exact_rate(float(rate)) == rate


def test_what_others_wrote_into_a_cut_stays(tmp_path: Path) -> None:
    timeline = build_timeline("F", board(graphic_panel(0, 1)), None, None, FILM)
    timeline.metadata["resolve"] = {"colour": ["a", {"deep": 1.5}]}
    clip = next(iter(timeline.find_clips()))
    clip.metadata["premiere"] = {"label": "Iris"}
    clip.metadata["rushlight"]["unknown_to_us"] = 7
    clip.markers.append(otio.schema.Marker("look here"))
    write_timeline(timeline, tmp_path / "a.otio")
    again = read_timeline(tmp_path / "a.otio")
    assert again.is_equivalent_to(timeline)
    write_timeline(again, tmp_path / "b.otio")
    assert (tmp_path / "a.otio").read_bytes() == (tmp_path / "b.otio").read_bytes()


def test_a_cut_of_a_newer_version_is_refused() -> None:
    timeline = timeline_of()
    timeline.metadata["rushlight"] = {"version": 99}
    with pytest.raises(InputError, match="newer"):
        extra(timeline)


@pytest.mark.parametrize("text", ["", "{", "{}", "[1, 2]", "\x00\x01", '{"OTIO_SCHEMA": "Clip.2"}'])
def test_what_is_no_timeline_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.otio"
    path.write_text(text)
    with pytest.raises(InputError):
        read_timeline(path)


@pytest.mark.parametrize("url", ["http://example.org/a.png", "https://e.org/a.mp4", "ftp://e.org/a", "data:image/png,"])
def test_only_local_media_is_played(tmp_path: Path, url: str) -> None:
    clip = otio.schema.Clip("c", otio.schema.ExternalReference(url))
    with pytest.raises(InputError, match=r"plays \w+: media"):
        MediaFinder(tmp_path)(clip)


def test_missing_media_is_named(tmp_path: Path) -> None:
    clip = otio.schema.Clip("c", otio.schema.ExternalReference("gone.png"))
    with pytest.raises(InputError, match="not there") as caught:
        MediaFinder(tmp_path)(clip)
    assert "gone.png" in str(caught.value)
    with pytest.raises(InputError, match="no media"):
        MediaFinder(tmp_path)(otio.schema.Clip("c", otio.schema.MissingReference()))


def test_moved_media_is_found_by_its_hash(tmp_path: Path) -> None:
    file = still(tmp_path / "somewhere.png")
    clip = otio.schema.Clip("c", otio.schema.ExternalReference("elsewhere/old%20name.png"))
    clip.metadata["rushlight"] = {"version": 1, "sha256": file.sha256}
    assert MediaFinder(tmp_path / "cuts", [file])(clip) == file


def test_linked_text_points_from_its_folder(tmp_path: Path) -> None:
    file = still(tmp_path / "a picture.png")
    timeline = timeline_of(media_item(file, 12))
    (tmp_path / "cuts").mkdir()
    path = tmp_path / "cuts" / "cut.otio"
    path.write_text(linked_text(timeline, path.parent, MediaFinder(tmp_path)))
    assert next(iter(read_timeline(path).find_clips())).media_reference.target_url == "../a%20picture.png"
    cut = read_cut(path)
    assert [media.sha256 for media in cut.media] == [file.sha256]
    assert cut.rate == RATE
    assert cut.duration == 1
