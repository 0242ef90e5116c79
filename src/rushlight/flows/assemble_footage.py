"""The jobs `cut --length`, `--by` and `--trailer`: footage becomes a rough cut or a trailer, with its shots and faults
to look at.
"""

from __future__ import annotations

import base64
import io
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from importlib.resources import files as resource_files
from pathlib import Path
from typing import Any, Literal

import jinja2
from PIL import Image

from rushlight.artifacts import (
    Audio,
    Cut,
    EditList,
    Faults,
    Media,
    MusicPlan,
    Score,
    Section,
    Shots,
    ShotSpan,
    Transcript,
)  # fmt: skip
from rushlight.artifacts.beats import Beat, Beats
from rushlight.artifacts.shot_table import ShotTable
from rushlight.artifacts.source import Document
from rushlight.core.artifact import FileRef
from rushlight.core.errors import InputError, MediaError, RushlightError
from rushlight.core.project import Project, slug
from rushlight.create.render_film import render_film
from rushlight.edit.assembling.lines import read_lines
from rushlight.edit.lay_cut import lay_cut
from rushlight.edit.make_trailer import BREATH, CLIMAX
from rushlight.flows.allow_use import require_use
from rushlight.flows.cut_footage import EXPORTS, CutFilm
from rushlight.flows.sign_result import keep_ledger, sign_or_say
from rushlight.flows.wishes import wanted_here
from rushlight.media.colour import i420_to_rgb
from rushlight.media.decode import VideoReader
from rushlight.media.probe import probe
from rushlight.timeline.cutfile import MediaFinder, linked_text, read_cut, read_timeline

__all__ = ["AssembleWishes", "assemble_footage"]

_THUMBNAIL_PX = 240
_TITLE_SECONDS = Fraction(2)
# Music leads where a cut follows it.
_MUSIC_DB = {"interest": 0.0, "script": -4.0, "music": 5.0, "trailer": 3.0}


@dataclass(frozen=True)
class AssembleWishes:
    """What a person asks for."""

    length_seconds: Fraction
    """0 for as long as the script or the music asks for."""
    by: Literal["interest", "script", "music", "trailer"] = "interest"
    script: Path | None = None
    music: Path | None = None
    """Lies under the cut, which changes its pictures on the beats."""
    compose: bool = True
    """A trailer without music of its own gets some composed."""
    genre: str = "cinematic"
    title: str = ""
    """Shown at the end of a trailer."""
    seed: int = 0
    spoiler_share: float = 0.2
    most_of_scene: float | None = None
    transcriber: str = "pocketsphinx/en-us"
    language: str = "en"
    exports: tuple[str, ...] = ()
    preview: bool = False
    """Only the pages: no film."""
    quality: bool = True
    """Look for faults as well."""
    credentials: bool | None = None
    """Sign where the film comes from into it; None for what the project says, else yes."""


@dataclass
class _Reel:
    """One recording and what was seen in it."""

    name: str
    media: Media
    shots: Shots
    table: ShotTable
    transcript: Transcript | None = None
    faults: Faults | None = None
    used: set[int] = field(default_factory=set)


def assemble_footage(project: Project, paths: Sequence[Path], wishes: AssembleWishes) -> CutFilm:
    """Find the shots of all footage, describe them, and put together what was asked for.

    Beside the film there are its timeline, a table of all shots, a page with a picture of each (the used ones marked),
    and a page of faults for every recording. What a person changed in the timeline is kept.

    Raises:
        InputError: no file has a moving picture, or what the way of assembling needs is missing.
        RushlightError: as the steps say.
    """
    _check(wishes)
    with project.job("assemble"):
        made = _assembled(project, [Path(os.path.normpath(path.absolute())) for path in paths], wishes)
        keep_ledger(project)
        return made


def _check(wishes: AssembleWishes) -> None:
    """Say what is missing before anything slow begins."""
    if wishes.by == "script" and wishes.script is None:
        raise InputError("A cut by script needs a script.", hint="Give --script FILE, one line for each stretch.")
    if wishes.by == "music" and wishes.music is None:
        raise InputError("A cut by music needs music.", hint="Give --music FILE.")
    for path, what in ((wishes.script, "script"), (wishes.music, "music")):
        if path is not None and not path.is_file():
            raise InputError(f"This {what} does not exist.", path=path, hint="Check the name and the folder.")


