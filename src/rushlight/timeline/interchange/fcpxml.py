"""Final Cut Pro XML 1.10, every time an exact fraction of seconds on a frame.

The lowest picture track is the spine; all other tracks are clips connected to what plays on the spine below them, in
lanes counted up for pictures and down for sound.

Reference:
    Apple, FCPXML reference (times, `asset-clip`, `lane`, `transition`, `marker`, `adjust-volume`).
"""

from __future__ import annotations

import re
from fractions import Fraction

from lxml import etree

from rushlight.core.errors import InputError
from rushlight.timeline.cutfile import exact_rate
from rushlight.timeline.interchange.hardened_xml import parse_xml, xml_text
from rushlight.timeline.interchange.sequence import Clip, Join, Line, Marker, Sequence

__all__ = ["read_fcpxml", "write_fcpxml"]

_STORIES = ("asset-clip", "clip", "video", "audio", "ref-clip", "sync-clip", "mc-clip", "title", "gap", "transition")


def _time(frames: int, rate: Fraction) -> str:
    seconds = frames / rate
    if seconds.denominator == 1:
        return f"{seconds.numerator}s"
    # Final Cut writes times over the rate's own denominator, not in lowest terms.
    return f"{frames * rate.denominator}/{rate.numerator}s"


def write_fcpxml(sequence: Sequence) -> str:
    """A sequence as FCPXML; what does not fit is added to `sequence.lost`."""
    rate = sequence.rate
    root = etree.Element("fcpxml", version="1.10")
    resources = etree.SubElement(root, "resources")
    etree.SubElement(
        resources, "format", id="r1", name="FFVideoFormatRateUndefined", frameDuration=_time(1, rate),
        width=str(sequence.width_px), height=str(sequence.height_px),
    )  # fmt: skip
    assets = _assets(sequence, resources)
    event = etree.SubElement(etree.SubElement(root, "library"), "event", name=sequence.name)
    project = etree.SubElement(event, "project", name=sequence.name)
    made = etree.SubElement(
        project, "sequence", format="r1", duration=_time(sequence.count, rate), tcStart="0s",
        tcFormat="DF" if sequence.drop else "NDF",
    )  # fmt: skip
    spine = etree.SubElement(made, "spine")
    pictures, sounds = sequence.of("Video"), sequence.of("Audio")
    base = pictures[0] if pictures else Line("Video")
    missing = sequence.count - sum(clip.count for clip in base.clips)
    base = Line(base.kind, base.name, [*base.clips, *([Clip("", missing)] if missing else [])], base.joins)
    parents: list[tuple[int, int, int, etree._Element]] = []
    for index, (at, clip) in enumerate(base.placed()):
        if (join := base.joins.get(index)) is not None:
            _transition(spine, at, join, rate)
        element = _element(spine, clip, at, assets, sequence)
        parents.append((at, clip.count, 0 if clip.is_gap else clip.timecode + clip.start, element))
    for lane, line in [(n + 1, one) for n, one in enumerate(pictures[1:])] + [
        (-n - 1, one) for n, one in enumerate(sounds)
    ]:
        if line.joins:
            sequence.lose(f"dissolves on the track {line.name!r}")
        for at, clip in line.placed():
            if clip.is_gap:
                continue
            start, _, origin, parent = next(found for found in parents if found[0] <= at < found[0] + found[1])
            _element(parent, clip, origin + at - start, assets, sequence, lane=lane, is_sound=line.kind == "Audio")
    for marker in sequence.markers:
        inside = [found for found in parents if found[0] <= marker.at < found[0] + found[1]]
        if not inside:
            sequence.lose("markers after the end")
            continue
        start, _, origin, parent = inside[0]
        etree.SubElement(
            parent, "marker", start=_time(origin + marker.at - start, rate), duration=_time(max(marker.count, 1), rate),
            value=marker.name,
        )  # fmt: skip
    _in_order(spine)
    if any(line.name not in ("", line.kind) for line in sequence.lines):
        sequence.lose("names of tracks, which Final Cut does not have")
    return xml_text(root, "fcpxml")


