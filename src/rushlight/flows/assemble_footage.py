"""The job `cut --length`: footage becomes a rough cut of a wanted length, with its shots and faults to look at."""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from importlib.resources import files as resource_files
from pathlib import Path
from typing import Any

import jinja2
from PIL import Image

from rushlight.artifacts import Cut, EditList, Faults, Media, Shots
from rushlight.artifacts.shot_table import ShotTable
from rushlight.core.errors import InputError, MediaError, RushlightError
from rushlight.core.project import Project, slug
from rushlight.core.units import format_clock
from rushlight.create.render_film import render_film
from rushlight.edit.lay_cut import lay_cut
from rushlight.flows.cut_footage import EXPORTS, CutFilm
from rushlight.flows.sign_result import sign_or_say
from rushlight.flows.wishes import wanted_here
from rushlight.media.colour import i420_to_rgb
from rushlight.media.decode import VideoReader
from rushlight.media.probe import probe
from rushlight.timeline.cutfile import MediaFinder, linked_text, read_cut, read_timeline

__all__ = ["AssembleWishes", "assemble_footage"]

_THUMBNAIL_PX = 240


@dataclass(frozen=True)
class AssembleWishes:
    """What a person asks for."""

    length_seconds: Fraction
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
    faults: Faults | None = None
    used: set[int] = field(default_factory=set)


def assemble_footage(project: Project, paths: Sequence[Path], wishes: AssembleWishes) -> CutFilm:
    """Find the shots of all footage, describe them, and assemble the best of them into a cut of a wanted length.

    Beside the film there are its timeline, a table of all shots, a page with a picture of each (the used ones marked),
    and a page of faults for every recording. What a person changed in the timeline is kept.

    Raises:
        InputError: no file has a moving picture.
        RushlightError: as the steps say.
    """
    with project.job("assemble"):
        return _assembled(project, [Path(os.path.normpath(path.absolute())) for path in paths], wishes)


def _assembled(project: Project, paths: list[Path], wishes: AssembleWishes) -> CutFilm:
    out = CutFilm(slug(paths[0].stem), paths[0].stem)
    reels = _reels(project, paths, wishes, out)
    out.recorded_seconds = sum((reel.media.duration for reel in reels), Fraction(0))
    edits: EditList = project.run(
        "assemble_cut",
        tuple(reel.media for reel in reels),
        tuple(reel.shots for reel in reels),
        tuple(reel.table for reel in reels),
        length_seconds=wishes.length_seconds,
    )
    for span in edits.spans:
        used = (n for n, shot in enumerate(reels[span.source].shots.shots) if shot.start <= span.start < shot.end)
        reels[span.source].used.update(used)
    out.seconds, out.proposals = edits.duration, len(edits.spans)
    out.review = project.publish(_page(reels, edits), f"reviews/{out.name}/shots.html")
    table = "".join(line for place, reel in enumerate(reels) for line in _table_lines(reel, with_head=place == 0))
    out.files["shots"] = project.publish(table, f"reviews/{out.name}/shots.csv")
    if wishes.preview:
        return out
    cut = _laid(project, reels, edits, out)
    media = project.run(render_film, cut, None)
    default = project.settings().get("defaults", {}).get("credentials")
    film = sign_or_say(
        project, media.file, project.ledger.made(digest=media.digest()), title=out.title,
        wanted=bool(wanted_here(wishes.credentials, default)),
    )  # fmt: skip
    out.film = project.publish(film, f"renders/{out.name}-cut.mp4")
    for form in wishes.exports:
        if form != "otio":
            made: Any = project.run("export_cut", cut, format=form)
            out.files[form] = project.publish(made.file, f"exports/{out.name}-cut{EXPORTS[form]}")
    return out


def _reels(project: Project, paths: Sequence[Path], wishes: AssembleWishes, out: CutFilm) -> list[_Reel]:
    reels: list[_Reel] = []
    for path in paths:
        try:
            media = probe(path)
            if media.is_still or media.video is None:
                raise MediaError("There is no moving picture in it to assemble.", path=path)
            shots: Shots = project.run("detect_shots", media)
            table: ShotTable = project.run("describe_shots", media, shots, None)
            shots = project.run("group_scenes", shots, table)
            reel = _Reel(path.stem, media, shots, table)
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


def _laid(project: Project, reels: Sequence[_Reel], edits: EditList, out: CutFilm) -> Cut:
    cut: Cut = project.run(lay_cut, edits, tuple(reel.media for reel in reels), None, title=out.title)
    path = f"timelines/{out.name}-cut.otio"
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


def _page(reels: Sequence[_Reel], edits: EditList) -> str:
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
                    "number": place + 1, "at": format_clock(shot.start), "seconds": float(shot.end - shot.start),
                    "used": place in reel.used, "scene": shot.scene, "picture": pictures[place],
                    "into": "" if into is None or into.kind == "cut" else into.kind,
                    "interest": max(row.interest, default=0.0), "framing": row.framing, "words": row.words,
                }
            )  # fmt: skip
        faults = sum(one.severity != "note" for one in reel.faults.faults) if reel.faults else None
        shown.append(
            {"name": reel.name, "rows": rows, "number": number, "faults": faults,
             "length": format_clock(reel.media.duration)}
        )  # fmt: skip
    return environment.from_string(page).render(
        reels=shown, length=f"{float(edits.duration):.1f}", used=len(edits.spans), notes=edits.notes
    )


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