def _assembled(project: Project, paths: list[Path], wishes: AssembleWishes) -> CutFilm:
    out = CutFilm(slug(paths[0].stem), paths[0].stem)
    kind = "trailer" if wishes.by == "trailer" else "cut"
    music, beats = _given_music(project, wishes)
    reels = _reels(project, paths, wishes, out)
    given = [FileRef.of(path) for path in (wishes.music, wishes.script) if path is not None]
    require_use(project, [*(reel.media.file for reel in reels), *given], work=out.name)
    out.recorded_seconds = sum((reel.media.duration for reel in reels), Fraction(0))
    if wishes.by == "trailer" and music is None and wishes.compose:
        music, beats = _composed(project, wishes, out)
    edits = _edits(project, reels, wishes, music, beats)
    for note in edits.notes:
        out.weak.append(note)
    for span in edits.spans:
        used = (n for n, shot in enumerate(reels[span.source].shots.shots) if shot.start <= span.start < shot.end)
        reels[span.source].used.update(used)
    out.seconds, out.proposals = edits.duration + (_TITLE_SECONDS if wishes.title else 0), len(edits.spans)
    out.review = project.publish(_page(reels, edits, out.title, kind), f"reviews/{out.name}/shots.html")
    table = "".join(line for place, reel in enumerate(reels) for line in _table_lines(reel, with_head=place == 0))
    out.files["shots"] = project.publish(table, f"reviews/{out.name}/shots.csv")
    if wishes.preview:
        return out
    cut = _laid(project, reels, edits, out, wishes, music)
    media = project.run(render_film, cut, None)
    default = project.settings().get("defaults", {}).get("credentials")
    film = sign_or_say(
        project, media.file, project.ledger.made(digest=media.digest()), title=out.title,
        wanted=bool(wanted_here(wishes.credentials, default)),
    )  # fmt: skip
    out.film = project.publish(film, f"renders/{out.name}-{kind}.mp4")
    for form in wishes.exports:
        if form != "otio":
            made: Any = project.run("export_cut", cut, format=form)
            out.files[form] = project.publish(made.file, f"exports/{out.name}-{kind}{EXPORTS[form]}")
    return out


def _given_music(project: Project, wishes: AssembleWishes) -> tuple[Media | None, Beats | None]:
    if wishes.music is None:
        return None, None
    music = probe(wishes.music)
    if music.sound is None:
        raise InputError("There is no sound in this music.", path=wishes.music, hint="Give a piece of music.")
    if wishes.length_seconds > music.duration and wishes.by == "music":
        raise InputError(
            f"The music is {float(music.duration):.1f} s long, and the cut should be "
            f"{float(wishes.length_seconds):.1f} s.",
            path=wishes.music, hint="Ask for a shorter --length, or give longer music.",
        )  # fmt: skip
    return music, project.run("find_beats", music)


def _composed(project: Project, wishes: AssembleWishes, out: CutFilm) -> tuple[Media, Beats]:
    """Music of our own for a trailer: it rises, holds its breath, and gives all."""
    length, shown = wishes.length_seconds, _pictures_seconds(wishes)
    edges = [Fraction(0), shown * BREATH / 2, shown * BREATH, shown * CLIMAX, length]
    sections = tuple(
        Section(start=start, end=end, valence=-0.2, arousal=arousal)
        for start, end, arousal in zip(edges, edges[1:], (0.35, 0.7, 0.1, 1.0), strict=False)
    )
    score: Score = project.run(
        "compose_music", MusicPlan(duration=length, sections=sections), genre=wishes.genre, seed=wishes.seed
    )
    audio: Audio = project.run("render_score", score, seed=wishes.seed)
    path = project.publish(audio.file, f"scores/{out.name}-trailer{audio.file.path.suffix}")
    out.files["music"] = path
    step = Fraction(60) / score.tempo_bpm
    beats = tuple(
        Beat(at=number * step, place=number % score.beats_per_bar + 1) for number in range(int(length / step) + 1)
    )
    return probe(path), Beats(
        beats=beats, tempo_bpm=float(score.tempo_bpm), beats_a_bar=score.beats_per_bar, confidence=1.0, duration=length
    )


