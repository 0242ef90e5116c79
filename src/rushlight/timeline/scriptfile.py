"""A script as a Markdown file that people edit, and back.

The file looks like this::

    # Night trains

    <!-- rushlight-script 1 | writer: data | language: en | source: 3f2a… -->

    ## b01 hook: Revenue

    mood: 0.12, 0.34 | picture: night trains

    Between 2001 and 2024, revenue rose from €41.2 million to €160 million. [^1] [^2]

    [^1]: cells: Year@0 = Year[0]
    [^2]: cells: Revenue@0-23 = max(Revenue)

A `## ` heading opens a beat: its id, its role and, after a colon, its heading. The line of attributes under it holds
`mood: VALENCE, AROUSAL` and, where they apply, `chart` and `picture`; charts themselves stand at the end, each as a
footnote `[^chart-b01]` of JSON. Every other paragraph is one spoken line: its words, then in braces what is not plain
(`{speaker: Anna; pause: 1/2}`), then its footnotes. Notes of the writer are the items of a list under the title.

A person may change words, delete, move and add lines and beats. A new line needs no mark: a line without footnotes is
taken as a person's. A line whose words changed keeps its footnotes only when it still says what it said: the same
numbers, names and directions, in the same order (or when the caller's own check says so). Comments of their own, such
as `<!-- pin -->`, are passed over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, get_args

from pydantic import ValidationError

from rushlight.artifacts import Beat, Line, Script, Trace
from rushlight.core.errors import InputError
from rushlight.timeline.trace_notes import escape_text, read_trace, trace_text, unescape_text

__all__ = ["markdown_to_script", "script_to_markdown"]

_ROLES: tuple[str, ...] = get_args(Beat.model_fields["role"].annotation)
_STAMP = re.compile(r"^<!-- rushlight-script (\d+)(.*?)-->$")
_HEADING = re.compile(r"^##\s+(?:(?P<id>[\w.-]+)\s+)?(?P<role>[a-z]+)\s*(?::\s*(?P<heading>.*))?$")
_FOOTNOTE = re.compile(r"^\[\^(?P<label>[\w.-]+)\]:\s*(?P<body>.*)$")
_MARKS = re.compile(r"(?:\s*(?<!\\)\[\^[\w-]+\])+\s*$")
_BRACES = re.compile(r"\s*(?<!\\)\{(?P<inside>(?:[^{}\\]|\\.)*)\}\s*$")
# What a sentence states: an edit that leaves these as they are leaves the footnotes true.
_STATED = re.compile(
    r"[$€£¥]?\d[\d.,:]*%?|\b(?:percent|per cent|points?|thousand|million|billion|trillion|half|third|quarter|twice|"
    r"doubled|halved|one|two|three|four|five|six|seven|eight|nine|ten|first|second|not|no|never|none|rose|risen|rises?|fell|falls?|"
    r"fallen|grew|grown|up|down|dropped|declined|climbed|increased|decreased|higher|lower|more|less|fewer|highest|lowest|"
    r"most|least|fewest|largest|smallest|greatest|peaked|without)\b|(?<!^)(?<![.!?] )\b[A-Z][\w'’-]*",
)


def script_to_markdown(script: Script) -> str:
    """Write a script as Markdown; `markdown_to_script` gives back an equal script."""
    stamp = f"rushlight-script 1 | writer: {script.writer} | language: {script.language}"
    parts = [f"# {escape_text(script.title)}", f"<!-- {stamp} | source: {script.source_sha256 or 'none'} -->"]
    if script.notes:
        parts.append("\n".join(f"- {escape_text(note)}" for note in script.notes))
    footnotes: list[str] = []
    for beat in script.beats:
        parts.append(f"## {beat.id} {beat.role}" + (f": {escape_text(beat.heading)}" if beat.heading else ""))
        parts.append(_attributes(beat))
        for line in beat.lines:
            marks = []
            for trace in line.traces:
                footnotes.append(f"[^{len(footnotes) + 1}]: {trace_text(trace, script.source_sha256)}")
                marks.append(f"[^{len(footnotes)}]")
            parts.append(" ".join([_escape(line.text), *_extras(line), *marks]).strip())
    footnotes += [
        f"[^chart-{beat.id}]: {json.dumps(beat.chart, ensure_ascii=False)}"
        for beat in script.beats
        if beat.chart is not None
    ]
    if footnotes:
        parts.append("\n".join(footnotes))
    return "\n\n".join(parts) + "\n"


def _escape(text: str) -> str:
    """Protect a spoken line whose own characters would be taken for structure."""
    edged = not text or text != text.strip()
    text = escape_text(text).replace("{", "\\{").replace("}", "\\}").replace("[^", "\\[^")
    if edged:
        return f"\\|{text}\\|"
    if re.match(r"^(#|<!--|- |mood:|chart:|picture:)", text):
        return "\\" + text
    return text


def _unescape(text: str) -> str:
    if text.startswith("\\|") and text.endswith("\\|") and len(text) >= 4:
        text = text[2:-2]
    return unescape_text(text)


def _attributes(beat: Beat) -> str:
    text = f"mood: {beat.valence!r}, {beat.arousal!r}"
    if beat.chart is not None:
        text += f" | chart: [^chart-{beat.id}]"
    return text + (f" | picture: {escape_text(beat.picture)}" if beat.picture else "")


def _extras(line: Line) -> list[str]:
    given = {
        "speaker": line.speaker if line.speaker != "narrator" else "",
        "spoken": line.spoken,
        "pause": str(line.pause_seconds) if line.pause_seconds else "",
        "by": "writer" if line.author == "writer" and not line.traces else "person" if line.author == "person" else "",
    }
    if given["by"] == "person" and not line.traces:
        given["by"] = ""
    inside = "; ".join(f"{key}: {_protect(value)}" for key, value in given.items() if value)
    return ["{" + inside + "}"] if inside else []


def _protect(value: str) -> str:
    return re.sub(r"([\\{};])", r"\\\1", value).replace("\n", "\\n")


@dataclass
class _Block:
    """A run of lines without a blank one; `number` is the first one's, from 1."""

    number: int
    lines: list[str] = field(default_factory=list)


