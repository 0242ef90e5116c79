"""Films of which the origin of every second and word is known, because they were laid out here by lot."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio

from rushlight.artifacts import Cut, Narration, Script, Source, WorkHistory
from rushlight.artifacts.contribution import Contributor, Deed, MediaOrigin
from rushlight.artifacts.narration import NarrationLine
from rushlight.artifacts.script import Beat, Line, Trace
from rushlight.core.artifact import FileRef
from rushlight.timeline.cutfile import make_cut, rational, write_timeline

PEOPLE = ("Anna Brandt", "Ole Holm", "Ines Vidal")
RATES = (Fraction(24), Fraction(25), Fraction(30), Fraction(24000, 1001), Fraction(30000, 1001))
SOURCE_WORDS = [f"fact{number}" for number in range(400)]
OWN_WORDS = [f"turn{number}" for number in range(200)]


@dataclass
class Known:
    """What is true of a film."""

    seconds: dict[str, Fraction] = field(default_factory=dict)
    words: dict[str, int] = field(default_factory=dict)
    speech: dict[str, Fraction] = field(default_factory=dict)

    def add(self, group: str, name: str, amount: Fraction | int) -> None:
        """Add to what is known of somebody."""
        kept = getattr(self, group)
        kept[name] = kept.get(name, 0) + amount


@dataclass
class MadeFilm:
    """Everything that is handed to the account, and what is true."""

    cut: Cut
    script: Script
    narration: Narration
    source: Source
    history: WorkHistory
    known: Known


def make(folder: Path, seed: int, *, again: bool = False) -> MadeFilm:
    """One film; `again` cuts the same material anew: clips in other order and length, some words changed by hand."""
    chance = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    rate = chance.choice(RATES)
    known = Known()
    files = []
    for number, person in enumerate(PEOPLE):
        path = folder / f"clip{number}.mp4"
        path.write_bytes(f"{seed} {number}".encode())
        files.append((FileRef.of(path), person))
    script, source, narration = _words(folder, chance, known)
    edit = random.Random(seed * 7 + 1) if again else chance
    timeline = otio.schema.Timeline(name=f"film {seed}")
    timeline.tracks.append(_pictures(files, edit, rate, known))
    path = folder / ("again.otio" if again else "film.otio")
    write_timeline(timeline, path)
    cut = make_cut(timeline, path, width_px=1280, height_px=720, rate=rate, known=[file for file, _ in files])
    if again:
        script, known = _reworded(script, known, edit)
    media = tuple(
        MediaOrigin(sha256=file.sha256, contributor=Contributor(kind="person", name=name), evidence=file.path.name)
        for file, name in files
    )
    deeds = (Deed(contributor=Contributor(kind="rule", name="Rushlight"), step="lay_timeline", record="0" * 64),)
    return MadeFilm(cut, script, narration, source, WorkHistory(media=media, deeds=deeds, person="Anna Brandt"), known)


def _pictures(
    files: list[tuple[FileRef, str]], chance: random.Random, rate: Fraction, known: Known
) -> otio.schema.Track:  # fmt: skip
    track = otio.schema.Track(name="Pictures", kind=otio.schema.TrackKind.Video)
    for number in range(chance.randrange(5, 40)):
        frames = chance.randrange(1, 400)
        seconds = Fraction(frames) / rate
        span = otio.opentime.TimeRange(rational(Fraction(0), rate), rational(seconds, rate))
        if chance.random() < 0.35:
            reference = otio.schema.GeneratorReference(generator_kind="rushlight.title", parameters={})
            known.add("seconds", "Rushlight graphics", seconds)
        else:
            file, person = chance.choice(files)
            reference = otio.schema.ExternalReference(target_url=file.path.name)
            known.add("seconds", person, seconds)
        track.append(otio.schema.Clip(name=f"{number}", media_reference=reference, source_range=span))
    return track


def _words(folder: Path, chance: random.Random, known: Known) -> tuple[Script, Source, Narration]:
    text, lines, spoken, at = "", [], [], Fraction(0)
    path = folder / "article.md"
    for number in range(chance.randrange(4, 30)):
        quoted = chance.sample(SOURCE_WORDS, chance.randrange(0, 9))
        own = chance.sample(OWN_WORDS, chance.randrange(0 if quoted else 1, 6))
        start = len(text)
        text += " ".join(quoted) + ". "
        words = quoted + own
        chance.shuffle(words)
        by_person = chance.random() < 0.2
        trace = (Trace(source_sha256="0" * 64, start=start, end=len(text)),) if quoted else ()
        lines.append(Line(text=" ".join(words) + ".", traces=trace, author="person" if by_person else "writer"))
        if by_person:
            known.add("words", "Anna Brandt", len(words))
        else:
            known.add("words", "article.md", len(quoted))
            known.add("words", "writer house/x", len(own))
        end = at + Fraction(chance.randrange(10, 90), 10)
        voice = chance.choice(("narrator", "guest"))
        spoken.append(
            NarrationLine(beat_id="b1", index=number, speaker=voice, start=at, end=end, words=(), phonemes=())
        )
        known.add("speech", voice, end - at)
        at = end + Fraction(1, 4)
    path.write_text(text, encoding="utf-8")
    source = Source(form="article", title="x", file=FileRef.of(path), text=text)
    script = Script(title="x", beats=(Beat(id="b1", role="lead", lines=tuple(lines)),), writer="house/x")
    narration = Narration(
        audio=source.file, sample_rate=48_000, duration=at, lines=tuple(spoken),
        voices={"narrator": "espeak/en-gb", "guest": "kokoro/af"},
    )  # fmt: skip
    return script, source, narration


def _reworded(script: Script, known: Known, chance: random.Random) -> tuple[Script, Known]:
    """A person writes one line anew: from then on its words are theirs."""
    beat = script.beats[0]
    place = chance.randrange(len(beat.lines))
    old, new = beat.lines[place], Line(text="new words by hand here.", author="person")
    words = old.text.rstrip(".").split()
    for word in words:
        name = "Anna Brandt" if old.author == "person" else "article.md" if word in SOURCE_WORDS else "writer house/x"
        known.words[name] -= 1
    known.add("words", "Anna Brandt", 5)
    lines = (*beat.lines[:place], new, *beat.lines[place + 1 :])
    return script.model_copy(update={"beats": (beat.model_copy(update={"lines": lines}),)}), known
