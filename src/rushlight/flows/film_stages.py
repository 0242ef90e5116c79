"""Stages that all kinds of made films share, and the files of them that people may have changed."""

from __future__ import annotations

import os
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from rushlight.artifacts import (
    Audio,
    Captions,
    Cast,
    ContactSheet,
    Cut,
    Media,
    MusicPlan,
    Narration,
    Panel,
    Score,
    Script,
    SoundCues,
    Staging,
    Storyboard,
)
from rushlight.core.artifact import FileRef
from rushlight.core.capability import find_capability
from rushlight.core.errors import InputError
from rushlight.core.project import Project, slug
from rushlight.core.units import format_clock
from rushlight.create.compose_music import compose_music
from rushlight.create.lay_timeline import lay_timeline
from rushlight.create.pictures.gather import PICTURE_SUFFIXES, gather_pictures
from rushlight.create.render_film import render_film
from rushlight.create.render_score import render_score
from rushlight.flows.allow_use import require_use
from rushlight.flows.sign_result import sign_or_say
from rushlight.flows.wishes import FilmWishes, Settings, settle
from rushlight.media.probe import probe
from rushlight.models.voice import load_voice
from rushlight.timeline.captionfile import captions_to_ass, captions_to_srt, captions_to_vtt, read_captions
from rushlight.timeline.cutfile import MediaFinder, linked_text, read_cut, read_timeline
from rushlight.timeline.music.midi import score_from_midi
from rushlight.timeline.style import load_style

__all__ = ["DISCLOSURES", "Film", "FilmStages"]

DISCLOSURES = {"en": "Made with AI", "de": "Mit KI erstellt", "fr": "Créé avec l’IA", "es": "Hecho con IA"}
# What a browser shows as a picture.
SHOWN_SUFFIXES = frozenset((".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp"))


@dataclass
class Film:
    """What came out."""

    name: str
    title: str
    script: Script
    narration: Narration
    storyboard: Storyboard
    captions: Captions
    mix: Audio
    score: Score | None
    renders: dict[str, Path] = field(default_factory=dict)
    """Aspect to film."""
    cuts: dict[str, Cut] = field(default_factory=dict)
    report: Path | None = None
    figures: dict[str, float] = field(default_factory=dict)
    """What was measured: the mix, and the loudness and true peak of the film as players decode it."""
    seconds: Fraction = Fraction(0)
    """How long the film is; an edited timeline may be shorter or longer than the narration."""
    grounded: tuple[int, int] = (0, 0)
    """Numbers and names that trace to the source, and all of them."""
    weak: list[str] = field(default_factory=list)
    wanted_seconds: Fraction | None = None
    cast: Cast | None = None
    """Who is played by which voice, for a screenplay."""
    cues: SoundCues | None = None
    staging: Staging | None = None