def _in_order(spine: etree._Element) -> None:
    """Children as the DTD wants them: volume, connected clips, markers."""
    places = {"adjust-volume": 0, "marker": 2, "metadata": 3}
    for element in spine:
        element[:] = sorted(element, key=lambda child: places.get(str(child.tag), 1))


def _assets(sequence: Sequence, resources: etree._Element) -> dict[tuple[str, int], str]:
    found: dict[tuple[str, int], str] = {}
    kinds: dict[tuple[str, int], set[str]] = {}
    lengths: dict[tuple[str, int], tuple[Clip, int]] = {}
    for line in sequence.lines:
        for clip in line.clips:
            if clip.is_gap:
                continue
            key = (clip.path, clip.timecode)
            kinds.setdefault(key, set()).add(line.kind)
            reach = clip.media_count or max(clip.start + clip.count, lengths.get(key, (clip, 0))[1])
            lengths[key] = (clip, reach)
    for key, (clip, length) in lengths.items():
        found[key] = f"r{len(found) + 2}"
        asset = etree.SubElement(
            resources, "asset", id=found[key], name=clip.path.rsplit("/", 1)[-1],
            start=_time(clip.timecode, sequence.rate), duration=_time(length, sequence.rate), format="r1",
        )  # fmt: skip
        if "Video" in kinds[key]:
            asset.set("hasVideo", "1")
        if "Audio" in kinds[key]:
            asset.set("hasAudio", "1")
        etree.SubElement(asset, "media-rep", kind="original-media", src=clip.path)
        if clip.reel:
            metadata = etree.SubElement(asset, "metadata")
            etree.SubElement(metadata, "md", key="com.apple.proapps.studio.reel", value=clip.reel)
    return found


def _transition(spine: etree._Element, at: int, join: Join, rate: Fraction) -> None:
    etree.SubElement(
        spine, "transition", name="Cross Dissolve", offset=_time(at - join.before, rate),
        duration=_time(join.before + join.after, rate),
    )  # fmt: skip


def _element(
    parent: etree._Element, clip: Clip, offset: int, assets: dict[tuple[str, int], str], sequence: Sequence,
    *, lane: int = 0, is_sound: bool = False,
) -> etree._Element:  # fmt: skip
    rate = sequence.rate
    times = {"offset": _time(offset, rate), "duration": _time(clip.count, rate)}
    if clip.is_gap:
        return etree.SubElement(parent, "gap", name="Gap", start="0s", **times)
    element = etree.SubElement(
        parent, "asset-clip", ref=assets[clip.path, clip.timecode], name=clip.name,
        start=_time(clip.timecode + clip.start, rate), tcFormat="DF" if sequence.drop else "NDF", **times,
    )  # fmt: skip
    if lane:
        element.set("lane", str(lane))
    if is_sound:
        element.set("srcEnable", "audio")
        element.set("audioRole", "dialogue")
    elif sequence.of("Audio"):
        element.set("srcEnable", "video")
    if clip.gain_db or clip.fade_in or clip.fade_out:
        volume = etree.SubElement(element, "adjust-volume", amount=f"{clip.gain_db:g}dB")
        if clip.fade_in or clip.fade_out:
            param = etree.SubElement(volume, "param", name="amount")
            for kind, frames in (("fadeIn", clip.fade_in), ("fadeOut", clip.fade_out)):
                if frames:
                    etree.SubElement(param, kind, type="easeIn", duration=_time(frames, rate))
    return element


