"""The whole job `make`: a brief, an article or a table becomes a finished film, and stays editable."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from rushlight.artifacts import (
    Audio,
    Captions,
    Cut,
    GroundingReport,
    Media,
    MusicPlan,
    Narration,
    Panel,
    Score,
    Script,
    Source,
    Storyboard,
)
from rushlight.artifacts.source import Document
from rushlight.core.artifact import FileRef
from rushlight.core.capability import find_capability
from rushlight.core.errors import InputError
from rushlight.core.project import Project, slug
from rushlight.core.units import format_clock
from rushlight.create.caption_narration import caption_narration
from rushlight.create.check_grounding import check_grounding, line_checker
from rushlight.create.compose_music import compose_music
from rushlight.create.draw_panels import draw_panels
from rushlight.create.lay_timeline import lay_timeline
from rushlight.create.mix_sound import mix_sound
from rushlight.create.pictures.gather import PICTURE_SUFFIXES, gather_pictures
from rushlight.create.plan_music import plan_music
from rushlight.create.plan_pictures import plan_pictures
from rushlight.create.read_source import load_source, read_source
from rushlight.create.render_film import render_film
from rushlight.create.render_score import render_score
from rushlight.create.sources.language import LANGUAGES, guess_language
from rushlight.create.speak_script import speak_script
from rushlight.create.write_script import count_words, write_script
from rushlight.flows.report import ReportMatter, relative, storyboard_page, write_report
from rushlight.flows.wishes import FilmWishes, settle
from rushlight.media.probe import probe
from rushlight.models.voice import load_voice
from rushlight.timeline.captionfile import captions_to_ass, captions_to_srt, captions_to_vtt, read_captions
from rushlight.timeline.cutfile import MediaFinder, linked_text, read_cut, read_timeline
from rushlight.timeline.music.midi import score_from_midi
from rushlight.timeline.scriptfile import markdown_to_script, script_to_markdown
from rushlight.timeline.style import load_style

__all__ = ["Film", "FilmWishes", "make_film"]

DISCLOSURES = {"en": "Made with AI", "de": "Mit KI erstellt", "fr": "Créé avec l’IA", "es": "Hecho con IA"}
# What a browser shows as a picture.
SHOWN_SUFFIXES = frozenset((".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp"))
# Spoken words a minute, pauses counted in, before the voice has been heard.
_FIRST_GUESS_WPM = 145.0


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


def make_film(project: Project, document: Path, wishes: FilmWishes = FilmWishes()) -> Film:
    """Make a film from a document, keeping whatever a person changed in earlier results.

    The script, captions, music, pictures and timeline are plain files in the project. A file that a person changed
    is used as it is and what depends on it is made anew; the rest comes from the store.

    Raises:
        InputError: the document or a wish cannot be used, or an edited script does not fit the length.
        ModelError: a voice, writer or font is missing.
        RushlightError: as the steps say.
    """
    with project.job("make"):
        return _Maker(project, document, wishes).make()


class _Maker:
    """One run of the job; each method is one stage."""

    def __init__(self, project: Project, document: Path, wishes: FilmWishes) -> None:
        self.project = project
        self.document = Path(os.path.normpath(document.absolute()))
        self.wishes = wishes
        self.name = self._name()
        self.weak: list[str] = []
        self.plan: MusicPlan | None = None
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
        watcher, before = self.project.watcher, self.project.watcher.on_weak
        watcher.on_weak = self._remember
        try:
            return self._make()
        finally:
            watcher.on_weak = before

    def _make(self) -> Film:
        read = load_source(self.document)  # Bad documents are refused before anything is written.
        file = FileRef.of(self.document)
        language = self.wishes.language or self.project.settings().get("defaults", {}).get("language")
        if (
            not language
            and read.settings.get("language") is None
            and read.language == "en"
            and (language := guess_language(read.text)) != "en"
        ):
            self._remember(
                f"The document reads as {LANGUAGES[language]}, so the film speaks it; --language says otherwise."
            )
        source = self.project.run(read_source, Document(file=file), language=language or "en")
        self._settle(source)
        if self.project.films().get(self.name) != self.document:
            self.project.note_film(self.name, self.document)
        script, narration = self._script_and_voice(source)
        grounding = self.project.run(check_grounding, script, source)
        captions = self._captions(narration)
        storyboard = self._storyboard(script, narration)
        score, music = self._music(script, narration)
        mix = self.project.run(
            mix_sound, narration, music, (), target_lufs=self.wanted.loudness_lufs, duration=narration.duration
        )
        film = Film(
            self.name, script.title, script, narration, storyboard, captions, mix, score,
            wanted_seconds=self.wanted.length, weak=self.weak,
        )  # fmt: skip
        film.grounded = (len(grounding.claims) - len(grounding.ungrounded), len(grounding.claims))
        for claim in grounding.ungrounded:
            self._remember(f"“{claim.text}” does not trace to the source: {claim.reason}")
        for aspect in self.wanted.aspects:
            self._render(film, aspect)
        self._report(film, source, grounding)
        return film

    # -- wishes --------------------------------------------------------------------------------

    def _settle(self, source: Source) -> None:
        """Decide every setting: the command line first, then the brief, the project, the default."""
        settings = self.project.settings()
        defaults, asked = settings.get("defaults", {}), source.settings

        self.wanted = wanted = settle(self.wishes, asked, defaults)
        self.voice = wanted.voice
        if self.voice == "espeak/en-gb" and not source.language.startswith("en"):
            self.voice = f"espeak/{source.language.split('-')[0]}"
        self.style_changes = self._style_changes(settings.get("style", {}))
        self.disclosure = DISCLOSURES.get(source.language[:2], DISCLOSURES["en"]) if wanted.disclosure else ""
        if not wanted.disclosure:
            self._remember("The on-screen note that AI was used is off, as asked; the file's metadata still says it.")
        find_capability("compose_music").check({"genre": wanted.genre})
        find_capability("mix_sound").check({"target_lufs": wanted.loudness_lufs})
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

    # -- stages --------------------------------------------------------------------------------

    def _script_and_voice(self, source: Source) -> tuple[Script, Narration]:
        path = f"scripts/{self.name}.md"
        edited = self.project.edited(path)
        words_per_minute = _FIRST_GUESS_WPM
        tried: list[tuple[Fraction, int, Script]] = []
        length = self.wanted.length or Fraction(60)
        for _ in range(5):
            script = self.project.run(
                write_script, source, writer=self.wanted.writer, length_seconds=length, seed=self.wishes.seed,
                words_per_minute=words_per_minute,
            )  # fmt: skip
            if edited is not None:
                self.project.note_edit(edited, path)
                script = self._edited_script(edited.path, script, source)
            # Judged at the voice's natural pace, so that no pause has to be drawn out later.
            natural = self._speak(script, None)
            tried.append((abs(natural.duration - length), len(tried), script))
            if edited is not None or self.wanted.length is None or tried[-1][0] <= length * Fraction(3, 100):
                break
            following = words_per_minute * float(length / natural.duration)
            if abs(following - words_per_minute) < 0.5:
                following = words_per_minute + (1.5 if natural.duration < length else -1.5)
            words_per_minute = min(max(following, 80.0), 260.0)
        script = min(tried, key=lambda item: item[:2])[2]
        narration = self._speak(script, self.wanted.length)
        self._report_fit(script, narration, edited is not None)
        if edited is None:
            self.project.publish(script_to_markdown(script), path)
        return script, narration

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

    def _edited_script(self, path: Path, script: Script, source: Source) -> Script:
        """The script as a person wrote it, with what they left alone taken from ours."""
        try:
            text = path.read_text(encoding="utf-8-sig")
            return markdown_to_script(text, script, grounds=line_checker(source))
        except UnicodeDecodeError as error:
            raise InputError(
                "This script is not UTF-8 text.", path=path, hint="Save it as UTF-8, or delete it to have it anew."
            ) from error
        except InputError as error:
            raise InputError(error.message, path=path, where=error.where, hint=error.hint) from error

    def _speak(self, script: Script, length: Fraction | None) -> Narration:
        cast = self.project.settings().get("voices", {})
        return self.project.run(speak_script, script, voice=self.voice, voices=dict(cast), target_seconds=length)

    def _report_fit(self, script: Script, narration: Narration, edited: bool) -> None:
        """Say before rendering when script and length do not agree."""
        if self.wanted.length is None:
            return
        gap = narration.duration - self.wanted.length
        if abs(gap) <= self.wanted.length * Fraction(2, 100):
            return
        spoken, wanted = float(narration.duration), float(self.wanted.length)
        words = max(round(abs(float(gap)) / spoken * count_words(script)), 1)
        if gap > 0:
            raise InputError(
                f"The script takes {spoken:.1f} s to speak; the film should be {wanted:.0f} s.",
                path=self.project.root / f"scripts/{self.name}.md" if edited else self.document,
                hint=f"Cut about {words} words, or run again with --length {spoken:.0f}s or --length auto.",
            )
        self._remember(
            f"There is material for {spoken:.1f} s only, so the film is shorter than the {wanted:.0f} s asked for: "
            f"about {words} more words would fill it."
        )

    def _captions(self, narration: Narration) -> Captions:
        captions = self.project.run(caption_narration, narration, rate=self.wanted.rate)
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

    def _storyboard(self, script: Script, narration: Narration) -> Storyboard:
        folders = [*self.wanted.folders, *([own] if (own := self.project.root / "media").is_dir() else [])]
        pictures = self._pictures(folders)
        storyboard = self.project.run(plan_pictures, script, narration, pictures, disclosure=self.disclosure)
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

    def _music(self, script: Script, narration: Narration) -> tuple[Score | None, Audio | None]:
        if not self.wanted.music:
            return None, None
        self.plan = self.project.run(plan_music, script, narration)
        score = self.project.run(compose_music, self.plan, genre=self.wanted.genre, seed=self.wishes.seed)
        path = f"scores/{self.name}.mid"
        if (edited := self.project.edited(path)) is not None:
            self.project.note_edit(edited, path)
            score = score_from_midi(edited.path).model_copy(update={"duration": narration.duration})
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

    def _render(self, film: Film, aspect: str) -> None:
        width, height = self.wanted.size(aspect)
        name = self.name if aspect == self.wanted.aspects[0] else f"{self.name}-{aspect.replace(':', 'x')}"
        path = f"timelines/{name}.otio"
        cut = self.project.run(
            lay_timeline, film.storyboard, film.mix, film.captions if self.wanted.captions == "burned" else None,
            title=film.title, width_px=width, height_px=height, rate=self.wanted.rate,
            style=self.wanted.style, style_changes=self.style_changes, disclosure=self.disclosure,
        )  # fmt: skip
        find = MediaFinder(cut.file.path.parent, cut.media)
        text = linked_text(read_timeline(cut.file.path), self.project.root / "timelines", find)
        if (edited := self.project.edited(path)) is not None:
            self.project.note_edit(edited, path)
            cut = read_cut(edited.path, cut.media)
            self._keep("timeline", path, text, "words, captions, pictures, sound or settings", "laid")
        else:
            self.project.publish(text, path)
        metadata = {"title": film.title, "comment": f"{DISCLOSURES['en']} (Rushlight). Digital source type: "
                    "http://cv.iptc.org/newscodes/digitalsourcetype/compositeSynthetic"}  # fmt: skip
        track = film.captions if self.wanted.captions == "track" else None
        media = self.project.run(render_film, cut, track, metadata=metadata)
        film.renders[aspect] = self._publish_film(media.file, name)
        film.cuts[aspect], film.seconds = cut, film.seconds or media.duration
        if (record := self.project.ledger.get(self.project.used[-1])) is not None and not film.figures:
            film.figures = {**film.mix.figures, **record.figures}
        ass = captions_to_ass(film.captions, width_px=cut.width_px, height_px=cut.height_px)
        self._publish(re.sub(r"\r\n", "\n", ass), f"renders/{name}.ass")

    def _report(self, film: Film, source: Source, grounding: GroundingReport) -> None:
        """Write the storyboard and the report, which link to the plain files in the project."""
        project, root, name = self.project, self.project.root, self.name
        sheet = project.run(draw_panels, film.cuts[self.wanted.aspects[0]])
        folder = root / "storyboards" / name
        panels = [self._panel_picture(folder, number, frame.file) for number, frame in enumerate(sheet.frames, 1)]
        for path in folder.glob("[0-9][0-9]*.jpg"):
            if path not in panels and project.is_written(str(path.relative_to(root)), path):
                path.unlink()
        board = folder / "index.html"
        self._publish(
            storyboard_page(film.title, sheet, [relative(path, board) for path in panels], film.script),
            str(board.relative_to(root)),
        )
        page = root / "report.html"
        files = {
            "Script": root / f"scripts/{name}.md",
            "Timeline (OpenTimelineIO)": root / f"timelines/{name}.otio",
            "Captions (SRT)": root / f"renders/{name}.srt",
            "Captions (WebVTT)": root / f"renders/{name}.vtt",
            "Score (MIDI)": root / f"scores/{name}.mid",
            "Storyboard": board,
        }
        matter = ReportMatter(
            title=film.title,
            source=source,
            script=film.script,
            narration=film.narration,
            grounding=grounding,
            sheet=sheet,
            pictures=[relative(path, page) for path in panels],
            films={aspect: relative(path, page) for aspect, path in film.renders.items()},
            files={label: relative(path, page) for label, path in files.items() if path.exists()},
            captions=f"renders/{name}.vtt",
            mix=film.mix,
            score=film.score,
            plan=self.plan,
            records=[record for key in project.used if (record := project.ledger.get(key)) is not None],
            weak=list(self.weak),
            wanted_seconds=film.wanted_seconds,
            seconds=film.seconds,
            figures=film.figures,
        )
        text = write_report(matter)
        film.report = self._publish(text, "report.html")
        # The page of each film stays when another film is made in the same project.
        self._publish(text.replace("<head>", '<head>\n<base href="../">', 1), f"reports/{name}.html")

    def _panel_picture(self, folder: Path, number: int, frame: FileRef) -> Path:
        """The picture to show for a panel: a person's own photo, else the frame as it is in the film."""
        for path in sorted(folder.glob(f"{number:02d}.*")):
            if path.suffix.lower() in SHOWN_SUFFIXES and self.project.edited(str(path.relative_to(self.project.root))):
                return path
        return self.project.publish(frame, str((folder / f"{number:02d}.jpg").relative_to(self.project.root)))
