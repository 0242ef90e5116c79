"""Building the timeline of a made film: pictures, labels and captions above, speech, music and effects below."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from urllib.parse import quote

import opentimelineio as otio

from rushlight.artifacts import Audio, Captions, Cue, Panel, Storyboard
from rushlight.core.artifact import FileRef
from rushlight.core.run import current_run
from rushlight.core.units import frame_at, frames_spanning
from rushlight.timeline.captioning import is_action
from rushlight.timeline.cutfile import METADATA_VERSION, extra, rational
from rushlight.timeline.graphics.caption_looks import undrawn_signs
from rushlight.timeline.graphics.lettering import system_fonts_for
from rushlight.timeline.karaoke import place_words
from rushlight.timeline.style import load_style

__all__ = ["FilmFormat", "build_timeline", "caption_track", "graphic_clip"]


@dataclass(frozen=True)
class FilmFormat:
    """Size, rate and look of a film."""

    width_px: int
    height_px: int
    rate: Fraction
    style: str = "house"
    style_changes: Mapping[str, Any] | None = None


def build_timeline(
    title: str,
    storyboard: Storyboard,
    mix: Audio | None,
    captions: Captions | None,
    film: FilmFormat,
    *,
    disclosure: str = "",
    logo: FileRef | None = None,
    transition_seconds: Fraction = Fraction(2, 5),
    inks: Mapping[str, str] | None = None,
) -> otio.schema.Timeline:
    """Lay a storyboard, a mix and captions on a timeline.

    Panels are cut on whole frames. Neighbours dissolve into each other unless both are graphics of a different
    kind of beat, which cut; a panel that says how it is entered is entered so. The disclosure stands in a corner
    for the first seconds. With `inks`, the colour of each speaker's name, captions of actions are set apart.
    """
    timeline = otio.schema.Timeline(title)
    timeline.metadata["rushlight"] = {
        "version": METADATA_VERSION,
        "width_px": film.width_px,
        "height_px": film.height_px,
        "rate": str(film.rate),
        "style": {"name": film.style, **dict(film.style_changes or {})},
    }
    timeline.tracks.append(_picture_track(storyboard, film, transition_seconds))
    total = frames_spanning(storyboard.duration, film.rate)
    if disclosure:
        seen = min(frames_spanning(Fraction(5), film.rate), total)
        label = graphic_clip("Disclosure", {"kind": "label", "text": disclosure}, 0, seen, film)
        timeline.tracks.append(_track("Disclosure", "Video", [(0, label)], film))
    if logo is not None:
        graphic = {"kind": "logo", "path": str(logo.path), "sha256": logo.sha256}
        timeline.tracks.append(_track("Logo", "Video", [(0, graphic_clip("Logo", graphic, 0, total, film))], film))
    if captions is not None and captions.cues:
        timeline.tracks.append(caption_track(captions, film, total, inks))
    if mix is not None:
        for name, file in sorted(mix.stems.items()):
            if file.media_type.startswith("audio/") and file.media_type != "audio/midi":
                clip = _media_clip(name.capitalize(), file, Fraction(0), total, film)
                timeline.tracks.append(_track(name.capitalize(), "Audio", [(0, clip)], film))
        if not mix.stems:
            clip = _media_clip("Mix", mix.file, Fraction(0), total, film)
            timeline.tracks.append(_track("Mix", "Audio", [(0, clip)], film))
    return timeline


def _picture_track(storyboard: Storyboard, film: FilmFormat, transition: Fraction) -> otio.schema.Track:
    track = otio.schema.Track("Pictures", kind=otio.schema.TrackKind.Video)
    edges = [frame_at(panel.start + Fraction(1, 2) / film.rate, film.rate) for panel in storyboard.panels]
    edges.append(frames_spanning(storyboard.duration, film.rate))
    before: Panel | None = None
    for number, panel in enumerate(storyboard.panels):
        length = edges[number + 1] - edges[number]
        if before is not None:
            shortest = min(length, edges[number] - edges[number - 1])
            half = min(frames_spanning(transition, film.rate) // 2, shortest // 4)
            if panel.enter != "":
                half = (
                    0 if panel.enter == "cut" else min(frames_spanning(Fraction(4, 5), film.rate) // 2, shortest // 4)
                )
            if half > 0:
                offset = otio.opentime.RationalTime(half, float(film.rate))
                track.append(
                    otio.schema.Transition(
                        name=panel.enter or "dissolve",
                        metadata={"rushlight": {"type": "fade"}} if panel.enter == "fade" else {},
                        transition_type=otio.schema.TransitionTypes.SMPTE_Dissolve,
                        in_offset=offset,
                        out_offset=offset,
                    )
                )
        track.append(_panel_clip(panel, length, film))
        before = panel
    return track


def _panel_clip(panel: Panel, length: int, film: FilmFormat) -> otio.schema.Clip:
    if panel.form == "graphic":
        assert panel.graphic is not None
        clip = graphic_clip(panel.beat_id, panel.graphic, 0, length, film)
    else:
        assert panel.file is not None
        clip = _media_clip(panel.beat_id, panel.file, panel.clip_start, length, film)
    clip.metadata["rushlight"] = {
        **extra(clip),
        "version": METADATA_VERSION,
        "beat": panel.beat_id,
        "form": panel.form,
        "move": panel.move,
        "focus": list(panel.focus),
        "reason": panel.reason,
    }
    return clip


def _media_clip(name: str, file: FileRef, start: Fraction, length: int, film: FilmFormat) -> otio.schema.Clip:
    rate = float(film.rate)
    source = otio.opentime.TimeRange(rational(start, film.rate), otio.opentime.RationalTime(length, rate))
    clip = otio.schema.Clip(name, otio.schema.ExternalReference(quote(file.path.name)), source)
    clip.metadata["rushlight"] = {"version": METADATA_VERSION, "sha256": file.sha256}
    return clip


def graphic_clip(name: str, graphic: dict[str, Any], start: int, length: int, film: FilmFormat) -> otio.schema.Clip:
    """A drawn picture as a clip: `length` frames of it, from its frame `start`."""
    rate = float(film.rate)
    span = otio.opentime.TimeRange(otio.opentime.RationalTime(start, rate), otio.opentime.RationalTime(length, rate))
    reference = otio.schema.GeneratorReference(
        name=graphic["kind"], generator_kind=f"rushlight.{graphic['kind']}", available_range=span
    )
    reference.parameters["graphic"] = graphic
    return otio.schema.Clip(name, reference, span)


def _begins(cue: Cue, name: str) -> bool:
    """Whether a line of a caption begins with someone's name."""
    return any(line.startswith(f"{name}:") for line in cue.lines)


