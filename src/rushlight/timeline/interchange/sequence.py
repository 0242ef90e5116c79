"""A timeline in whole frames: what exchange formats have in common, and the way from and to OpenTimelineIO.

Everything is counted in frames of the sequence's rate. A clip's `start` counts from the first frame of its media;
`timecode` is the number that this first frame bears. Formats that speak of timecode add the two.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from rushlight.core.errors import InputError
from rushlight.timeline.cutfile import exact_rate, extra, rational, seconds_of

__all__ = ["Clip", "Join", "Line", "Marker", "Sequence", "sequence_of", "timeline_of"]


@dataclass(frozen=True)
class Clip:
    """A stretch of media on a track; without a `path` it is a gap.

    Attributes:
        count: length in frames.
        start: first frame, counted from the media's first.
        path: the media file.
        media_count: length of the media in frames, 0 when not known.
        timecode: number of the media's first frame.
        reel: name of the reel or card.
        gain_db: how much louder the sound is.
        fade_in: frames over which the sound comes up.
        fade_out: frames over which it goes.
    """

    name: str
    count: int
    start: int = 0
    path: str = ""
    media_count: int = 0
    timecode: int = 0
    reel: str = ""
    gain_db: float = 0.0
    fade_in: int = 0
    fade_out: int = 0

    @property
    def is_gap(self) -> bool:
        """Whether nothing plays."""
        return not self.path


@dataclass(frozen=True)
class Join:
    """A dissolve between two clips: frames before and after the cut."""

    before: int
    after: int


@dataclass(frozen=True)
class Marker:
    """A named place."""

    at: int
    name: str
    count: int = 0


@dataclass
class Line:
    """One track: clips and gaps in order; `joins[i]` is the dissolve between items i - 1 and i."""

    kind: str
    name: str = ""
    clips: list[Clip] = field(default_factory=list)
    joins: dict[int, Join] = field(default_factory=dict)

    def placed(self) -> list[tuple[int, Clip]]:
        """Each item with the frame on which it begins."""
        at, found = 0, []
        for clip in self.clips:
            found.append((at, clip))
            at += clip.count
        return found


@dataclass
class Sequence:
    """A whole cut.

    Attributes:
        rate: frames a second.
        drop: whether timecode is drop-frame.
        lines: picture tracks from the bottom up, then sound tracks.
        lost: what could not be kept on the way, in words.
    """

    name: str
    rate: Fraction
    width_px: int = 1920
    height_px: int = 1080
    drop: bool = False
    lines: list[Line] = field(default_factory=list)
    markers: list[Marker] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Length in frames."""
        return max((sum(clip.count for clip in line.clips) for line in self.lines), default=0)

    def lose(self, what: str) -> None:
        """Note once what a format cannot hold."""
        if what not in self.lost:
            self.lost.append(what)

    def of(self, kind: str) -> list[Line]:
        """Tracks of a kind: `Video` or `Audio`."""
        return [line for line in self.lines if line.kind == kind]


def sequence_of(timeline: otio.schema.Timeline, *, rate: Fraction | None = None) -> Sequence:
    """A timeline in whole frames; what has no place there is named in `lost`.

    Raises:
        InputError: a nested sequence.
    """
    found = extra(timeline)
    rate = rate or (Fraction(found["rate"]) if "rate" in found else exact_rate(timeline.duration().rate))
    made = Sequence(
        timeline.name or "Cut", rate, int(found.get("width_px", 1920)), int(found.get("height_px", 1080)),
        bool(found.get("drop_frame", False)),
    )  # fmt: skip
    for track in [*timeline.video_tracks(), *timeline.audio_tracks()]:
        if track.enabled and len(track):
            line = _line(track, made)
            while line.clips and line.clips[-1].is_gap and len(line.clips) not in line.joins:
                line.clips.pop()
            if line.clips:
                made.lines.append(line)
        elif len(track):
            made.lose(f"the track {track.name!r}, which is turned off")
    for marker in timeline.tracks.markers:
        start, length = marker.marked_range.start_time, marker.marked_range.duration
        made.markers.append(
            Marker(_whole(seconds_of(start), made), marker.name, _whole(seconds_of(length), made))
        )  # fmt: skip
    return made


def _whole(seconds: Fraction, sequence: Sequence) -> int:
    frames = seconds * sequence.rate
    if abs(frames - round(frames)) > Fraction(1, 1000):
        sequence.lose("times between frames, which are moved to the nearest")
    return round(frames)


