"""The capability `lay_cut`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Literal
from urllib.parse import quote

import numpy as np
import opentimelineio as otio
from numpy.typing import NDArray
from pydantic import Field

from rushlight.artifacts import Captions, Cut, Media
from rushlight.artifacts.edit_list import EditList, EditSpan
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.core.units import Rate, Seconds, frames_spanning
from rushlight.edit.assembling.music import MUSIC_RATE, SAMPLE_RATE, music_track, sound_clip
from rushlight.edit.joins import levels_db, quietest_stretch
from rushlight.media.sound import read_sound
from rushlight.timeline.build import FilmFormat, caption_track, graphic_clip
from rushlight.timeline.cutfile import METADATA_VERSION, make_cut, write_timeline
from rushlight.timeline.style import load_style

__all__ = ["lay_cut"]

# A change of the room's level by more than this is heard as a hole or a bump.
_HEARD_DB = 3.0
_TAIL = Fraction(4, 10)


@dataclass(frozen=True)
class _Laid:
    """A stretch on the film's clock, in frames."""

    span: EditSpan
    first: int
    count: int


@capability(version=1, metrics=("cuts", "seconds"))
def lay_cut(
    edits: EditList,
    media: tuple[Media, ...],
    captions: Captions | None = None,
    music: Media | None = None,
    /,
    *,
    title: Annotated[str, Field(description="Name of the timeline.")] = "Cut",
    rate: Annotated[Rate | None, Field(description="Frame rate; the first recording's by default.")] = None,
    width_px: Annotated[int, Field(ge=0, le=7680, multiple_of=2, description="Width; 0 for the recording's own.")] = 0,
    height_px: Annotated[int, Field(ge=0, le=7680, multiple_of=2, description="Height; 0 for its own.")] = 0,
    crossfade_seconds: Annotated[
        Seconds, Field(description="How long the sounds of two stretches overlap at a join.")
    ] = Fraction(12, 1000),
    picture_lag_seconds: Annotated[
        Seconds, Field(description="Pictures change this much after the sound at every join: a J cut.")
    ] = Fraction(0),
    picture_lead_seconds: Annotated[
        Seconds, Field(description="Pictures change this much before the sound at every join: an L cut.")
    ] = Fraction(0),
    style: Annotated[str, Field(description="Look of burned captions: house, paper, night or signal.")] = "house",
    caption_look: Annotated[
        Literal["", "boxed", "outline", "plain"], Field(description="How burned captions stand out; empty for boxed.")
    ] = "",
    karaoke: Annotated[bool, Field(description="Whether burned words are filled while they are heard.")] = False,
    music_db: Annotated[
        float, Field(ge=-40, le=20, description="Loudness of the music against the film's own sound.")
    ] = 0.0,
    music_under_speech_db: Annotated[float, Field(ge=-60, le=0, description="The same while somebody speaks.")] = -14.0,
    end_title: Annotated[str, Field(max_length=200, description="Shown on a card after the last picture.")] = "",
    end_title_seconds: Annotated[Seconds, Field(description="How long that card stays.")] = Fraction(2),
) -> Cut:
    """Lay what an edit list keeps on an OpenTimelineIO timeline that any editor can open.

    Pictures are on one track. Sound is on two in turn, so that neighbours can overlap: every join is a crossfade, and
    where the room of one recording is louder than that of the next, it fades out under it instead of breaking off.
    Music lies on a track of its own from the beginning; its level follows the loudness of the film's own sound, and
    it makes way for voices.

    Raises:
        InputError: a recording of the edit list is not given, the list is empty, or the music has no sound.
    """
    by_hash = {item.file.sha256: item for item in media}
    missing = [digest for digest in edits.sources if digest not in by_hash]
    if missing or not edits.spans:
        raise InputError(
            "The edit list keeps nothing." if not edits.spans else "A recording of this edit list was not given.",
            hint="Give the recordings that it was made from." if missing else "Keep something.",
        )
    sources = [by_hash[digest] for digest in edits.sources]
    first = sources[edits.spans[0].source]
    # Sound alone is laid on a clock of hundredths.
    frame_rate = rate or (first.video.rate if first.video else Fraction(100))
    film = FilmFormat(
        width_px or (first.video.display_width_px // 2 * 2 if first.video else 0),
        height_px or (first.video.display_height_px // 2 * 2 if first.video else 0),
        frame_rate,
        style,
    )
    laid = _laid(edits, frame_rate)
    for source in dict.fromkeys(sources[item.span.source] for item in laid):
        if rate is None and source.video is not None and source.video.rate != frame_rate:
            current_run().note_weak(
                f"{source.file.path.name} has {float(source.video.rate):.5g} frames a second and the cut "
                f"{float(frame_rate):.5g}: some of its frames are left out or shown twice."
            )
    timeline = otio.schema.Timeline(title)
    timeline.metadata["rushlight"] = {
        "version": METADATA_VERSION,
        "width_px": film.width_px,
        "height_px": film.height_px,
        "rate": str(frame_rate),
        "style": {"name": style},
    }
    shift = frames_spanning(picture_lag_seconds, frame_rate) - frames_spanning(picture_lead_seconds, frame_rate)
    total = laid[-1].first + laid[-1].count
    if first.video is not None:
        timeline.tracks.append(_pictures(laid, sources, frame_rate, shift))
        if end_title and (card := frames_spanning(end_title_seconds, frame_rate)) > 0:
            timeline.tracks[0].append(graphic_clip("Title", {"kind": "title", "title": end_title}, 0, card, film))
            total += card
    if captions is not None and captions.cues and first.video is not None:
        track = caption_track(captions, film, total, _inks(captions, style), look=caption_look, karaoke=karaoke)
        timeline.tracks.append(track)
    for track in _sounds(laid, sources, frame_rate, crossfade_seconds):
        timeline.tracks.append(track)
    current_run().progress(0.5, "listening to the rooms")
    if (rooms := _rooms(laid, sources, frame_rate)) is not None:
        timeline.tracks.append(rooms)
    if music is not None:
        balance = (music_db, music_under_speech_db)
        timeline.tracks.append(music_track(music, _heard(laid, sources, frame_rate), total / frame_rate, balance))
    path = current_run().new_file("cut.otio")
    write_timeline(timeline, path)
    current_run().figure("cuts", len(laid) - 1)
    current_run().figure("seconds", float(total / frame_rate))
    return make_cut(
        timeline, path, width_px=film.width_px, height_px=film.height_px, rate=frame_rate,
        known=[source.file for source in (*sources, *((music,) if music else ()))],
    )  # fmt: skip


def _inks(captions: Captions, style: str) -> dict[str, str]:
    """A colour for each speaker of several; one alone needs none."""
    speakers = list(dict.fromkeys(cue.speaker for cue in captions.cues if cue.speaker))
    accents = load_style(style).accents
    return {name: accents[number % len(accents)] for number, name in enumerate(speakers)} if len(speakers) > 1 else {}


def _laid(edits: EditList, rate: Fraction) -> list[_Laid]:
    """Stretches end to end on whole frames. Each edge is rounded from the exact sum, so that nothing adds up."""
    found, exact = [], Fraction(0)
    for span in edits.spans:
        first = round(exact * rate)
        exact += span.duration
        count = round(exact * rate) - first
        if count > 0:
            found.append(_Laid(span, first, count))
    if not found:
        raise InputError("What the edit list keeps is shorter than a frame.", hint="Keep more.")
    return found


def _pictures(laid: Sequence[_Laid], sources: Sequence[Media], rate: Fraction, shift: int) -> otio.schema.Track:
    track = otio.schema.Track("Pictures", kind=otio.schema.TrackKind.Video)
    edges = [0]
    for before, after in zip(laid, laid[1:], strict=False):
        room = after.count - 1 if shift > 0 else before.count - 1
        late = shift
        if shift > 0:
            # The picture of the stretch before goes on, if its recording does.
            left = sources[before.span.source].duration - before.span.end
            late = min(shift, int(left * rate), room)
        elif shift < 0:
            late = -min(-shift, int(after.span.start * rate), room)
        edges.append(after.first + late)
    edges.append(laid[-1].first + laid[-1].count)
    for item, start, end in zip(laid, edges, edges[1:], strict=False):
        source = sources[item.span.source]
        at = item.span.start + Fraction(start - item.first) / rate
        clip = _clip(source, at, end - start, rate)
        clip.metadata["rushlight"]["reason"] = item.span.reason
        track.append(clip)
    return track


def _clip(source: Media, start: Fraction, count: int, rate: Fraction) -> otio.schema.Clip:
    """A clip of `count` frames from `start`, which need not lie on a frame of the recording."""
    # OTIO keeps times as floats; thousands of the film's frames are exact enough for any sample.
    fine = rate * 1000
    begin = otio.opentime.RationalTime(float(round(start * fine)), float(fine))
    span = otio.opentime.TimeRange(begin, otio.opentime.RationalTime(count, float(rate)))
    clip = otio.schema.Clip(source.file.path.name, otio.schema.ExternalReference(quote(source.file.path.name)), span)
    clip.metadata["rushlight"] = {"version": METADATA_VERSION, "sha256": source.file.sha256}
    return clip


def _sounds(
    laid: Sequence[_Laid], sources: Sequence[Media], rate: Fraction, crossfade: Fraction
) -> list[otio.schema.Track]:
    """Two tracks in turn, so that the end of a stretch lies under the beginning of the next."""
    tracks = [otio.schema.Track(f"Sound {name}", kind=otio.schema.TrackKind.Audio) for name in "AB"]
    ends = [Fraction(0), Fraction(0)]
    half = crossfade / 2
    for number, item in enumerate(laid):
        source = sources[item.span.source]
        if source.sound is None:
            continue
        start, end = Fraction(item.first) / rate, Fraction(item.first + item.count) / rate
        before = min(half, item.span.start, start) if number else Fraction(0)
        after = half if number + 1 < len(laid) else Fraction(0)
        turn = number % 2
        _gap(tracks[turn], ends[turn], start - before)
        clip = sound_clip(source, item.span.start - before, end + after - start + before)
        fades = clip.metadata["rushlight"]
        if number:
            fades["fade_in_seconds"] = float(before + half)
        if after:
            fades["fade_out_seconds"] = float(after + half)
        tracks[turn].append(clip)
        ends[turn] = end + after
    return [track for track in tracks if len(track)]


def _heard(laid: Sequence[_Laid], sources: Sequence[Media], rate: Fraction) -> NDArray[np.float32]:
    """The film's own sound, as music has to make way for it."""
    total = laid[-1].first + laid[-1].count
    heard = np.zeros(round(total / rate * MUSIC_RATE), np.float32)
    for item in laid:
        source = sources[item.span.source]
        if source.sound is None:
            continue
        first, seconds = round(item.first / rate * MUSIC_RATE), item.count / rate
        part = read_sound(source.file.path, sample_rate=MUSIC_RATE, channels=1, start=item.span.start, duration=seconds)
        room = heard[first : first + len(part)]
        room += part[: len(room), 0]
    return heard


def _gap(track: otio.schema.Track, end: Fraction, start: Fraction) -> None:
    samples = round(start * SAMPLE_RATE) - round(end * SAMPLE_RATE)
    if samples > 0:
        duration = otio.opentime.RationalTime(samples, SAMPLE_RATE)
        track.append(otio.schema.Gap(source_range=otio.opentime.TimeRange(duration=duration)))


def _rooms(laid: Sequence[_Laid], sources: Sequence[Media], rate: Fraction) -> otio.schema.Track | None:
    """Room tone of the louder room, fading out into the quieter one at every join between two recordings."""
    used = {item.span.source for item in laid}
    if len(used) < 2:
        return None
    tones = {number: _room(sources[number]) for number in used if sources[number].sound is not None}
    track = otio.schema.Track("Room tone", kind=otio.schema.TrackKind.Audio)
    end = Fraction(0)
    for before, after in zip(laid, laid[1:], strict=False):
        one, other = tones.get(before.span.source), tones.get(after.span.source)
        if before.span.source == after.span.source or one is None or other is None:
            continue
        if abs(one[2] - other[2]) < _HEARD_DB:
            continue
        join = Fraction(after.first) / rate
        louder, source = (one, before.span.source) if one[2] > other[2] else (other, after.span.source)
        seconds = min(_TAIL, louder[1] - louder[0])
        start = join if louder is one else join - seconds
        if start < end:
            continue
        _gap(track, end, start)
        clip = sound_clip(sources[source], louder[0], seconds)
        clip.metadata["rushlight"]["fade_out_seconds" if louder is one else "fade_in_seconds"] = float(seconds)
        track.append(clip)
        end = start + seconds
    return track if len(track) else None


def _room(source: Media) -> tuple[Fraction, Fraction, float] | None:
    """Where a recording holds its room alone, and how loud that is in decibels."""
    levels: NDArray[np.float64] = levels_db(read_sound(source.file.path, sample_rate=16_000, channels=1), 16_000)
    stretch = quietest_stretch(levels)
    if stretch is None:
        return None
    first, after = (int(edge * 200) for edge in stretch)
    return stretch[0], stretch[1], float(levels[first:after].mean())