class _Reader:
    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.formats = {one.get("id"): one for one in root.iterfind("resources/format")}
        self.assets = {one.get("id"): one for one in root.iterfind("resources/asset")}
        found = next(root.iter("sequence"), None)
        if found is None:
            clip = next((one for one in root.iter("asset-clip", "clip")), None)
            if clip is None:
                raise InputError("This file holds no project.", hint="Export a project and not only media.")
            found = _wrapped(clip)
        self.found = found
        project = found.getparent()
        form = self.formats.get(found.get("format"))
        if form is None:
            form = next((one for one in self.formats.values() if one.get("frameDuration")), None)
        if form is None or not form.get("frameDuration"):
            raise InputError("This project does not say its frame rate.", hint="Export it again.")
        step = _seconds(form.get("frameDuration"))
        if step <= 0:
            raise InputError("This project's frame rate is not a number above zero.")
        name = (project.get("name") if project is not None else None) or "Cut"
        self.made = Sequence(name, exact_rate(float(1 / step)) if (1 / step).denominator not in (1, 1001) else 1 / step)
        self.made.width_px, self.made.height_px = (int(form.get(key) or 0) or size for key, size in
                                                   (("width", 1920), ("height", 1080)))  # fmt: skip
        self.made.drop = found.get("tcFormat") == "DF"
        self.lanes: dict[int, list[tuple[int, Clip]]] = {}
        self.joins: dict[int, list[tuple[int, int]]] = {}

    def frames(self, text: str | None) -> int:
        exact = _seconds(text) * self.made.rate
        if abs(exact - round(exact)) > Fraction(1, 1000):
            self.made.lose("times between frames, which are moved to the nearest")
        return round(exact)

    def spine(self, spine: etree._Element, at: int, lane: int) -> None:
        """Items of a storyline, the first at frame `at` when it says no place."""
        cursor = at
        for element in spine:
            if element.tag not in _STORIES:
                continue
            count = self.frames(element.get("duration"))
            if element.tag == "transition":
                start = self.frames(element.get("offset")) + at if element.get("offset") else cursor
                self.joins.setdefault(lane, []).append((start, count))
                continue
            begin = self.frames(element.get("offset")) + at if element.get("offset") else cursor
            self.item(element, begin, lane)
            cursor = begin + count

    def item(self, element: etree._Element, at: int, lane: int) -> None:
        """An item at a frame of the result, and what is connected to it."""
        clip = self.clip(element)
        if clip is not None:
            self.lanes.setdefault(lane, []).append((at, clip))
        origin = self.frames(element.get("start")) if element.get("start") else self.implied_start(element)
        for child in element:
            if child.tag == "marker" or child.tag == "chapter-marker":
                place = at + self.frames(child.get("start")) - origin
                count = self.frames(child.get("duration"))
                self.made.markers.append(Marker(place, child.get("value") or "", count if count > 1 else 0))
            elif child.tag in _STORIES and child.get("lane"):
                place = at + self.frames(child.get("offset")) - origin
                self.item(child, place, lane + _lane(child))
            elif child.tag == "spine" and child.get("lane"):
                place = at + self.frames(child.get("offset")) - origin
                self.spine(child, place, lane + _lane(child))

    def implied_start(self, element: etree._Element) -> int:
        asset = self.assets.get(element.get("ref"))
        return self.frames(asset.get("start")) if asset is not None and element.tag == "asset-clip" else 0

    def clip(self, element: etree._Element) -> Clip | None:
        count = self.frames(element.get("duration"))
        if element.tag == "gap" or element.get("enabled") == "0":
            return None
        inner = element
        if element.tag == "clip":
            inner = next((one for one in element if one.tag in ("video", "audio") and not one.get("lane")), element)
        asset = self.assets.get(inner.get("ref"))
        if asset is None:
            self.made.lose(f"{element.tag} {element.get('name') or ''!r}, which is left empty")
            return None
        if element.find("timeMap") is not None:
            self.made.lose(f"the change of speed of {element.get('name') or ''!r}")
        rep = asset.find("media-rep")
        path = (rep.get("src") if rep is not None else None) or asset.get("src") or asset.get("name") or "media"
        timecode = self.frames(asset.get("start"))
        start = self.frames(element.get("start")) if element.get("start") else timecode
        reel = asset.find("metadata/md[@key='com.apple.proapps.studio.reel']")
        volume = element.find("adjust-volume")
        gain = re.fullmatch(r"(-?[\d.e+-]+)dB", (volume.get("amount") or "") if volume is not None else "")
        fades = [0, 0]
        if volume is not None:
            fades = [
                self.frames(found.get("duration")) if (found := volume.find(f"param/{kind}")) is not None else 0
                for kind in ("fadeIn", "fadeOut")
            ]
        return Clip(
            element.get("name") or asset.get("name") or "", count, start - timecode, path,
            self.frames(asset.get("duration")), timecode, (reel.get("value") or "") if reel is not None else "",
            float(gain[1]) if gain else 0.0, *fades,
        )  # fmt: skip