def _track(name: str, kind: str, clips: list[tuple[int, otio.schema.Clip]], film: FilmFormat) -> otio.schema.Track:
    """A track with clips at the given frames, gaps between them."""
    track = otio.schema.Track(name, kind=getattr(otio.schema.TrackKind, kind))
    at = 0
    for start, clip in clips:
        if start > at:
            gap = otio.opentime.RationalTime(start - at, float(film.rate))
            track.append(otio.schema.Gap(source_range=otio.opentime.TimeRange(duration=gap)))
        track.append(clip)
        at = start + round(clip.source_range.duration.value)
    return track


def caption_track(
    captions: Captions,
    film: FilmFormat,
    total: int,
    inks: Mapping[str, str] | None = None,
    *,
    look: str = "",
    karaoke: bool = False,
) -> otio.schema.Track:
    """Captions as a picture track of `total` frames.

    Args:
        captions: what is shown.
        film: size and rate.
        total: length in frames.
        inks: the colour of each speaker: of the name, or, with a look, of all that is said.
        look: `boxed`, `outline` or `plain`; empty for the look of the house.
        karaoke: whether each word is filled while it is heard.
    """
    clips = []
    hidden, of_system = 0, set[str]()
    face = load_style(film.style, film.style_changes).text_font
    for number, cue in enumerate(captions.cues, 1):
        # The nearest frame: at most half a frame from the word, where the frame before could be a whole one early.
        start, end = frames_spanning(cue.start, film.rate), min(frames_spanning(cue.end, film.rate), total)
        if end <= start:
            continue
        if undrawn_signs(cue.lines, face):
            hidden += 1
            continue
        of_system |= set(system_fonts_for(cue.lines, face))
        graphic: dict[str, Any] = {"kind": "caption", "lines": list(cue.lines)}
        if (inks or {}) and is_action(cue):
            graphic["kind"] = "action_caption"
        elif look or karaoke:
            graphic |= {"kind": "styled_caption", "look": look or "boxed", "ink": (inks or {}).get(cue.speaker, "")}
            if karaoke:
                graphic["fills"] = _fills(cue, Fraction(start) / film.rate)
        elif inks:
            graphic["inks"] = {name: ink for name, ink in inks.items() if _begins(cue, name)}
        clips.append((start, graphic_clip(f"Caption {number}", graphic, 0, end - start, film)))
    if hidden:
        current_run().note_weak(
            f"{hidden} captions are not burned in: no font here has their letters. Name a font file that has them as "
            "text_font in [style], install rushlight[fonts], or use captions as a track."
        )
    if of_system:
        current_run().note_weak(
            f"Captions are set in {', '.join(sorted(of_system))} of this computer and may look different on another; "
            "rushlight[fonts] brings fonts for Arabic, Hebrew, Chinese, Japanese and Korean."
        )
    return _track("Captions", "Video", clips, film)


def _fills(cue: Cue, shown: Fraction) -> list[list[float]]:
    """When each word is filled, from when the caption is shown."""
    return [
        [place.line, place.first, place.after, round(float(place.start - shown), 4), round(float(place.end - shown), 4)]
        for place in place_words(cue)
    ]
