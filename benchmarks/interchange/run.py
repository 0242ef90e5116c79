"""Cuts as other editors' files: whether they come back the same, here and through the public OTIO adapters.

Run `python benchmarks/interchange/run.py`; it prints and writes `RESULTS.md` beside itself. The public adapters are
measured where they are installed: `pip install otio-cmx3600-adapter otio-fcp-adapter otio-fcpx-xml-adapter`.

For each format and each of eight rates, 25 random cuts (seed 9): one to twelve clips of four recordings with timecode
and reels, gaps, dissolves that need not lie in the middle of a cut, a second picture track and sound with levels and
fades where the format has them, markers. *Exact* means that every clip's file, first frame, length and place, every
dissolve and every marker is the same after writing and reading. Columns: *Rushlight*, written and read here; *read by
public*, written here and read by the public adapter: clips of the first picture track have the same length and order
on some track, and source times that are right (in timecode or from zero, as the adapter means them); the same cuts
*without dissolves* (the adapters put every dissolve in the middle of its cut); *public alone*, these written and
read by the public adapter.

Below, fixtures files (OTIO and FCPXML samples of the OTIO projects), read and written in every format and back; the
length of media that the sample does not state is left aside.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio

from rushlight.core.errors import RushlightError
from rushlight.timeline.cutfile import read_timeline
from rushlight.timeline.interchange import read_sequence, write_sequence
from rushlight.timeline.interchange.sequence import Clip, Join, Line, Marker, Sequence, sequence_of, timeline_of

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = Path(os.environ.get("RUSHLIGHT_FIXTURES", ROOT.parent / "shared" / "fixtures")) / "interchange"
RATES = {
    "23.976": (Fraction(24000, 1001), False), "24": (Fraction(24), False), "25": (Fraction(25), False),
    "29.97": (Fraction(30000, 1001), False), "29.97 DF": (Fraction(30000, 1001), True), "30": (Fraction(30), False),
    "50": (Fraction(50), False), "59.94 DF": (Fraction(60000, 1001), True),
}  # fmt: skip
FORMATS = {
    "edl": ".edl",
    "fcpxml": ".fcpxml",
    "premiere": ".xml",
    "kdenlive": ".kdenlive",
    "csv": ".csv",
    "otio": ".otio",
}
PUBLIC = {"edl": "cmx_3600", "fcpxml": "fcpx_xml", "premiere": "fcp_xml", "otio": "otio_json"}
TRIALS = 25
sys.path.insert(0, str(ROOT / "benchmarks"))


def random_cut(chance: random.Random, rate: Fraction, drop: bool) -> Sequence:
    """A cut that every format can hold."""

    def clip(number: int) -> Clip:
        reel = chance.randrange(4)
        return Clip(f"take {number}", chance.randint(20, 3000), chance.randint(10, 20_000), f"file:///m/r{reel}.mov",
                    100_000, (0, 86_399, 107_892, 215_784)[reel], f"R{reel:03d}")  # fmt: skip

    clips: list[Clip] = []
    joins: dict[int, Join] = {}
    for number in range(chance.randint(1, 12)):
        if clips and chance.random() < 0.2:
            clips.append(Clip("", chance.randint(1, 200)))
        elif clips and chance.random() < 0.4:
            joins[len(clips)] = Join(chance.randint(1, 9), chance.randint(1, 9))
        clips.append(clip(number))
    sound = [replace(clip(90 + number), gain_db=-3.5, fade_in=2) for number in range(3)]
    over = Line("Video", "Video", [Clip("", 15), replace(clip(80), count=10)])
    total = sum(one.count for one in clips)
    marks = [Marker(chance.randrange(total), f"mark {number}") for number in range(3)]
    lines = [Line("Video", "Video", clips, joins), over, Line("Audio", "Audio", sound)]
    return Sequence("Cut", rate, drop=drop, lines=lines, markers=sorted(marks, key=lambda mark: mark.at))


def promised(cut: Sequence, name: str) -> Sequence:
    """The part of a cut that a format has a place for."""
    lines = list(cut.lines)
    if name == "edl":
        lines = [lines[0], *cut.of("Audio")]
    if name == "premiere":
        lines = [replace(line, clips=[replace(one, fade_in=0, fade_out=0) for one in line.clips]) for line in lines]
    return replace(cut, lines=lines)


def seen(cut: Sequence) -> tuple[object, ...]:
    """What must be the same."""
    lines = [
        (line.kind, tuple(line.clips), tuple(sorted(line.joins.items(), key=lambda item: item[0])))
        for line in cut.lines
    ]
    return cut.rate, tuple(lines), tuple(sorted(cut.markers, key=lambda mark: (mark.at, mark.name)))


def own(cut: Sequence, name: str) -> bool:
    """Written and read here."""
    if name == "otio":
        text = otio.adapters.write_to_string(timeline_of(cut), "otio_json")
        return seen(sequence_of(otio.adapters.read_from_string(text, "otio_json"))) == seen(cut)
    return seen(read_sequence(write_sequence(cut, name).encode(), FORMATS[name], cut.rate)) == seen(promised(cut, name))


def _adapter_arguments(name: str, rate: Fraction) -> dict[str, object]:
    return {"rate": float(rate)} if name == "edl" else {}


def _tracks(found: object) -> list[list[tuple[int, int]]]:
    """Source start and length in frames of each clip on each track."""
    timeline = found
    if isinstance(found, otio.schema.SerializableCollection):
        timeline = next(iter(found.find_children(descended_from_type=otio.schema.Timeline)))
    assert isinstance(timeline, otio.schema.Timeline)
    return [
        [
            (round(one.trimmed_range().start_time.value), round(one.trimmed_range().duration.value))
            for one in track
            if isinstance(one, otio.schema.Clip)
        ]
        for track in timeline.tracks
        if isinstance(track, otio.schema.Track)
    ]


def _wanted(cut: Sequence) -> list[list[tuple[int, int]]]:
    clips = [one for one in cut.lines[0].clips if not one.is_gap]
    return [
        [(one.start, one.count) for one in clips],
        [(one.start + one.timecode, one.count) for one in clips],
    ]  # fmt: skip


def read_by_public(cut: Sequence, name: str) -> bool:
    """Written here, read by the public adapter."""
    text = otio.adapters.write_to_string(timeline_of(cut), "otio_json") if name == "otio" else write_sequence(cut, name)
    found = otio.adapters.read_from_string(text, PUBLIC[name], **_adapter_arguments(name, cut.rate))
    return any(track in _wanted(cut) for track in _tracks(found))


def public_alone(cut: Sequence, name: str) -> bool:
    """Written and read by the public adapter."""
    simple = replace(cut, lines=[replace(cut.lines[0])], markers=[])
    timeline = timeline_of(simple)
    text = otio.adapters.write_to_string(timeline, PUBLIC[name], **_adapter_arguments(name, cut.rate))
    found = otio.adapters.read_from_string(text, PUBLIC[name], **_adapter_arguments(name, cut.rate))
    return any(track in _wanted(simple) for track in _tracks(found))


def tried(check: Callable[[Sequence, str], bool], cuts: list[Sequence], name: str) -> str:
    """How many of the cuts held, and how many crashed."""
    held = crashed = 0
    for cut in cuts:
        try:
            held += check(replace(cut, lost=[]), name)
        except Exception:
            crashed += 1
    return f"{held}/{len(cuts)}" + (f", {crashed} crashed" if crashed else "")


def _measured(cut: Sequence) -> Sequence:
    """The same with a length for all media."""
    reach: dict[str, int] = {}
    for line in cut.lines:
        for one in line.clips:
            reach[one.path] = max(reach.get(one.path, 0), one.media_count, one.start + one.count)
    lines = [
        replace(
            line, clips=[one if one.is_gap else replace(one, media_count=reach[one.path]) for one in line.clips]
        )
        for line in cut.lines
    ]  # fmt: skip
    return replace(cut, lines=lines)


def fixtures() -> list[list[str]]:
    """Rows of the sample files."""
    rows = []
    for path in [*sorted(FIXTURES.glob("otio/*.otio")), *sorted(FIXTURES.glob("fcpx/*.fcpxml"))]:
        try:
            if path.suffix == ".otio":
                cut = sequence_of(read_timeline(path))
            else:
                cut = read_sequence(path.read_bytes(), path.suffix)
        except RushlightError as error:
            rows.append([path.name, "-", f"refused: {error.message} {error.hint}", *["-"] * len(FORMATS)])
            continue
        lost = list(cut.lost)
        shown = f"{sum(not clip.is_gap for line in cut.lines for clip in line.clips)} clips on {len(cut.lines)} tracks"
        ways = []
        for name in FORMATS:
            try:
                ways.append("exact" if own(_measured(replace(cut, lost=[])), name) else "differs")
            except RushlightError as error:
                ways.append(f"refused: {error.message}")
        rows.append(
            [
                path.name,
                f"{float(cut.rate):g}",
                shown + (f"; {len(lost)} things named as not read" if lost else ""),
                *ways,
            ]
        )
    return rows


def main() -> None:
    """Measure and write."""
    from results import table, write_results

    there = set(otio.adapters.available_adapter_names())
    rows = [["format", "rate", "Rushlight", "read by public", "without dissolves", "public alone, without"]]
    for name in FORMATS:
        for label, (rate, drop) in RATES.items():
            chance = random.Random(9)
            cuts = [random_cut(chance, rate, drop) for _ in range(TRIALS)]
            public = ["-", "-", "-"]
            plain = [replace(cut, lines=[replace(line, joins={}) for line in cut.lines]) for cut in cuts]
            if PUBLIC.get(name) in there:
                public = [
                    tried(read_by_public, cuts, name),
                    tried(read_by_public, plain, name),
                    tried(public_alone, plain, name),
                ]
            rows.append([name, label, tried(own, cuts, name), *public])
    samples = fixtures()
    notes = [table([["sample", "rate", "read", *FORMATS], *samples])] if samples else []
    write_results(__file__, __doc__ or "", rows, notes)


if __name__ == "__main__":
    main()
