"""Final Cut Pro 7 XML (`xmeml` version 5), which Premiere and Resolve read and write.

Clips beside a dissolve bear -1 for the edge that it hides, and their `in` and `out` include what the dissolve shows of
them; transitions stand between them with their own times.

Reference:
    Apple, Final Cut Pro XML interchange format, version 5.
"""

from __future__ import annotations

import re
from fractions import Fraction
from math import log10

from lxml import etree

from rushlight.core.errors import InputError
from rushlight.timeline.edl import format_timecode
from rushlight.timeline.interchange.hardened_xml import parse_xml, xml_text
from rushlight.timeline.interchange.sequence import Clip, Join, Line, Marker, Sequence

__all__ = ["read_fcp7", "write_fcp7"]


def _put(parent: etree._Element, tag: str, text: object = None, **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, tag, **attributes)
    if text is not None:
        element.text = str(text)
    return element


def _rate(parent: etree._Element, rate: Fraction) -> None:
    element = _put(parent, "rate")
    _put(element, "timebase", -(-rate.numerator // rate.denominator))
    _put(element, "ntsc", "TRUE" if rate.denominator == 1001 else "FALSE")


def _timecode(parent: etree._Element, frames: int, sequence: Sequence, reel: str = "") -> None:
    element = _put(parent, "timecode")
    _rate(element, sequence.rate)
    _put(element, "string", format_timecode(frames, sequence.rate, drop=sequence.drop))
    _put(element, "frame", frames)
    _put(element, "displayformat", "DF" if sequence.drop else "NDF")
    if reel:
        _put(_put(element, "reel"), "name", reel)


def write_fcp7(sequence: Sequence) -> str:
    """A sequence as FCP7 XML; what does not fit is added to `sequence.lost`.

    Raises:
        InputError: a rate that is neither whole nor one of NTSC's.
    """
    if sequence.rate.denominator not in (1, 1001):
        raise InputError(f"FCP7 XML cannot say {sequence.rate} frames a second.", hint="Use a whole rate, or OTIO.")
    root = etree.Element("xmeml", version="5")
    made = _put(root, "sequence", id="sequence-1")
    _put(made, "name", sequence.name)
    _put(made, "duration", sequence.count)
    _rate(made, sequence.rate)
    _timecode(made, 0, sequence)
    media = _put(made, "media")
    files: dict[tuple[str, int], str] = {}
    number = 0
    for kind, tag in (("Video", "video"), ("Audio", "audio")):
        place = _put(media, tag)
        if kind == "Video":
            shape = _put(_put(place, "format"), "samplecharacteristics")
            _rate(shape, sequence.rate)
            _put(shape, "width", sequence.width_px)
            _put(shape, "height", sequence.height_px)
        for line in sequence.of(kind):
            track = _put(place, "track")
            if line.name:
                track.set("MZ.TrackName", line.name)
            for index, (at, clip) in enumerate(line.placed()):
                if (join := line.joins.get(index)) is not None:
                    _transition(track, at, join, sequence, kind)
                if not clip.is_gap:
                    number += 1
                    _clip(track, number, line, index, at, sequence, files)
    for marker in sequence.markers:
        element = _put(made, "marker")
        _put(element, "name", marker.name)
        _put(element, "in", marker.at)
        _put(element, "out", marker.at + marker.count if marker.count else -1)
    return xml_text(root, "xmeml")


def _transition(track: etree._Element, at: int, join: Join, sequence: Sequence, kind: str) -> None:
    element = _put(track, "transitionitem")
    _put(element, "start", at - join.before)
    _put(element, "end", at + join.after)
    _put(element, "alignment", "start" if not join.before else "end" if not join.after else "center")
    _put(element, "cutPointTicks", join.before * 254016000000 * sequence.rate.denominator // sequence.rate.numerator)
    _rate(element, sequence.rate)
    effect = _put(element, "effect")
    sound = kind == "Audio"
    _put(effect, "name", "Cross Fade (+3dB)" if sound else "Cross Dissolve")
    _put(effect, "effectid", "KGAudioTransCrossFade3dB" if sound else "Cross Dissolve")
    _put(effect, "effecttype", "transition")
    _put(effect, "mediatype", "audio" if sound else "video")


def _clip(
    track: etree._Element, number: int, line: Line, index: int, at: int, sequence: Sequence,
    files: dict[tuple[str, int], str],
) -> None:  # fmt: skip
    clip, rate = line.clips[index], sequence.rate
    join, after = line.joins.get(index), line.joins.get(index + 1)
    element = _put(track, "clipitem", id=f"clipitem-{number}")
    _put(element, "name", clip.name)
    length = clip.media_count or clip.start + clip.count
    _put(element, "duration", length)
    _rate(element, rate)
    _put(element, "enabled", "TRUE")
    _put(element, "start", -1 if join else at)
    _put(element, "end", -1 if after else at + clip.count)
    _put(element, "in", clip.start - (join.before if join else 0))
    _put(element, "out", clip.start + clip.count + (after.after if after else 0))
    key = (clip.path, clip.timecode)
    if key in files:
        _put(element, "file", id=files[key])
    else:
        files[key] = f"file-{len(files) + 1}"
        file = _put(element, "file", id=files[key])
        _put(file, "name", clip.path.rsplit("/", 1)[-1])
        _put(file, "pathurl", clip.path)
        _rate(file, rate)
        if clip.media_count:
            _put(file, "duration", clip.media_count)
        _timecode(file, clip.timecode, sequence, clip.reel)
        media = _put(file, "media")
        kinds = {one.kind for one in sequence.lines if any((c.path, c.timecode) == key for c in one.clips)}
        for kind, tag in (("Video", "video"), ("Audio", "audio")):
            if kind in kinds:
                _put(media, tag)
    if line.kind == "Audio":
        source = _put(element, "sourcetrack")
        _put(source, "mediatype", "audio")
        _put(source, "trackindex", 1)
    if clip.gain_db:
        effect = _put(_put(element, "filter"), "effect")
        for tag, text in (("name", "Audio Levels"), ("effectid", "audiolevels"), ("effecttype", "audiolevels"),
                          ("mediatype", "audio")):  # fmt: skip
            _put(effect, tag, text)
        parameter = _put(effect, "parameter")
        _put(parameter, "parameterid", "level")
        _put(parameter, "name", "Level")
        _put(parameter, "value", repr(10 ** (clip.gain_db / 20)))
    if clip.fade_in or clip.fade_out:
        sequence.lose("fades of sound that do not lie between two clips")


def _text(element: etree._Element | None, tag: str, default: str = "") -> str:
    return (element.findtext(tag) or default).strip() if element is not None else default


def _number(element: etree._Element, tag: str, default: int = 0) -> int:
    text = _text(element, tag)
    if not text:
        return default
    if not re.fullmatch(r"-?\d{1,15}", text):
        raise InputError(f"{text!r} is not a count of frames.", where=f"<{tag}>")
    return int(text)


def _read_rate(element: etree._Element | None) -> Fraction | None:
    rate = element.find("rate") if element is not None else None
    if rate is None:
        return None
    nominal = _number(rate, "timebase")
    if not 1 <= nominal <= 1000:
        raise InputError("This sequence does not say its frame rate.", where="<timebase>")
    return Fraction(nominal * 1000, 1001) if _text(rate, "ntsc").upper() == "TRUE" else Fraction(nominal)


def read_fcp7(data: bytes) -> Sequence:
    """The first sequence of an FCP7 XML file.

    Raises:
        InputError: not FCP7 XML, or without a sequence or rate.
        LimitError: too large.
    """
    root = parse_xml(data, "xmeml")
    found = next(root.iter("sequence"), None)
    rate = _read_rate(found)
    if found is None or rate is None:
        raise InputError("This file holds no sequence with a frame rate.", hint="Export a sequence.")
    made = Sequence(_text(found, "name", "Cut"), rate)
    shape = found.find("media/video/format/samplecharacteristics")
    if shape is not None:
        made.width_px, made.height_px = _number(shape, "width", 1920), _number(shape, "height", 1080)
    made.drop = _text(found.find("timecode"), "displayformat") == "DF"
    files = {one.get("id"): one for one in root.iter("file") if len(one)}
    for kind, tag in (("Video", "video"), ("Audio", "audio")):
        for track in found.iterfind(f"media/{tag}/track"):
            line = _read_track(track, kind, made, files)
            if line.clips:
                made.lines.append(line)
    for marker in found.iterfind("marker"):
        first, last = _number(marker, "in"), _number(marker, "out", -1)
        made.markers.append(Marker(first, _text(marker, "name"), max(last - first, 0) if last >= 0 else 0))
    return made


def _read_track(track: etree._Element, kind: str, made: Sequence, files: dict[str | None, etree._Element]) -> Line:
    line, at = Line(kind, track.get("MZ.TrackName") or ""), 0
    items = [one for one in track if one.tag in ("clipitem", "transitionitem", "generatoritem")]
    for index, item in enumerate(items):
        if item.tag == "transitionitem":
            continue
        before = items[index - 1] if index and items[index - 1].tag == "transitionitem" else None
        after = items[index + 1] if index + 1 < len(items) and items[index + 1].tag == "transitionitem" else None
        begin, stop = _number(item, "start"), _number(item, "end")
        first, last = _number(item, "in"), _number(item, "out")
        early = late = 0
        if begin == -1 and before is not None:
            start, cut, _ = _span(before, made.rate)
            begin, early = cut, cut - start
        if stop == -1 and after is not None:
            _, cut, end = _span(after, made.rate)
            stop, late = cut, end - cut
        if begin < 0 or stop < begin:
            raise InputError("A clip has no place.", where=_text(item, "name"), hint="Export the sequence again.")
        if last - first - early - late != stop - begin:
            made.lose(f"the change of speed of {_text(item, 'name')!r}")
        if begin > at:
            line.clips.append(Clip("", begin - at))
        if before is not None and line.clips and len(line.clips) not in line.joins:
            start, cut, end = _span(before, made.rate)
            line.joins[len(line.clips)] = Join(cut - start, end - cut)
        clip = _read_clip(item, stop - begin, first + early, made, files)
        line.clips.append(clip)
        at = stop
    return line


def _span(transition: etree._Element, rate: Fraction) -> tuple[int, int, int]:
    """First frame, cut and end of a transition."""
    start, end = _number(transition, "start"), _number(transition, "end")
    ticks = _text(transition, "cutPointTicks")
    if ticks.isdigit() and len(ticks) < 20:
        return start, min(start + round(Fraction(int(ticks), 254016000000) * rate), end), end
    alignment = _text(transition, "alignment", "center")
    cut = {"start": start, "start-black": start, "end": end, "end-black": end}.get(alignment, (start + end) // 2)
    return start, cut, end


def _read_clip(
    item: etree._Element, count: int, start: int, made: Sequence, files: dict[str | None, etree._Element]
) -> Clip:
    name = _text(item, "name")
    mention = item.find("file")
    file = files.get(mention.get("id")) if mention is not None and not len(mention) else mention
    if item.tag == "generatoritem" or file is None or _text(item, "enabled").upper() == "FALSE":
        made.lose(f"{name!r}, which is a generator, a nested sequence or turned off, and is left empty")
        return Clip("", count)
    gain = 0.0
    for effect in item.iterfind("filter/effect"):
        if _text(effect, "effectid") == "audiolevels":
            level = next(
                (_text(one, "value") for one in effect.iterfind("parameter") if _text(one, "parameterid") == "level"),
                "",
            )
            if re.fullmatch(r"\d+(\.\d+)?(e-?\d+)?", level) and float(level) > 0:
                gain = round(20 * log10(float(level)), 9)
        else:
            made.lose(f"the effect {_text(effect, 'name')!r} on {name!r}")
    timecode = file.find("timecode")
    path = _text(file, "pathurl") or _text(file, "name") or name
    reel = _text(timecode.find("reel"), "name") if timecode is not None else ""
    first = _number(timecode, "frame") if timecode is not None else 0
    return Clip(name, count, start, path, _number(file, "duration"), first, reel, gain)