def _edits(
    project: Project, reels: Sequence[_Reel], wishes: AssembleWishes, music: Media | None, beats: Beats | None
) -> EditList:
    given = (
        tuple(reel.media for reel in reels), tuple(reel.shots for reel in reels), tuple(reel.table for reel in reels)
    )  # fmt: skip
    made: EditList
    if wishes.by == "trailer":
        made = project.run(
            "make_trailer", *given, beats, length_seconds=_pictures_seconds(wishes), seed=wishes.seed,
            spoiler_share=wishes.spoiler_share, most_of_scene=wishes.most_of_scene,
        )  # fmt: skip
    elif wishes.by == "music":
        made = project.run("cut_to_music", *given, beats, music, length_seconds=wishes.length_seconds)
    elif wishes.by == "script":
        assert wishes.script is not None
        script = Document(file=FileRef.of(wishes.script))
        transcripts = tuple(reel.transcript or Transcript(words=(), duration=reel.media.duration) for reel in reels)
        made = project.run("assemble_script", *given, transcripts, script, length_seconds=wishes.length_seconds)
    else:
        made = project.run("assemble_cut", *given, beats, length_seconds=wishes.length_seconds)
    return made


def _reels(project: Project, paths: Sequence[Path], wishes: AssembleWishes, out: CutFilm) -> list[_Reel]:
    reels: list[_Reel] = []
    for path in paths:
        try:
            media = probe(path)
            if media.is_still or media.video is None:
                raise MediaError("There is no moving picture in it to assemble.", path=path)
            shots: Shots = project.run("detect_shots", media)
            transcript = _transcript(project, media, wishes)
            table: ShotTable = project.run("describe_shots", media, shots, transcript)
            shots = project.run("group_scenes", shots, table)
            reel = _Reel(path.stem, media, shots, table, transcript)
            if wishes.quality:
                faults: Faults = project.run("check_quality", media, shots, None)
                reel.faults = faults
                if faults.page is not None:
                    place = f"reviews/{out.name}/quality-{len(reels) + 1}.html"
                    out.files[f"quality {len(reels) + 1}"] = project.publish(faults.page, place)
        except RushlightError as error:
            if len(paths) == 1:
                raise
            out.skipped.append(str(error))
            project.watcher.on_weak(f"{error} It is left out.")
            continue
        reels.append(reel)
    if not reels:
        raise InputError("None of these files can be assembled.", where=out.skipped[0], hint="Give footage.")
    return reels


def _transcript(project: Project, media: Media, wishes: AssembleWishes) -> Transcript | None:
    """What is said in a recording, where a script is to be found in it; the script's words are likely ones."""
    if wishes.by != "script" or media.sound is None:
        return None
    assert wishes.script is not None
    lines = read_lines(wishes.script.read_text(encoding="utf-8-sig", errors="replace")[:100_000])
    words = tuple(dict.fromkeys(word for line in lines if not line.is_picture for word in line.words))[:2000]
    heard: Transcript = project.run(
        "transcribe", media, model=wishes.transcriber, language=wishes.language, words=words, tell_speakers_apart=False
    )
    return heard


def _pictures_seconds(wishes: AssembleWishes) -> Fraction:
    """How long the pictures of a trailer last: its length without the card at its end."""
    return wishes.length_seconds - (_TITLE_SECONDS if wishes.title else 0)