def markdown_to_script(text: str, base: Script, *, grounds: Callable[[Line], bool] | None = None) -> Script:
    """Read an edited script file back.

    Args:
        text: the file.
        base: the script it was written from: what a line was before it was edited.
        grounds: whether a reworded line is still borne out by the traces it has, where a caller can check the source;
            without it, the line must state the same numbers, names and directions as before.

    Returns:
        The script; equal to `base` if nothing was edited. Its writer is `person` when anything was, and `notes` says
        which lines lost their traces.

    Raises:
        InputError: broken structure, with the line.
    """
    if "\0" in text:
        raise InputError("This script file has NUL bytes in it.", hint="It is not a text file any more.")
    blocks = [block for block in _blocks(text) if not _is_note(block)]
    charts, blocks = _charts(blocks)
    footnotes, blocks = _footnotes(blocks, base.source_sha256)
    title, stamp, notes, blocks = _front(blocks, base)
    judge = _Judge(base, grounds)
    beats = tuple(_beats(blocks, footnotes, charts, judge))
    if not beats:
        raise InputError("This script has no beats.", where="end of file", hint="Start one with `## b01 lead`.")
    script = Script(
        title=title,
        language=stamp.get("language", base.language),
        beats=beats,
        writer=stamp.get("writer", base.writer),
        source_sha256=base.source_sha256,
        notes=notes,
    )
    if script == base:
        return script
    return script.model_copy(update={"writer": "person", "notes": (*notes, *judge.notes)})


def _blocks(text: str) -> Iterator[_Block]:
    block: _Block | None = None
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if not line.strip():
            block = None
        elif block is None or _is_alone(line) or _is_alone(block.lines[-1]):
            block = _Block(number, [line.rstrip()])
            yield block
        else:
            block.lines.append(line.rstrip())


def _is_note(block: _Block) -> bool:
    """Pins, comments and alternatives are comments of their own; see `rushlight.timeline.paragraph_merge`."""
    line = block.lines[0]
    return line.startswith("<!--") and line.endswith("-->") and _STAMP.match(line) is None


def _is_alone(line: str) -> bool:
    """Headings, footnotes and comments are blocks of their own, with or without blank lines around them."""
    return line.startswith(("#", "[^", "<!--"))


def _footnotes(blocks: list[_Block], source: str) -> tuple[dict[str, Trace], list[_Block]]:
    footnotes: dict[str, Trace] = {}
    rest = []
    for block in blocks:
        match = _FOOTNOTE.match(block.lines[0])
        if match is None:
            rest.append(block)
            continue
        if match.group("label") in footnotes:
            raise InputError(
                f"Footnote [^{match.group('label')}] is given twice.",
                where=f"line {block.number}",
                hint="Delete one of them.",
            )
        footnotes[match.group("label")] = read_trace(
            " ".join([match.group("body"), *block.lines[1:]]), source, block.number
        )
    return footnotes, rest


