"""Cuts leave in every form with timecode and come back the same."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest

from rushlight.artifacts import Cut
from rushlight.artifacts.source import Document
from rushlight.core.artifact import FileRef
from rushlight.core.errors import InputError
from rushlight.core.run import Run, running
from rushlight.create.render_film import render_film
from rushlight.edit.export_cut import export_cut
from rushlight.edit.import_cut import import_cut
from rushlight.media.ffmpeg import file_url, run_ffmpeg
from rushlight.timeline.cutfile import make_cut, read_cut, read_timeline, write_timeline
from rushlight.timeline.edl import parse_edl_timecode
from rushlight.timeline.interchange.sequence import Clip, Join, Line, Marker, Sequence, sequence_of, timeline_of

_RATE = Fraction(30000, 1001)
_FORMS = ["otio", "edl", "fcpxml", "premiere", "kdenlive", "mlt", "csv"]


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds at 29.97 whose timecode begins at 01:02:03;04."""
    path = tmp_path_factory.mktemp("footage") / "A001 take.mov"
    run_ffmpeg([
        "-f", "lavfi", "-i", "testsrc=size=64x48:rate=30000/1001:duration=3", "-f", "lavfi", "-i", "sine=d=3",
        "-timecode", "01:02:03;04", "-c:v", "libx264", "-c:a", "aac", "-y", file_url(path),
    ])  # fmt: skip
    return path


def _cut(footage: Path, folder: Path) -> Cut:
    clip = Clip("A001 take", 20, 5, str(footage))
    line = Line("Video", "Video", [clip, Clip("A001 take", 30, 40, str(footage))], {1: Join(2, 3)})
    sound = Line("Audio", "Audio", [Clip("A001 take", 50, 5, str(footage))])
    made = Sequence("My cut", _RATE, 64, 48, lines=[line, sound], markers=[Marker(0, "Start"), Marker(25, "Here")])
    path = folder / "cut.otio"
    timeline = timeline_of(made)
    write_timeline(timeline, path)
    return make_cut(timeline, path, width_px=64, height_px=48, rate=_RATE)


@pytest.mark.parametrize("form", _FORMS)
def test_out_and_back(form: str, footage: Path, tmp_path: Path) -> None:
    cut = _cut(footage, tmp_path)
    with running(Run(scratch=tmp_path / "out")):
        back = import_cut(export_cut(cut, format=form))
    before, after = sequence_of(read_timeline(cut.file.path)), sequence_of(read_timeline(back.file.path))
    for one, other in zip(before.lines, after.lines, strict=True):
        assert [(clip.start, clip.count, clip.path) for clip in one.clips] == [
            (clip.start, clip.count, clip.path) for clip in other.clips
        ]
        assert one.joins == other.joins
    assert [marker.at for marker in after.markers] == [0, 25]
    assert back.rate == _RATE
    assert back.media[0].path == footage


def test_lists_bear_the_medias_timecode(footage: Path, tmp_path: Path) -> None:
    with running(Run(scratch=tmp_path / "out")):
        text = export_cut(_cut(footage, tmp_path), format="edl").file.path.read_text()
    assert "FCM: DROP FRAME" in text
    assert "01:02:03;09 01:02:03;27 01:00:00;00 01:00:00;18" in text
    assert "A001TAKE" in text


def test_an_exported_timeline_is_read_as_a_cut_and_rendered_alike(footage: Path, tmp_path: Path) -> None:
    cut = _cut(footage, tmp_path)
    with running(Run(scratch=tmp_path / "out")):
        exported = export_cut(cut, format="otio").file.path
    raw = otio.adapters.read_from_file(str(exported)).find_clips()[0]
    assert raw.source_range.start_time.value == parse_edl_timecode("01:02:03;04", _RATE) + 5
    back = read_cut(exported)
    before, after = sequence_of(read_timeline(cut.file.path)), sequence_of(read_timeline(back.file.path))
    for one, other in zip(before.lines, after.lines, strict=True):
        assert [(clip.start, clip.count) for clip in one.clips] == [(clip.start, clip.count) for clip in other.clips]
    with running(Run(scratch=tmp_path / "films")):
        films = [render_film(one).file.path for one in (cut, back)]
    assert films[0].read_bytes() == films[1].read_bytes()


def test_missing_media_is_found_by_name_or_named(footage: Path, tmp_path: Path) -> None:
    with running(Run(scratch=tmp_path / "out")):
        made = export_cut(_cut(footage, tmp_path), format="premiere")
        moved = tmp_path / "elsewhere.xml"
        moved.write_text(made.file.path.read_text().replace(footage.parent.name, "gone"))
        given = Document(file=FileRef.of(moved))
        with pytest.raises(InputError, match=r"A001 take\.mov"):
            import_cut(given)
        assert import_cut(given, media_folder=str(footage.parent)).media[0].path == footage


def test_what_is_lost_is_noted(footage: Path, tmp_path: Path) -> None:
    run = Run(scratch=tmp_path / "out")
    with running(run):
        export_cut(_cut(footage, tmp_path), format="youtube")
    assert any("chapters hold only markers" in note for note in run.weak)


def test_network_media_is_refused(footage: Path, tmp_path: Path) -> None:
    with running(Run(scratch=tmp_path / "out")):
        text = export_cut(_cut(footage, tmp_path), format="fcpxml").file.path.read_text()
        hostile = tmp_path / "hostile.fcpxml"
        hostile.write_text(text.replace("file:///", "http://example.org/"))
        with pytest.raises(InputError, match="http"):
            import_cut(Document(file=FileRef.of(hostile)))
