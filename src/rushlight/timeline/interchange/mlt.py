"""MLT XML, which Kdenlive and Shotcut open: playlists on a tractor, frames counted from each file's first.

MLT reads timecode from the files themselves, so a clip's in and out never include it. A dissolve is a tractor of its
own in which two clips lie over each other.

Reference:
    MLT framework, XML documentation (producer, playlist, tractor, luma and mix transitions).
"""

from __future__ import annotations

import json
import re
from fractions import Fraction
from typing import Any

from lxml import etree

from rushlight.core.errors import InputError
from rushlight.timeline.interchange.hardened_xml import parse_xml, xml_text
from rushlight.timeline.interchange.sequence import Clip, Join, Line, Marker, Sequence

__all__ = ["read_mlt", "write_mlt"]


def _property(parent: etree._Element, name: str, value: object) -> None:
    etree.SubElement(parent, "property", name=name).text = str(value)


def write_mlt(sequence: Sequence) -> str:
    """A sequence as MLT XML; what does not fit is added to `sequence.lost`."""
    rate = sequence.rate
    root = etree.Element("mlt", LC_NUMERIC="C", producer="main", title=sequence.name)
    etree.SubElement(
        root, "profile", width=str(sequence.width_px), height=str(sequence.height_px), progressive="1",
        frame_rate_num=str(rate.numerator), frame_rate_den=str(rate.denominator), sample_aspect_num="1",
        sample_aspect_den="1", description="Rushlight",
    )  # fmt: skip
    writer = _Writer(root, sequence)
    names = [writer.playlist(number, line) for number, line in enumerate(sequence.lines)]
    main = etree.SubElement(root, "tractor", {"id": "main", "in": "0", "out": str(max(sequence.count - 1, 0))})
    if sequence.markers:
        guides = [
            {"pos": one.at, "comment": one.name, "type": 0, **({"duration": one.count} if one.count else {})}
            for one in sequence.markers
        ]
        _property(main, "kdenlive:sequenceproperties.guides", json.dumps(guides, ensure_ascii=False))
    for name, line in zip(names, sequence.lines, strict=True):
        etree.SubElement(main, "track", producer=name, hide="video" if line.kind == "Audio" else "audio")
    for number, line in enumerate(sequence.lines[1:], 1):
        blend = etree.SubElement(main, "transition", id=f"blend{number}")
        for key, value in (("a_track", 0), ("b_track", number), ("always_active", 1)):
            _property(blend, key, value)
        _property(blend, "mlt_service", "mix" if line.kind == "Audio" else "qtblend")
        if line.kind == "Audio":
            _property(blend, "sum", 1)
    return xml_text(root)