def _charts(blocks: list[_Block]) -> tuple[dict[str, dict[str, Any]], list[_Block]]:
    charts: dict[str, dict[str, Any]] = {}
    rest = []
    for block in blocks:
        match = _FOOTNOTE.match(block.lines[0])
        if match is None or not match.group("label").startswith("chart-"):
            rest.append(block)
            continue
        try:
            chart = json.loads(" ".join([match.group("body"), *block.lines[1:]]))
        except (json.JSONDecodeError, RecursionError) as error:
            raise InputError(
                "This chart is not valid JSON.", where=f"line {block.number}", hint="Undo the change, or delete it."
            ) from error
        if not isinstance(chart, dict):
            raise InputError("A chart is a JSON object.", where=f"line {block.number}", hint="Undo the change.")
        charts[match.group("label")] = chart
    return charts, rest


def _front(blocks: list[_Block], base: Script) -> tuple[str, dict[str, str], tuple[str, ...], list[_Block]]:
    if not blocks or not blocks[0].lines[0].startswith("# "):
        number = blocks[0].number if blocks else 1
        raise InputError(
            "A script file starts with its title.", where=f"line {number}", hint=f"Write `# {base.title}` first."
        )
    title = unescape_text(blocks[0].lines[0][2:].strip())
    stamp: dict[str, str] = {}
    notes: list[str] = []
    for place, block in enumerate(blocks[1:], 1):
        first = block.lines[0]
        if first.startswith("##"):
            return title, stamp, tuple(notes), blocks[place:]
        if match := _STAMP.match(first):
            if match.group(1) != "1":
                raise InputError(
                    f"This script file has form {match.group(1)}; this version reads form 1.",
                    where=f"line {block.number}",
                    hint="Use a newer Rushlight.",
                )
            for part in match.group(2).split("|"):
                key, _, value = part.partition(":")
                stamp[key.strip()] = value.strip()
        elif all(line.startswith("- ") for line in block.lines):
            notes += [unescape_text(line[2:]) for line in block.lines]
        else:
            raise InputError(
                "Spoken lines stand under a beat, and there is none before this one.",
                where=f"line {block.number}",
                hint="Write a heading such as `## b01 lead` above it.",
            )
    return title, stamp, tuple(notes), []


class _Judge:
    """Decides what an edited line keeps, by what it was before."""

    def __init__(self, base: Script, grounds: Callable[[Line], bool] | None) -> None:
        self.lines = [line for _, line in base.lines()]
        self.grounds = grounds
        self.notes: list[str] = []

    def settle(self, line: Line, beat_id: str, marked: str) -> Line:
        """The line as it may stand: as before, reworded with its traces, or a person's without."""
        if any(line == old for old in self.lines):
            return line
        if marked == "writer" and not line.traces:
            same = any(line.text == old.text for old in self.lines)
            return line if same else line.model_copy(update={"author": "person"})
        if any(line.text == old.text and line.traces == old.traces for old in self.lines):
            return line
        line = line.model_copy(update={"author": "person"})
        if not line.traces:
            return line
        if self.grounds is not None:
            kept = self.grounds(line)
        else:
            before = next((old for old in self.lines if old.traces == line.traces), None)
            kept = before is not None and _stated(before.text) == _stated(line.text)
        if kept:
            return line
        opening = " ".join(line.text.split()[:6])
        self.notes.append(f"A person reworded a line of {beat_id}, and it lost its traces: {opening} …")
        return line.model_copy(update={"traces": ()})


def _stated(text: str) -> list[str]:
    return [match.group().rstrip(".,:") for match in _STATED.finditer(text)]


def _beats(
    blocks: list[_Block], footnotes: dict[str, Trace], charts: dict[str, dict[str, Any]], judge: _Judge
) -> Iterator[Beat]:
    place = 0
    used: set[str] = set()
    ids = {m.group("id") for block in blocks if (m := _HEADING.match(block.lines[0])) and m.group("id")}
    while place < len(blocks):
        head = blocks[place]
        match = _heading(head)
        name = match.group("id") or _free_id(ids)
        ids.add(name)
        if name in used:
            raise InputError(
                f"Two beats are called {name}.", where=f"line {head.number}", hint="Give one of them another id."
            )
        used.add(name)
        place += 1
        valence, arousal, picture, chart = 0.0, 0.3, "", None
        if place < len(blocks) and re.match(r"^(mood|picture|chart):", blocks[place].lines[0]):
            valence, arousal, picture, chart = _read_attributes(blocks[place], charts)
            place += 1
        lines: list[Line] = []
        while place < len(blocks) and not blocks[place].lines[0].startswith("##"):
            lines.append(_line(blocks[place], footnotes, judge, name))
            place += 1
        if not lines:
            raise InputError(
                f"Beat {name} has no lines.", where=f"line {head.number}", hint="Write one, or delete the heading."
            )
        yield Beat(
            id=name,
            role=match.group("role"),  # type: ignore[arg-type]
            heading=unescape_text(match.group("heading") or ""),
            lines=tuple(lines),
            valence=valence,
            arousal=arousal,
            picture=picture,
            chart=chart,
        )


