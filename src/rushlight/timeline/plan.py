"""Compiling a timeline into spans that can be rendered apart, each described fully by plain values.

There are three kinds. `draw`: frames pass through our code. `filter`: one FFmpeg command does it all, chosen only
where it gives the very same frames. `copy`: whole groups of pictures untouched; its place is here, it comes with the
smart renderer.

A span's description decides its frames: the same description gives the same frames on any number of workers, so
finished spans are kept by the hash of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

from rushlight.artifacts import Media
from rushlight.core.artifact import FileRef, canonical_json
from rushlight.core.errors import InputError
from rushlight.core.units import format_clock, frames_spanning
from rushlight.timeline.cutfile import extra, plain, seconds_of

__all__ = ["Span", "compile_spans", "find_gaps", "picture_track", "span_key"]

Span = dict[str, Any]
"""`kind`; `first`, `count` in frames; `pictures`, `overlays`: clips with `from`/`to` frames; `blends`: transitions."""

RENDERER_VERSION = 3
# What our metadata says about a clip without changing how it looks.
_NOT_SEEN = ("beat", "form", "made_by", "reason", "sha256", "version")
# Longer stretches are divided, so that work can be shared and a killed render loses little.
LONGEST_SPAN_SECONDS = 8
_NOTICED_SECONDS = Fraction(1, 5)
TRANSITIONS = ("dissolve", "fade", "wipe", "push")


def span_key(span: Span, output: Mapping[str, Any]) -> str:
    """The hash a rendered span is kept under."""
    described = {
        key: [{k: v for k, v in clip.items() if k != "path"} for clip in value] if isinstance(value, list) else value
        for key, value in span.items()
    }
    payload = canonical_json([RENDERER_VERSION, described, dict(output)])
    return hashlib.sha256(payload.encode()).hexdigest()


def compile_spans(
    timeline: otio.schema.Timeline,
    rate: Fraction,
    find: Callable[[otio.schema.Clip], FileRef | None],
    *,
    size: tuple[int, int] = (0, 0),
    facts_of: Callable[[Path], Media] | None = None,
) -> list[Span]:
    """Divide a timeline into spans.

    Args:
        timeline: the cut.
        rate: frame rate of the film.
        find: the file that a clip plays, such as a `MediaFinder`.
        size: width and height of the film in pixels, to find spans that FFmpeg can do alone.
        facts_of: what a media file is; without it every span is drawn.

    Raises:
        InputError: no picture track, a missing file, or an item we cannot render.
    """
    picture_track(timeline)
    tracks = _seen_tracks(timeline)
    clips, blends = _walk(tracks[0], rate, find)
    over = [clip for track in tracks[1:] for clip in _walk(track, rate, find)[0]]
    total = max(frames_spanning(seconds_of(timeline.duration()), rate), clips[-1]["to"] if clips else 1)
    edges = _edges(clips, blends, total, round(LONGEST_SPAN_SECONDS * rate))
    spans: list[Span] = []
    for first, end in zip(edges, edges[1:], strict=False):
        reach = [blend for blend in blends if blend["from"] < end and blend["to"] > first]
        needed = {index for blend in reach for index in (blend["a"], blend["b"])}
        pictures = [c for i, c in enumerate(clips) if i in needed or (c["from"] < end and c["to"] > first)]
        places = {id(clip): place for place, clip in enumerate(pictures)}
        spans.append(
            {
                "first": first,
                "count": end - first,
                "pictures": pictures,
                "blends": [{**b, "a": places[id(clips[b["a"]])], "b": places[id(clips[b["b"]])]} for b in reach],
                "overlays": [clip for clip in over if clip["from"] < end and clip["to"] > first],
            }
        )
    for span in spans:
        span["kind"] = "draw"
        if facts_of and _is_plain(span, rate, size, facts_of):
            video = facts_of(Path(span["pictures"][0]["path"])).video
            assert video is not None
            span |= {"kind": "filter", "clock_start": str(video.clock_start)}
    return spans


def picture_track(timeline: otio.schema.Timeline) -> otio.schema.Track:
    """The track that fills the screen: the lowest picture track that is turned on and not empty.

    Raises:
        InputError: there is none.
    """
    tracks = _seen_tracks(timeline)
    if not tracks:
        raise InputError(
            "This cut has no pictures.", where=timeline.name, hint="Give it a picture track with a clip, turned on."
        )
    return tracks[0]


def _seen_tracks(timeline: otio.schema.Timeline) -> list[otio.schema.Track]:
    return [track for track in timeline.video_tracks() if track.enabled and len(track)]


def find_gaps(spans: list[Span], rate: Fraction, facts_of: Callable[[Path], Media]) -> list[str]:
    """What a viewer would take for a fault: black at the end of a film, and clips asked for longer than they are.

    Gaps between pictures are left alone: a person laid them.
    """
    found = []
    pictures = {(clip["from"], clip["to"]): clip for span in spans for clip in span["pictures"]}
    total = spans[-1]["first"] + spans[-1]["count"]
    seen = max((end for _, end in pictures), default=0)
    if (dark := Fraction(total - seen) / rate) >= _NOTICED_SECONDS:
        found.append(f"The pictures end {float(dark):.1f} s before the sound; the screen is black from there.")
    for (start, end), clip in sorted(pictures.items()):
        if clip["form"] != "clip":
            continue
        path, wanted = Path(clip["path"]), Fraction(clip["start"]) + Fraction(end - start) / rate
        if (missing := wanted - facts_of(path).duration) >= _NOTICED_SECONDS:
            found.append(
                f"{path.name} is {float(missing):.1f} s shorter than the cut asks at "
                f"{format_clock(Fraction(start) / rate)[3:8]}; its last picture is held."
            )
    return found


def _is_plain(span: Span, rate: Fraction, size: tuple[int, int], facts_of: Callable[[Path], Media]) -> bool:
    """Whether a span shows one clip as it was recorded, so that FFmpeg alone gives the same frames as we would."""
    if span["blends"] or span["overlays"] or len(span["pictures"]) != 1:
        return False
    (clip,) = span["pictures"]
    if clip["form"] != "clip" or set(clip["set"]) - {"move", "focus"} or clip["set"].get("move", "none") != "none":
        return False
    if clip["from"] > span["first"] or clip["to"] < span["first"] + span["count"]:
        return False
    video = facts_of(Path(clip["path"])).video
    start = Fraction(clip["start"]) * rate
    return (
        video is not None
        and (video.width_px, video.height_px) == size
        and (video.display_width_px, video.display_height_px) == size
        and (video.rate, video.variable_rate, video.rotation_degrees, video.interlaced) == (rate, False, 0, False)
        and (video.pixel_format, video.full_range) == ("yuv420p", False)
        # Untagged pictures of this size are taken as BT.709, here as by our reader.
        and (video.matrix == "bt709" or (video.matrix == "unknown" and (size[0] >= 1280 or size[1] > 576)))
        and video.transfer in ("sdr", "unknown")
        and video.start == 0
        and start.denominator == 1
        and video.frame_count is not None
        and start + clip["to"] - clip["from"] <= video.frame_count
    )


def _edges(clips: list[dict[str, Any]], blends: list[dict[str, Any]], total: int, longest: int) -> list[int]:
    """Frames where spans begin and end: at cuts, after transitions, and inside what is long."""
    edges = {0, total}
    for index, clip in enumerate(clips):
        after = [blend["to"] for blend in blends if blend["b"] == index]
        edges.add(max([clip["from"], *after]))
    ordered = sorted(edge for edge in edges if 0 <= edge <= total)
    divided = [0]
    for start, end in zip(ordered, ordered[1:], strict=False):
        parts = -(-(end - start) // longest)
        divided += [start + (end - start) * part // parts for part in range(1, parts + 1)]
    return divided


def _walk(
    track: otio.schema.Track, rate: Fraction, find: Callable[[otio.schema.Clip], FileRef | None]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    clips: list[dict[str, Any]] = []
    blends: list[dict[str, Any]] = []
    at = 0
    pending: tuple[int, int, str] | None = None
    # A transition blends two clips; next to a gap there is only one, which then simply begins or ends.
    touches = False
    for item in track:
        if isinstance(item, otio.schema.Transition):
            half = (
                frames_spanning(seconds_of(item.in_offset), rate),
                frames_spanning(seconds_of(item.out_offset), rate),
            )
            kind = str(extra(item).get("type", "dissolve")) if item.metadata else "dissolve"
            if kind not in TRANSITIONS:
                raise InputError(f"There is no transition {kind!r}.", hint=f"Choose among {', '.join(TRANSITIONS)}.")
            pending = (at - half[0], at + half[1], kind)
            continue
        length = frames_spanning(seconds_of(item.duration()), rate)
        if isinstance(item, otio.schema.Clip) and item.enabled:
            clips.append(_describe(item, at, length, find))
            if pending is not None and touches:
                start, end, kind = pending
                blends.append({"from": start, "to": end, "type": kind, "a": len(clips) - 2, "b": len(clips) - 1})
        elif not isinstance(item, (otio.schema.Gap, otio.schema.Clip)):
            raise InputError(
                f"The track {track.name!r} holds a {type(item).__name__}, which cannot be rendered yet.",
                hint="Flatten nested sequences first.",
            )
        pending = None
        touches = isinstance(item, otio.schema.Clip) and item.enabled
        at += length
    return clips, blends


def _describe(
    clip: otio.schema.Clip, at: int, length: int, find: Callable[[otio.schema.Clip], FileRef | None]
) -> dict[str, Any]:
    found = {key: value for key, value in extra(clip).items() if key not in _NOT_SEEN}
    described: dict[str, Any] = {"from": at, "to": at + length, "set": found}
    reference = clip.media_reference
    if isinstance(reference, otio.schema.GeneratorReference):
        graphic = reference.parameters.get("graphic")
        if not reference.generator_kind.startswith("rushlight.") or graphic is None:
            raise InputError(f"The generator {reference.generator_kind!r} of {clip.name!r} is not ours to draw.")
        return described | {"form": "graphic", "graphic": plain(graphic)}
    file = find(clip)
    assert file is not None
    source = clip.trimmed_range()
    form = (
        "still" if file.path.suffix.lower() in (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp") else "clip"
    )
    return described | {
        "form": form,
        "path": str(file.path),
        "sha256": file.sha256,
        "start": str(seconds_of(source.start_time)),
    }