class _Writer:
    def __init__(self, root: etree._Element, sequence: Sequence) -> None:
        self.root, self.sequence, self.count = root, sequence, 0

    def playlist(self, number: int, line: Line) -> str:
        made: list[tuple[str, Any]] = []
        for index, clip in enumerate(line.clips):
            join, after = line.joins.get(index), line.joins.get(index + 1)
            if join is not None:
                made.append(("mix", self.mix(line, index, join)))
            early, late = (join.after if join else 0), (after.before if after else 0)
            if clip.count - early - late < 0:
                raise InputError(f"The dissolves around {clip.name!r} are longer than it is.", hint="Shorten them.")
            if clip.is_gap:
                made.append(("blank", clip.count - early - late))
            elif clip.count > early + late:
                producer = self.producer(clip, line)
                made.append(("entry", (producer, clip.start + early, clip.start + clip.count - late - 1)))
        playlist = etree.SubElement(self.root, "playlist", id=f"playlist{number}")
        if line.name:
            _property(playlist, "kdenlive:track_name", line.name)
        if line.kind == "Audio":
            _property(playlist, "kdenlive:audio_track", 1)
        for kind, what in made:
            if kind == "blank":
                if what:
                    etree.SubElement(playlist, "blank", length=str(what))
            elif kind == "mix":
                etree.SubElement(playlist, "entry", {"producer": what[0], "in": "0", "out": str(what[1] - 1)})
            else:
                etree.SubElement(playlist, "entry", {"producer": what[0], "in": str(what[1]), "out": str(what[2])})
        return f"playlist{number}"

    def producer(self, clip: Clip, line: Line) -> str:
        self.count += 1
        name = f"producer{self.count}"
        length = max(clip.media_count, clip.start + clip.count)
        made = etree.SubElement(self.root, "producer", {"id": name, "in": "0", "out": str(length - 1)})
        for key, value in (("resource", clip.path), ("mlt_service", "avformat"), ("length", length),
                           ("kdenlive:clipname", clip.name)):  # fmt: skip
            _property(made, key, value)
        for key, value in (("media_count", clip.media_count), ("timecode", clip.timecode), ("reel", clip.reel)):
            if value:
                _property(made, f"rushlight:{key}", value)
        if line.kind == "Audio":
            _property(made, "video_index", -1)
        if clip.gain_db:
            level = etree.SubElement(made, "filter", id=f"gain{self.count}")
            _property(level, "mlt_service", "volume")
            _property(level, "level", repr(clip.gain_db))
        for key, frames in (("fade_in", clip.fade_in), ("fade_out", clip.fade_out)):
            if frames:
                fade = etree.SubElement(made, "filter", id=f"{key}{self.count}")
                first, last = clip.start, clip.start + clip.count - 1
                low, high = (first, first + frames) if key == "fade_in" else (last - frames, last)
                _property(fade, "mlt_service", "volume")
                _property(fade, "kdenlive_id", key.replace("_", ""))
                _property(fade, "level", f"{low}=-60;{high}=0" if key == "fade_in" else f"{low}=0;{high}=-60")
                _property(fade, f"rushlight:{key}", frames)
        return name

    def mix(self, line: Line, index: int, join: Join) -> tuple[str, int]:
        """A tractor in which the end of one clip and the start of the next lie over each other."""
        before, after = line.clips[index - 1], line.clips[index]
        length = join.before + join.after
        tracks: list[tuple[str, int, int] | None] = []
        for clip, start in ((before, before.start + before.count - join.before), (after, after.start - join.before)):
            if clip.is_gap:
                tracks.append(None)
                continue
            if start < 0:
                raise InputError(f"The dissolve into {clip.name!r} begins before its media does.", hint="Shorten it.")
            tracks.append((self.producer(clip, line), start, start + length - 1))
        self.count += 1
        name = f"mix{self.count}"
        tractor = etree.SubElement(self.root, "tractor", {"id": name, "in": "0", "out": str(length - 1)})
        _property(tractor, "rushlight:cut", join.before)
        for track in tracks:
            if track is None:
                etree.SubElement(tractor, "track", producer="black")
            else:
                etree.SubElement(tractor, "track", {"producer": track[0], "in": str(track[1]), "out": str(track[2])})
        blend = etree.SubElement(tractor, "transition", {"id": f"{name}-blend", "in": "0", "out": str(length - 1)})
        for key, value in (("a_track", 0), ("b_track", 1), ("start", -1)):
            _property(blend, key, value)
        _property(blend, "mlt_service", "mix" if line.kind == "Audio" else "luma")
        return name, length


def _get(element: etree._Element, name: str, default: str = "") -> str:
    for one in element.iterfind("property"):
        if one.get("name") == name:
            return (one.text or "").strip()
    return default