def _wrapped(clip: etree._Element) -> etree._Element:
    """A lone clip as a project that shows it."""
    sequence = etree.Element("sequence", name=clip.get("name") or "Cut")
    if clip.get("format"):
        sequence.set("format", clip.get("format") or "")
    etree.SubElement(sequence, "spine").append(clip)
    return sequence


def _seconds(text: str | None) -> Fraction:
    match = re.fullmatch(r"\s*(-?\d{1,18})(?:/([1-9]\d{0,17}))?s\s*|\s*(-?\d{1,12}\.\d{1,9})s\s*", text or "0s")
    if not match:
        raise InputError(f"{text!r} is not a time of FCPXML.", hint="Export it again.")
    return Fraction(match[3]) if match[3] else Fraction(int(match[1]), int(match[2] or 1))


def _lane(element: etree._Element) -> int:
    text = element.get("lane") or "0"
    try:
        return int(text)
    except ValueError as error:
        raise InputError(f"{text!r} is not a lane of FCPXML.", hint="Export it again.") from error


def read_fcpxml(data: bytes) -> Sequence:
    """The first project of an FCPXML file.

    Raises:
        InputError: not FCPXML, no project, or a time that is none.
        LimitError: too large.
    """
    reader = _Reader(parse_xml(data, "fcpxml"))
    spine = reader.found.find("spine")
    if spine is None:
        raise InputError("This project is empty.", hint="Export one with clips.")
    first = reader.frames(reader.found.get("tcStart"))
    # Places on the spine count from the sequence's own timecode in files of some programs, from zero in ours.
    offsets = [reader.frames(one.get("offset")) for one in spine if one.get("offset")]
    reader.spine(spine, -first if first and offsets and min(offsets) >= first else 0, 0)
    made = reader.made
    for lane in sorted(reader.lanes, key=lambda number: (number < 0, abs(number))):
        for line in _lines(reader.lanes[lane], reader.joins.get(lane, []), "Audio" if lane < 0 else "Video"):
            made.lines.append(line)
    made.markers.sort(key=lambda marker: marker.at)
    return made


def _lines(items: list[tuple[int, Clip]], joins: list[tuple[int, int]], kind: str) -> list[Line]:
    """Clips of a lane as tracks; what lies on another clip goes to one more track."""
    lines: list[Line] = []
    ends: list[int] = []
    for at, clip in sorted(items, key=lambda item: item[0]):
        number = next((index for index, end in enumerate(ends) if end <= at), len(ends))
        if number == len(ends):
            lines.append(Line(kind))
            ends.append(0)
        line = lines[number]
        if at > ends[number]:
            line.clips.append(Clip("", at - ends[number]))
        if number == 0 and line.clips:
            for start, count in joins:
                if start <= at <= start + count:
                    line.joins[len(line.clips)] = Join(at - start, start + count - at)
        line.clips.append(clip)
        ends[number] = at + clip.count
    return lines