def _line(track: otio.schema.Track, made: Sequence) -> Line:
    line = Line("Video" if track.kind == otio.schema.TrackKind.Video else "Audio", track.name)
    exact, at = Fraction(0), 0
    for item in track:
        if isinstance(item, otio.schema.Transition):
            kind = str(extra(item).get("type", "dissolve"))
            if kind != "dissolve":
                made.lose(f"the transition {kind!r}, which becomes a dissolve")
            before, after = (_whole(seconds_of(time), made) for time in (item.in_offset, item.out_offset))
            line.joins[len(line.clips)] = Join(before, after)
            continue
        if isinstance(item, otio.schema.Stack | otio.schema.Track):
            raise InputError(f"The track {track.name!r} holds a nested sequence.", hint="Flatten it first.")
        exact += seconds_of(item.duration())
        end = _whole(exact, made)
        if end > at:
            line.clips.append(_clip(item, end - at, made))
        at = end
    return line


def _clip(item: Any, count: int, made: Sequence) -> Clip:
    if not isinstance(item, otio.schema.Clip) or not item.enabled:
        if isinstance(item, otio.schema.Clip):
            made.lose(f"the clip {item.name!r}, which is turned off")
        return Clip("", count)
    reference, found = item.media_reference, extra(item)
    if isinstance(reference, otio.schema.MissingReference) and item.name:
        # Known by name only; whoever imports it looks for a file of that name.
        reference = otio.schema.ExternalReference(item.name)
    if not isinstance(reference, otio.schema.ExternalReference):
        made.lose(f"the graphic {item.name!r}, which is left empty")
        return Clip("", count)
    if item.effects:
        made.lose(f"effects on {item.name!r}")
    for word in ("move", "zoom", "opacity", "crop"):
        if found.get(word) not in (None, "none"):
            made.lose(f"moves and looks of {item.name!r}")
    gains = found.get("gain_db", [])
    if len({float(gain) for _, gain in gains}) > 1:
        made.lose(f"the changing loudness of {item.name!r}")
    fades = [
        _whole(Fraction(found.get(key, 0)).limit_denominator(100_000), made)
        for key in ("fade_in_seconds", "fade_out_seconds")
    ]
    media_seconds = Fraction(found.get("media_seconds", 0))
    return Clip(
        item.name, count, _whole(seconds_of(item.trimmed_range().start_time), made), reference.target_url,
        int(media_seconds * made.rate), int(found.get("timecode_frames", 0)), str(found.get("reel", "")),
        float(gains[0][1]) if gains else 0.0, *fades,
    )  # fmt: skip


def timeline_of(sequence: Sequence) -> otio.schema.Timeline:
    """A timeline as Rushlight reads it: source times count from the media's first frame."""
    timeline = otio.schema.Timeline(sequence.name)
    timeline.metadata["rushlight"] = {
        "version": 1, "width_px": sequence.width_px, "height_px": sequence.height_px, "rate": str(sequence.rate),
        "drop_frame": sequence.drop,
    }  # fmt: skip

    def time(frames: int) -> otio.opentime.RationalTime:
        return rational(frames / sequence.rate, sequence.rate)

    for line in sequence.lines:
        track = otio.schema.Track(line.name or line.kind, kind=line.kind)
        for index, clip in enumerate(line.clips):
            if (join := line.joins.get(index)) is not None:
                transition = otio.schema.Transition(
                    "dissolve", otio.schema.TransitionTypes.SMPTE_Dissolve, time(join.before), time(join.after)
                )
                transition.metadata["rushlight"] = {"version": 1, "type": "dissolve"}
                track.append(transition)
            span = otio.opentime.TimeRange(time(clip.start), time(clip.count))
            if clip.is_gap:
                track.append(otio.schema.Gap(source_range=otio.opentime.TimeRange(time(0), time(clip.count))))
                continue
            reference = otio.schema.ExternalReference(clip.path)
            if clip.media_count:
                reference.available_range = otio.opentime.TimeRange(time(0), time(clip.media_count))
            item = otio.schema.Clip(clip.name, reference, span)
            item.metadata["rushlight"] = _metadata(clip, sequence.rate)
            track.append(item)
        timeline.tracks.append(track)
    for marker in sequence.markers:
        timeline.tracks.markers.append(
            otio.schema.Marker(marker.name, otio.opentime.TimeRange(time(marker.at), time(marker.count)))
        )
    return timeline


def _metadata(clip: Clip, rate: Fraction) -> dict[str, Any]:
    found: dict[str, Any] = {"version": 1}
    if clip.media_count:
        found["media_seconds"] = str(clip.media_count / rate)
    if clip.timecode:
        found["timecode_frames"] = clip.timecode
    if clip.reel:
        found["reel"] = clip.reel
    if clip.gain_db:
        found["gain_db"] = [["0", clip.gain_db]]
    for key, frames in (("fade_in_seconds", clip.fade_in), ("fade_out_seconds", clip.fade_out)):
        if frames:
            found[key] = float(frames / rate)
    return found
