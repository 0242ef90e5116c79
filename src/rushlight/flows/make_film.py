"""The whole job `make`: a brief, an article, a table or a screenplay becomes a finished film, and stays editable."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from rushlight.artifacts import GroundingReport, Narration, Script, Source, Storyboard
from rushlight.artifacts.source import Document
from rushlight.core.artifact import FileRef
from rushlight.core.errors import InputError
from rushlight.core.project import Project
from rushlight.create.caption_narration import caption_narration
from rushlight.create.check_grounding import check_grounding, line_checker
from rushlight.create.draw_panels import draw_panels
from rushlight.create.mix_sound import mix_sound
from rushlight.create.plan_music import plan_music
from rushlight.create.plan_pictures import plan_pictures
from rushlight.create.read_source import load_source, read_source
from rushlight.create.sources.language import LANGUAGES, guess_language
from rushlight.create.speak_script import speak_script
from rushlight.create.write_script import count_words, write_script
from rushlight.flows.co_write import ScriptFile
from rushlight.flows.film_stages import Film, FilmStages
from rushlight.flows.report import ReportMatter, relative, storyboard_page, write_report
from rushlight.flows.sign_result import keep_ledger
from rushlight.flows.wishes import SCREENPLAY_SUFFIXES, FilmWishes
from rushlight.timeline.scriptfile import markdown_to_script, script_to_markdown

__all__ = ["Film", "FilmWishes", "make_film"]

# Spoken words a minute, pauses counted in, before the voice has been heard.
_FIRST_GUESS_WPM = 145.0


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
        if document.suffix.lower() in SCREENPLAY_SUFFIXES:
            from rushlight.flows.make_screenplay_film import ScreenplayFilm

            film = ScreenplayFilm(project, document, wishes).make()
        else:
            film = _ArticleFilm(project, document, wishes).make()
        keep_ledger(project)
        return film


class _ArticleFilm(FilmStages):
    """A film of a brief, an article or a table."""

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
        self._settle(source.settings, source.language)
        if self.project.films().get(self.name) != self.document:
            self.project.note_film(self.name, self.document)
        script, narration = self._script_and_voice(source)
        grounding = self.project.run(check_grounding, script, source)
        captions = self._own_captions(self.project.run(caption_narration, narration, rate=self.wanted.rate), narration)
        storyboard = self._storyboard(script, narration)
        score, music = (
            self._music(self.project.run(plan_music, script, narration)) if self.wanted.music else (None, None)
        )
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
                ScriptFile(self.project.root / path, self.project).text()  # Noted as a person's version.
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
            written = self.project.publish(script_to_markdown(script), path)
            history = ScriptFile(written, self.project).history
            history.add(written.read_text(encoding="utf-8"), script.writer, is_person=False)
        return script, narration

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

    def _storyboard(self, script: Script, narration: Narration) -> Storyboard:
        pictures = self._pictures(self._folders())
        storyboard = self.project.run(plan_pictures, script, narration, pictures, disclosure=self.disclosure)
        return self._own_panels(storyboard)

    def _report(self, film: Film, source: Source, grounding: GroundingReport) -> None:
        """Write the storyboard and the report, which link to the plain files in the project."""
        project, root, name = self.project, self.project.root, self.name
        sheet = project.run(draw_panels, film.cuts[self.wanted.aspects[0]])
        folder = root / "storyboards" / name
        panels = self._sheet_pictures(folder, sheet)
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