class _Reader:
    def __init__(self, root: etree._Element) -> None:
        profile = root.find("profile")
        if profile is None:
            raise InputError("This project does not say its frame rate.", hint="Save it again in the editor.")
        numerator, denominator = (int(profile.get(key) or 0) for key in ("frame_rate_num", "frame_rate_den"))
        if numerator <= 0 or denominator <= 0:
            raise InputError("This project's frame rate is not a number above zero.")
        self.made = Sequence(root.get("title") or "Cut", Fraction(numerator, denominator))
        self.made.width_px, self.made.height_px = int(profile.get("width") or 1920), int(profile.get("height") or 1080)
        self.by_id = {one.get("id"): one for one in root if one.get("id")}
        self.folder = root.get("root") or ""

    def frames(self, text: str | None, default: int = 0) -> int:
        """A place in frames: a count, or a clock `HH:MM:SS.mmm` as Kdenlive writes."""
        if text is None or text == "":
            return default
        if re.fullmatch(r"-?\d{1,12}", text):
            return int(text)
        if match := re.fullmatch(r"(\d{1,3}):(\d\d):(\d\d(?:[.,]\d{1,9})?)", text):
            seconds = int(match[1]) * 3600 + int(match[2]) * 60 + Fraction(match[3].replace(",", "."))
            return round(seconds * self.made.rate)
        raise InputError(f"{text!r} is not a time of MLT.", hint="Save the project again.")

    def line(self, playlist: etree._Element, kind: str) -> Line:
        line = Line(kind, _get(playlist, "kdenlive:track_name"))
        pending: tuple[int, int] | None = None
        for item in playlist:
            if item.tag == "blank":
                self._add(line, Clip("", self.frames(item.get("length"))), pending)
                pending = None
            elif item.tag == "entry":
                first, last = self.frames(item.get("in")), self.frames(item.get("out"))
                target = self.by_id.get(item.get("producer"))
                if target is not None and target.tag == "tractor" and len(target.findall("track")) == 2:
                    pending = self._mix(line, target, last - first + 1)
                    continue
                self._add(line, self.clip(target, first, last - first + 1), pending)
                pending = None
        if pending is not None:
            line.joins.pop(len(line.clips), None)
        return line

    def _add(self, line: Line, clip: Clip, pending: tuple[int, int] | None) -> None:
        if pending is not None:
            _, after = pending
            start = clip.start - after if not clip.is_gap else 0
            clip = _grown(clip, start, clip.count + after)
        line.clips.append(clip)

    def _mix(self, line: Line, tractor: etree._Element, length: int) -> tuple[int, int]:
        """The clip before grows to the cut; the one after grows when it comes."""
        cut = int(_get(tractor, "rushlight:cut") or length // 2)
        if line.clips:
            before = line.clips[-1]
            line.clips[-1] = _grown(before, before.start, before.count + cut)
        line.joins[len(line.clips)] = Join(cut, length - cut)
        return cut, length - cut

    def clip(self, producer: etree._Element | None, start: int, count: int) -> Clip:
        service = _get(producer, "mlt_service") if producer is not None else ""
        if (
            producer is None
            or producer.tag not in ("producer", "chain")
            or service in ("color", "colour", "kdenlivetitle")
        ):
            self.made.lose("generators, titles and nested sequences, which are left empty")
            return Clip("", count)
        path = _get(producer, "resource")
        if self.folder and path and not path.startswith("/") and "://" not in path:
            path = f"{self.folder.rstrip('/')}/{path}"
        gain, fades = 0.0, {"fade_in": 0, "fade_out": 0}
        for effect in producer.iterfind("filter"):
            for key in fades:
                fades[key] = int(_get(effect, f"rushlight:{key}") or fades[key])
            level = _get(effect, "level") or _get(effect, "gain")
            if re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", level) and _get(effect, "mlt_service") == "volume":
                gain = float(level)
        return Clip(
            _get(producer, "kdenlive:clipname") or path.rsplit("/", 1)[-1], count, start, path,
            int(_get(producer, "rushlight:media_count") or 0), int(_get(producer, "rushlight:timecode") or 0),
            _get(producer, "rushlight:reel"), gain, *fades.values(),
        )  # fmt: skip


def _grown(clip: Clip, start: int, count: int) -> Clip:
    return Clip(**{**clip.__dict__, "start": start, "count": count})


def read_mlt(data: bytes) -> Sequence:
    """The main sequence of an MLT or Kdenlive file.

    Raises:
        InputError: not MLT XML, no tracks, or a time that is none.
        LimitError: too large.
    """
    root = parse_xml(data, "mlt")
    try:
        reader = _Reader(root)
        main = _main(root, reader.by_id)
        for track in main.iterfind("track"):
            for playlist in _playlists(reader.by_id.get(track.get("producer")), reader.by_id):
                is_sound = track.get("hide") == "video" or bool(_get(playlist, "kdenlive:audio_track"))
                line = reader.line(playlist, "Audio" if is_sound else "Video")
                while line.clips and line.clips[-1].is_gap and len(line.clips) not in line.joins:
                    line.clips.pop()
                if line.clips:
                    reader.made.lines.append(line)
        guides = _get(main, "kdenlive:sequenceproperties.guides") or "[]"
        for guide in json.loads(guides):
            reader.made.markers.append(
                Marker(int(guide["pos"]), str(guide.get("comment", "")), int(guide.get("duration", 0)))
            )
    except (ValueError, KeyError, TypeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"This project is damaged ({error}).", hint="Save it again in the editor.") from error
    return reader.made


def _main(root: etree._Element, by_id: dict[str | None, etree._Element]) -> etree._Element:
    named = by_id.get(root.get("producer"))
    tractors = [one for one in root if one.tag == "tractor"]
    if named is not None and named.tag == "tractor":
        return named
    if not tractors:
        raise InputError("This project has no tracks.", hint="Save one with clips.")
    return tractors[-1]


def _playlists(
    found: etree._Element | None, by_id: dict[str | None, etree._Element], deep: int = 0
) -> list[etree._Element]:
    """Playlists behind a track: Kdenlive puts two in a tractor."""
    if found is None or deep > 8:
        return []
    if found.tag == "playlist":
        return [found]
    return [
        one
        for track in found.iterfind("track")
        for one in _playlists(by_id.get(track.get("producer")), by_id, deep + 1)
    ]