def _format(reels: Sequence[_Reel], edits: EditList) -> dict[str, Any]:
    """Rate and size of the cut: those that most of what is used was recorded with."""
    rates, sizes = Counter[Fraction](), Counter[tuple[int, int]]()
    for span in edits.spans:
        video = reels[span.source].media.video
        assert video is not None
        milliseconds = round(span.duration * 1000)
        rates[Fraction(video.rate)] += milliseconds
        sizes[max(video.display_width_px // 2 * 2, 2), max(video.display_height_px // 2 * 2, 2)] += milliseconds
    # Of sizes that are used alike the larger, of rates the higher.
    rate = max(rates, key=lambda known: (rates[known], known))
    wide, high = max(sizes, key=lambda known: (sizes[known], known))
    return {"rate": rate, "width_px": wide, "height_px": high} if len(reels) > 1 else {}


def _laid(
    project: Project, reels: Sequence[_Reel], edits: EditList, out: CutFilm, wishes: AssembleWishes, music: Media | None
) -> Cut:
    kind = "trailer" if wishes.by == "trailer" else "cut"
    cut: Cut = project.run(
        lay_cut, edits, tuple(reel.media for reel in reels), None, music, title=out.title,
        music_db=_MUSIC_DB[wishes.by], end_title=wishes.title, end_title_seconds=_TITLE_SECONDS,
        **_format(reels, edits),
    )  # fmt: skip
    path = f"timelines/{out.name}-{kind}.otio"
    if (edited := project.edited(path)) is not None:
        project.note_edit(edited, path)
        project.watcher.on_weak(f"The timeline is yours ({path}); delete that file to have it laid anew.")
        return read_cut(edited.path, cut.media)
    find = MediaFinder(cut.file.path.parent, cut.media)
    text = linked_text(read_timeline(cut.file.path), project.root / "timelines", find)
    out.files["otio"] = project.publish(text, path)
    return cut


def _table_lines(reel: _Reel, *, with_head: bool) -> list[str]:
    """The table of one recording, each line with the recording's name and scene in front."""
    head, *lines = reel.table.as_csv().splitlines()
    named = [f"recording,scene,{head}\n"] if with_head else []
    for shot, line in zip(reel.shots.shots, lines, strict=True):
        scene = "" if shot.scene is None else shot.scene + 1
        named.append(f'"{reel.name.replace(chr(34), chr(34) * 2)}",{scene},{line}\n')
    return named


def _page(reels: Sequence[_Reel], edits: EditList, title: str, kind: str) -> str:
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    page = resource_files("rushlight.flows").joinpath("pages", "shots.html").read_text("utf-8")
    shown = []
    for number, reel in enumerate(reels, 1):
        pictures = _pictures(reel)
        rows = []
        for place, (shot, row) in enumerate(zip(reel.shots.shots, reel.table.rows, strict=True)):
            into = reel.shots.transitions[place - 1] if place else None
            rows.append(
                {
                    "number": place + 1, "at": _clock(shot.start), "seconds": float(shot.end - shot.start),
                    "used": place in reel.used, "scene": shot.scene, "picture": pictures[place],
                    "into": "" if into is None or into.kind == "cut" else into.kind,
                    "curve": _curve(row.interest), "marks": _marks(shot, edits, number - 1),
                    "framing": row.framing, "words": row.words,
                }
            )  # fmt: skip
        faults = sum(one.severity != "note" for one in reel.faults.faults) if reel.faults else None
        shown.append(
            {"name": reel.name, "rows": rows, "number": number, "faults": faults, "length": _clock(reel.media.duration)}
        )
    return environment.from_string(page).render(
        reels=shown, length=f"{float(edits.duration):.1f}", used=len(edits.spans), notes=edits.notes, title=title,
        kind=kind,
    )  # fmt: skip


def _clock(seconds: Fraction) -> str:
    """A time as people read it: 1:02, 1:00:02."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"


def _curve(interest: Sequence[float]) -> str:
    """Interest as the path of a filled curve, 100 wide and 22 high."""
    values = list(interest) or [0.0]
    step = 100 / len(values)
    steps = "".join(
        f"L{n * step:.2f} {21 - 20 * v:.2f}L{(n + 1) * step:.2f} {21 - 20 * v:.2f}" for n, v in enumerate(values)
    )
    return f"M0 22{steps}L100 22Z"


def _marks(shot: ShotSpan, edits: EditList, source: int) -> list[tuple[float, float]]:
    """What is used of a shot: left edge and width, of 100."""
    long = float(shot.end - shot.start) or 1.0
    parts = ((max(span.start, shot.start), min(span.end, shot.end)) for span in edits.spans if span.source == source)
    return [(100 * float(a - shot.start) / long, 100 * float(b - a) / long) for a, b in parts if b > a]


def _pictures(reel: _Reel) -> list[str]:
    """The middle frame of every shot as a small JPEG, in base64."""
    assert reel.media.video is not None
    video = reel.media.video
    scale = min(_THUMBNAIL_PX / max(video.display_width_px, 1), _THUMBNAIL_PX / max(video.display_height_px, 1), 1.0)
    wide, high = (max(round(side * scale / 2) * 2, 2) for side in (video.display_width_px, video.display_height_px))
    found = []
    with VideoReader(reel.media.file.path, width_px=wide, height_px=high, rate=video.rate) as reader:
        for shot in reel.shots.shots:
            kept = io.BytesIO()
            Image.fromarray(i420_to_rgb(reader.frame_at((shot.start + shot.end) / 2))).save(kept, "JPEG", quality=80)
            found.append(base64.b64encode(kept.getvalue()).decode())
    return found