def _free_id(taken: set[str]) -> str:
    return next(name for number in range(1, 10_000) if (name := f"b{number:02d}") not in taken)


def _heading(block: _Block) -> re.Match[str]:
    match = _HEADING.match(block.lines[0])
    if match is None or match.group("role") not in _ROLES:
        raise InputError(
            f"This heading is not a beat's: {block.lines[0]!r}.",
            where=f"line {block.number}",
            hint=f"Write `## ID ROLE: HEADING`, with a role of {', '.join(_ROLES)}.",
        )
    return match


def _read_attributes(
    block: _Block, charts: dict[str, dict[str, Any]]
) -> tuple[float, float, str, dict[str, Any] | None]:
    where = f"line {block.number}"
    valence, arousal, chart = 0.0, 0.3, None
    joined, _, picture = (" | " + " ".join(block.lines)).partition(" | picture:")
    for part in joined.split(" | ")[1:]:
        key, _, value = part.partition(":")
        if key == "mood":
            valence, arousal = _mood(value, where)
        elif key == "chart" and (label := re.fullmatch(r"\s*\[\^([\w.-]+)\]\s*", value)):
            if label.group(1) not in charts:
                raise InputError(
                    f"There is no chart [^{label.group(1)}].", where=where, hint="Bring it back, or delete the mark."
                )
            chart = charts[label.group(1)]
        elif part.strip():
            raise InputError(
                f"{part.strip()!r} is not an attribute of a beat.",
                where=where,
                hint="Known are mood, chart and picture, parted by ` | `.",
            )
    return valence, arousal, unescape_text(picture.strip()), chart


def _mood(value: str, where: str) -> tuple[float, float]:
    try:
        valence, arousal = (float(part) for part in value.split(","))
    except ValueError:
        valence, arousal = 9.0, 9.0
    if not (-1 <= valence <= 1 and 0 <= arousal <= 1):
        raise InputError(
            "A mood is two numbers: sad to glad (-1 to 1), calm to stirring (0 to 1).",
            where=where,
            hint="Write, for example, `mood: 0.2, 0.4`.",
        )
    return valence, arousal


def _line(block: _Block, footnotes: dict[str, Trace], judge: _Judge, beat_id: str) -> Line:
    text = " ".join(part.strip() for part in block.lines)
    where = f"line {block.number}"
    labels: list[str] = []
    if match := _MARKS.search(text):
        labels = re.findall(r"\[\^([\w-]+)\]", match.group())
        text = text[: match.start()].rstrip()
    extras: dict[str, str] = {}
    if match := _BRACES.search(text):
        extras = _read_extras(match.group("inside"), where)
        text = text[: match.start()].rstrip()
    if re.search(r"(?<!\\)\[\^", text):
        raise InputError("A footnote mark stands inside a line.", where=where, hint="Move it to the line's end.")
    unknown = next((label for label in labels if label not in footnotes), None)
    if unknown is not None:
        raise InputError(
            f"There is no footnote [^{unknown}].", where=where, hint="Delete the mark, or bring the footnote back."
        )
    traces = tuple(footnotes[label] for label in labels)
    marked = extras.get("by", "")
    spoken_text = _unescape(text)
    if not spoken_text and not any(not old.text for old in judge.lines):
        raise InputError("This line has no words.", where=where, hint="Write some, or delete it.")
    try:
        line = Line(
            text=spoken_text,
            spoken=extras.get("spoken", ""),
            speaker=extras.get("speaker", "narrator"),
            traces=traces,
            pause_seconds=Fraction(extras.get("pause", "0")),
            author="person" if marked == "person" or (not marked and not traces) else "writer",
        )
    except (ValueError, ZeroDivisionError, ValidationError) as error:
        raise InputError(
            "What stands in the braces cannot be read.", where=where, hint="Write {pause: 1/2}."
        ) from error
    return judge.settle(line, beat_id, marked)


def _read_extras(inside: str, where: str) -> dict[str, str]:
    extras: dict[str, str] = {}
    for part in re.findall(r"(?:[^;\\]|\\.)+", inside):
        key, colon, value = part.partition(":")
        if not colon or key.strip() not in ("speaker", "spoken", "pause", "by"):
            raise InputError(
                f"{part.strip()!r} says nothing known.", where=where, hint="Known are speaker, spoken, pause and by."
            )
        extras[key.strip()] = unescape_text(value.strip())
    return extras