class FilmStages(ABC):
    """One run of the job; each method is one stage. `wanted`, `style_changes` and `disclosure` come with `_settle`."""

    wanted: Settings
    voice: str
    style_changes: dict[str, Any]
    disclosure: str
    plan: MusicPlan | None = None

    def __init__(self, project: Project, document: Path, wishes: FilmWishes) -> None:
        self.project = project
        self.document = Path(os.path.normpath(document.absolute()))
        self.wishes = wishes
        self.name = self._name()
        self.weak: list[str] = []
        on_weak = project.watcher.on_weak

        def remember(message: str) -> None:
            if message not in self.weak:
                self.weak.append(message)
                on_weak(message)

        self._remember = remember

    def _name(self) -> str:
        """The name of the film's files: the document's, with its form where another document has that name here."""
        plain = slug(self.document.stem)
        files = self.project.films()
        for name in (plain, f"{plain}-{slug(self.document.suffix)}", *(f"{plain}-{n}" for n in range(2, 100))):
            owner = files.get(name)
            # A document that is gone was moved or renamed; its film goes on under its name.
            if owner is None or owner == self.document or not owner.is_file():
                return name
        raise InputError("A hundred documents of this name have films here.", path=self.document, hint="Rename it.")

    def make(self) -> Film:
        """Run every stage, telling the person what was weak."""
        watcher, before = self.project.watcher, self.project.watcher.on_weak
        watcher.on_weak = self._remember
        try:
            return self._make()
        finally:
            watcher.on_weak = before

    @abstractmethod
    def _make(self) -> Film:
        """Every stage of this kind of film, in order."""

    def _settle(self, asked: dict[str, str], language: str) -> None:
        """Decide every setting: the command line first, then the brief, the project, the default."""
        settings = self.project.settings()
        self.wanted = wanted = settle(self.wishes, asked, settings.get("defaults", {}))
        self.voice = wanted.voice
        if self.voice == "espeak/en-gb" and not language.startswith("en"):
            self.voice = f"espeak/{language.split('-')[0]}"
        self.style_changes = self._style_changes(settings.get("style", {}))
        self.disclosure = DISCLOSURES.get(language[:2], DISCLOSURES["en"]) if wanted.disclosure else ""
        if not wanted.disclosure:
            self._remember("The on-screen note that AI was used is off, as asked; the file's metadata still says it.")
        find_capability("compose_music").check({"genre": wanted.genre})
        find_capability("mix_sound").check({"target_lufs": wanted.loudness_lufs})
        require_use(self.project, (), (self.voice, *settings.get("voices", {}).values()), work=self.name)
        load_voice(self.voice)
        load_style(wanted.style, self.style_changes, self.project.root)

    def _style_changes(self, table: dict[str, Any]) -> dict[str, Any]:
        """The project's `[style]`, with files as full paths, since the cut is laid outside the project's folder."""
        root = self.project.root
        return {
            key: str(root / value)
            if isinstance(value, str) and (key == "logo" or value.lower().endswith((".ttf", ".otf", ".ttc")))
            else value
            for key, value in table.items()
        }

    def _own_fonts(self) -> list[str]:
        """Fonts of the person's own that the style names."""
        return [str(value) for value in self.style_changes.values() if str(value).lower().endswith((".ttf", ".otf"))]

    # -- stages --------------------------------------------------------------------------------

    def _own_captions(self, captions: Captions, narration: Narration) -> Captions:
        """The captions that a person changed, else these; published."""
        for suffix in ("srt", "vtt"):
            path = f"renders/{self.name}.{suffix}"
            if (edited := self.project.edited(path)) is not None:
                self.project.note_edit(edited, path)
                fresh = {"srt": captions_to_srt, "vtt": captions_to_vtt}[suffix](captions)
                captions = read_captions(edited.path, narration.language)
                self._keep("captions", path, fresh, "words or their times", "made")
                if captions.cues[-1].end > narration.duration + 1:
                    self._remember(
                        f"{path} has captions up to {format_clock(captions.cues[-1].end)[3:8]}, but the film ends at "
                        f"{format_clock(narration.duration)[3:8]}; the later ones are not shown."
                    )
                break
        for suffix, write in (("srt", captions_to_srt), ("vtt", captions_to_vtt)):
            if self.project.edited(f"renders/{self.name}.{suffix}") is None:
                self.project.publish(write(captions), f"renders/{self.name}.{suffix}")
        return captions

    def _folders(self) -> list[Path]:
        """Folders of the person's own pictures and sounds."""
        return [*self.wanted.folders, *([own] if (own := self.project.root / "media").is_dir() else [])]

    def _own_panels(self, storyboard: Storyboard) -> Storyboard:
        """The storyboard with the pictures that a person put in place of panels."""
        panels = [self._replaced(panel, number) for number, panel in enumerate(storyboard.panels, 1)]
        for path in sorted((self.project.root / "storyboards" / self.name).glob("[0-9][0-9]*.*")):
            named = str(path.relative_to(self.project.root))
            if path.stem.isdigit() and int(path.stem) > len(panels) and self.project.edited(named) is not None:
                self._remember(f"{named} is not used: the film has {len(panels)} pictures.")
        return storyboard.model_copy(update={"panels": tuple(panels)})

    def _pictures(self, folders: Iterable[Path]) -> tuple[Media, ...]:
        from rushlight.core.run import Run, running

        run = Run(scratch=self.project.memory / "scratch", on_progress=self.project.watcher.on_progress)
        with running(run):
            found = gather_pictures(folders)
        for message in run.weak:
            self._remember(message)
        return found

    def _replaced(self, panel: Panel, number: int) -> Panel:
        """The panel with the picture that a person put in place of the storyboard's, if one did."""
        folder = self.project.root / "storyboards" / self.name
        for path in sorted(folder.glob(f"{number:02d}.*")):
            relative = str(path.relative_to(self.project.root))
            if path.suffix.lower() in PICTURE_SUFFIXES and (edited := self.project.edited(relative)) is not None:
                self.project.note_edit(edited, relative)
                media = probe(path)
                return panel.model_copy(
                    update={
                        "form": "still" if media.is_still else "clip",
                        "file": edited,
                        "graphic": None,
                        "move": "push_in" if media.is_still else "none",
                        "reason": f"a person chose {path.name}",
                        "weak": False,
                    }
                )
        return panel

    def _music(self, plan: MusicPlan) -> tuple[Score, Audio]:
        self.plan = plan
        score = self.project.run(compose_music, plan, genre=self.wanted.genre, seed=self.wishes.seed)
        path = f"scores/{self.name}.mid"
        if (edited := self.project.edited(path)) is not None:
            self.project.note_edit(edited, path)
            score = score_from_midi(edited.path).model_copy(update={"duration": plan.duration})
            self._remember(f"The music is yours ({path}); delete that file to have it composed anew.")
        music = self.project.run(render_score, score, seed=self.wishes.seed)
        if edited is None and "midi" in music.stems:
            self.project.publish(music.stems["midi"], path)
        folder = self.project.root / "scores" / self.name
        for left in set(folder.glob("*.wav")) - {folder / f"{stem}.wav" for stem in music.stems}:
            if self.project.is_written(str(left.relative_to(self.project.root)), left):
                left.unlink()  # Of an earlier score.
        for stem, file in music.stems.items():
            if stem != "midi":
                self._publish(file, f"scores/{self.name}/{stem}.wav", instead=path)
        return score, music

    def _render(self, film: Film, aspect: str, **laying: Any) -> None:
        width, height = self.wanted.size(aspect)
        name = self.name if aspect == self.wanted.aspects[0] else f"{self.name}-{aspect.replace(':', 'x')}"
        path = f"timelines/{name}.otio"
        cut = self.project.run(
            lay_timeline, film.storyboard, film.mix, film.captions if self.wanted.captions == "burned" else None,
            title=film.title, width_px=width, height_px=height, rate=self.wanted.rate,
            style=self.wanted.style, style_changes=self.style_changes, disclosure=self.disclosure,
            **laying,
        )  # fmt: skip
        find = MediaFinder(cut.file.path.parent, cut.media)
        text = linked_text(read_timeline(cut.file.path), self.project.root / "timelines", find)
        if (edited := self.project.edited(path)) is not None:
            self.project.note_edit(edited, path)
            cut = read_cut(edited.path, cut.media)
            self._keep("timeline", path, text, "words, captions, pictures, sound or settings", "laid")
        else:
            self.project.publish(text, path)
        voices = set(film.narration.voices.values())
        fonts = [FileRef.of(path) for path in map(Path, self._own_fonts()) if path.is_file()]
        require_use(
            self.project,
            (*cut.media, *fonts, FileRef.of(self.document)),
            (*sorted(voices), self.wanted.writer),
            work=self.name,
        )
        metadata = {"title": film.title, "comment": f"{DISCLOSURES['en']} (Rushlight). Digital source type: "
                    "http://cv.iptc.org/newscodes/digitalsourcetype/compositeSynthetic"}  # fmt: skip
        track = film.captions if self.wanted.captions == "track" else None
        media = self.project.run(render_film, cut, track, metadata=metadata)
        film.cuts[aspect], film.seconds = cut, film.seconds or media.duration
        record = self.project.ledger.made(digest=media.digest())
        if record is not None and not film.figures:
            film.figures = {**film.mix.figures, **record.figures}
        signed = sign_or_say(
            self.project, media.file, record, title=film.title, documents=(self.document,),
            wanted=self.wanted.credentials,
        )  # fmt: skip
        film.renders[aspect] = self._publish_film(signed, name)
        ass = captions_to_ass(film.captions, width_px=cut.width_px, height_px=cut.height_px)
        self._publish(re.sub(r"\r\n", "\n", ass), f"renders/{name}.ass")

    def _sheet_pictures(self, folder: Path, sheet: ContactSheet) -> list[Path]:
        """The plain files of a sheet's pictures; those of an earlier, longer sheet are taken away."""
        panels = [self._panel_picture(folder, number, frame.file) for number, frame in enumerate(sheet.frames, 1)]
        for path in folder.glob("[0-9][0-9]*.jpg"):
            if path not in panels and self.project.is_written(str(path.relative_to(self.project.root)), path):
                path.unlink()
        return panels

    def _panel_picture(self, folder: Path, number: int, frame: FileRef) -> Path:
        """The picture to show for a panel: a person's own photo, else the frame as it is in the film."""
        for path in sorted(folder.glob(f"{number:02d}.*")):
            if path.suffix.lower() in SHOWN_SUFFIXES and self.project.edited(str(path.relative_to(self.project.root))):
                return path
        return self.project.publish(frame, str((folder / f"{number:02d}.jpg").relative_to(self.project.root)))

    # -- files that people may have changed ----------------------------------------------------

    def _keep(self, what: str, path: str, fresh: str, changes: str, made: str) -> None:
        """Say that a person's file is used, and when what it was made for has changed since."""
        plural = what.endswith("s")
        if self.project.is_last_written(path, fresh):
            self._remember(
                f"The {what} {'are' if plural else 'is'} yours ({path}); "
                f"delete that file to have {'them' if plural else 'it'} {made} anew."
            )
        else:
            self._remember(
                f"The {what} {'are' if plural else 'is'} yours ({path}) and {'do' if plural else 'does'} not show what "
                f"changed since in {changes}: look whether {'they' if plural else 'it'} still "
                f"{'fit' if plural else 'fits'}, or delete that file to have {'them' if plural else 'it'} {made} anew."
            )

    def _publish(self, content: FileRef | bytes | str, to: str, *, instead: str = "") -> Path:
        """Publish a result that is never read back, unless a person put a file of their own in its place."""
        if self.project.edited(to) is None:
            return self.project.publish(content, to)
        way = f"is not used; change {instead} instead" if instead else "is left as it is"
        self._remember(f"{to} was changed by hand and {way}; delete it to have it made anew.")
        return self.project.root / to

    def _publish_film(self, film: FileRef, name: str) -> Path:
        """Publish a film; beside it when a person put another file under its name."""
        if self.project.edited(f"renders/{name}.mp4") is None:
            return self.project.publish(film, f"renders/{name}.mp4")
        beside = f"renders/{name}-new.mp4"
        self._remember(f"renders/{name}.mp4 was changed by hand and is kept, so the new film is {beside}.")
        return self._publish(film, beside)
