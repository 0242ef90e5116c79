"""The capability `smart_render`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Literal

from pydantic import Field

from rushlight.artifacts import Media
from rushlight.artifacts.edit_list import EditList
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.media.mp4_file import Track
from rushlight.media.probe import probe
from rushlight.media.seams import faulty_seam
from rushlight.media.sound_splice import Stretch, can_copy_sound, splice_sound_copied, splice_sound_exact
from rushlight.media.splice import NotCopiableError, PacketTable, Picture, join_tracks, read_table, splice_picture
from rushlight.media.whole_encode import encode_stretches

__all__ = ["smart_render"]

# Sound and picture further apart are noticed (ITU-R BT.1359); frames are that far apart only where little moves.
_MOST_APART_SECONDS = Fraction(9, 100)


@capability(
    version=2,
    metrics=("copied_frames", "encoded_frames", "copied_sound_packets", "sound_moved_seconds"),
    action="c2pa.edited",
    source_type="digitalCapture",
)
def smart_render(
    media: Media,
    cut: EditList,
    /,
    *,
    crf: Annotated[int, Field(ge=0, le=40, description="Quality of what is encoded again; lower is better.")] = 18,
    preset: Annotated[
        Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow"],
        Field(description="Speed against size of what is encoded again."),
    ] = "veryfast",
    sound: Annotated[
        Literal["copy", "exact"],
        Field(description="copy: AAC is kept, a stretch moves by up to half a packet; exact: to the sample, encoded."),
    ] = "copy",
) -> Media:
    """Cut a recording without encoding it again: only the groups of pictures that a cut touches are new.

    All others are copied bit for bit. Where packets of a file cannot be copied the whole cut is encoded, and the
    record says why. Frames keep the distances they have in the recording, so times are uniform where they are there;
    the sound keeps to the picture over any number of cuts, and nothing drifts from the wished cut.

    Raises:
        InputError: no picture, no stretches, stretches outside the recording, or of another recording.
        MediaError: the recording is damaged at a cut.
    """
    spans = _checked_spans(media, cut)
    run = current_run()
    run.figure("copied_sound_packets", 0)
    run.figure("sound_moved_seconds", 0)
    out = run.new_file(f"{media.file.path.stem}-cut.mp4")
    run.progress(0.05, "reading packets")
    with TemporaryDirectory(prefix="smart-render-", dir=out.parent) as folder:
        scratch = Path(folder)
        for table, picture in _pictures(media, spans, crf, preset, scratch):
            run.progress(0.6, "joining sound")
            heard = _sound(media, table, picture, spans, sound, scratch)
            join_tracks(picture, heard, out)
            run.progress(0.9, "checking the joins")
            fault = faulty_seam(out, picture, workers=run.workers) if picture.copied_frames else ""
            if not fault:
                break
            run.note_weak(f"The whole cut was encoded again: {fault}.")
        if not picture.copied_frames:
            run.note_weak(
                "Nothing of the picture was copied: no whole group of pictures that can be lies in a stretch."
            )
        run.figure("copied_frames", picture.copied_frames)
        run.figure("encoded_frames", picture.encoded_frames)
    return probe(out, trusted=True).model_copy(update={"description": media.description})


def _checked_spans(media: Media, cut: EditList) -> list[tuple[Fraction, Fraction]]:
    if media.video is None or media.is_still:
        raise InputError("This is no moving picture.", path=media.file.path, hint="Give a video.")
    if not cut.spans:
        raise InputError("This cut keeps nothing.", hint="Give at least one stretch.")
    if any(span.source for span in cut.spans):
        raise InputError(
            "This cut plays several recordings; packets are copied from one.",
            hint="Lay it on a timeline and render that.",
        )
    if cut.sources and media.file.sha256 not in cut.sources:
        raise InputError(
            "This cut is of another recording.", path=media.file.path, hint="Give the one it was made from."
        )
    for span in cut.spans:
        if span.start < 0 or span.end <= span.start or span.start >= media.duration:
            raise InputError(
                f"A stretch from {float(span.start):.3f} s to {float(span.end):.3f} s is not in this recording of "
                f"{float(media.duration):.3f} s.",
                path=media.file.path,
            )
    return [(span.start, span.end) for span in cut.spans]


def _pictures(
    media: Media, spans: list[tuple[Fraction, Fraction]], crf: int, preset: str, scratch: Path
) -> Iterator[tuple[PacketTable, Picture]]:
    """The copied picture when there is one, then (if asked for more) the one that is encoded again."""
    run, video = current_run(), media.video
    assert video is not None
    table = read_table(media.file.path)
    settings = {
        "rate": video.rate, "variable": video.variable_rate, "crf": crf, "preset": preset,
        "workers": max(run.workers, 2),
        "size_px": (video.display_width_px, video.display_height_px), "rotation_degrees": video.rotation_degrees,
    }  # fmt: skip
    try:
        if video.interlaced:
            raise NotCopiableError("interlaced pictures are not encoded to match")
        if video.rotation_degrees % 180:
            settings["size_px"] = (video.display_height_px, video.display_width_px)
        yield table, splice_picture(table, spans, scratch=scratch, **settings)  # type: ignore[arg-type]
    except NotCopiableError as error:
        run.note_weak(f"The whole cut was encoded again: {error}.")
    whole = encode_stretches(media, spans, crf=crf, preset=preset, scratch=scratch)
    yield table, whole


def _sound(
    media: Media,
    table: PacketTable,
    picture: Picture,
    spans: Sequence[tuple[Fraction, Fraction]],
    wish: str,
    scratch: Path,
) -> Track | None:
    if table.sound is None:
        return None
    run, rate = current_run(), int(table.sound["sample_rate"])
    reason = can_copy_sound(table)
    if wish == "exact" or reason:
        if reason:
            run.note_weak(f"The sound was encoded again: {reason}.")
        stretches, lengths = _as_wished(picture, spans, rate) or _under_pictures(picture, rate)
        return splice_sound_exact(media.file.path, table, stretches, lengths, scratch)
    track, copied, moved = splice_sound_copied(table, *_under_pictures(picture, rate), scratch)
    run.figure("copied_sound_packets", copied)
    run.figure("sound_moved_seconds", float(moved))
    return track


def _edges(picture: Picture) -> list[Fraction]:
    """Where each stretch begins in the result, and the end of the last one, in seconds."""
    frames = [0]
    for count in picture.spans:
        frames.append(frames[-1] + count)
    return [Fraction(int(picture.times[frame]), picture.track.timescale) for frame in frames]


def _under_pictures(picture: Picture, rate: int) -> tuple[list[Stretch], list[int]]:
    """Sound that begins and ends with the frames of each stretch, and its lengths in samples."""
    edges = [round(edge * rate) for edge in _edges(picture)]
    return _stretches(picture.starts, edges, rate)


def _as_wished(
    picture: Picture, spans: Sequence[tuple[Fraction, Fraction]], rate: int
) -> tuple[list[Stretch], list[int]] | None:
    """Sound from exactly where each stretch was wished, which may lie between frames; None where those are too far."""
    wished = [Fraction(0)]
    for start, end in spans:
        wished.append(wished[-1] + end - start)
    shown = _edges(picture)
    far = [abs(one - other) for one, other in zip(wished, shown, strict=True)]
    far += [abs(start - at) for (start, _), at in zip(spans, picture.starts, strict=True)]
    if max(far) > _MOST_APART_SECONDS:
        return None
    edges = [round(edge * rate) for edge in [*wished[:-1], shown[-1]]]
    return _stretches([start for start, _ in spans], edges, rate)


def _stretches(starts: Sequence[Fraction], edges: Sequence[int], rate: int) -> tuple[list[Stretch], list[int]]:
    lengths = [end - first for first, end in zip(edges, edges[1:], strict=False)]
    return [Stretch(start, Fraction(length, rate)) for start, length in zip(starts, lengths, strict=True)], lengths
