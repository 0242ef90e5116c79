"""The job `make` for a screenplay: it is broken down, cast, performed, drawn, scored, sounded, and stays editable."""

from __future__ import annotations

import csv
import io

from rushlight.artifacts import Cast, ContactSheet, Media, Narration, Screenplay, SoundCues, Staging
from rushlight.artifacts.source import Document
from rushlight.artifacts.staging import FRAMINGS, ShotTimes
from rushlight.core.artifact import FileRef
from rushlight.core.errors import InputError, MediaError
from rushlight.core.store import write_atomically
from rushlight.core.units import format_clock, frames_spanning
from rushlight.create.caption_screenplay import caption_screenplay
from rushlight.create.cast_voices import cast_voices
from rushlight.create.design_sound import design_sound
from rushlight.create.draw_panels import draw_panels
from rushlight.create.draw_storyboard import draw_storyboard
from rushlight.create.mix_sound import mix_sound
from rushlight.create.perform_screenplay import perform_screenplay
from rushlight.create.plan_scene_music import plan_scene_music
from rushlight.create.read_screenplay import load_screenplay, read_screenplay
from rushlight.create.spot_sounds import spot_sounds
from rushlight.create.stage_screenplay import stage_screenplay
from rushlight.create.staging.looks import inks_of
from rushlight.create.staging.times import shot_times
from rushlight.flows.film_stages import Film, FilmStages
from rushlight.flows.report import ReportMatter, ShotRow, relative, shot_board_page, write_report
from rushlight.media.probe import probe
from rushlight.timeline.edl import RATES, Event, write_edl
from rushlight.timeline.shotlist import apply_shot_list, read_shot_list, shots_to_csv
from rushlight.timeline.storyboard_pdf import PrintedPanel, storyboard_to_pdf

__all__ = ["ScreenplayFilm", "cast_table"]

_SOUND_SUFFIXES = frozenset((".wav", ".flac", ".mp3", ".ogg", ".m4a", ".aif", ".aiff"))
_MOST_SOUNDS = 500
# Early enough in a shot that the arrows of its movement still stand in the panel's picture.
_PANEL_MOMENT = 0.3


class ScreenplayFilm(FilmStages):
    """A film of a screenplay. The screenplay itself is the script: change it and run again."""

    def _make(self) -> Film:
        language = self.wishes.language or self.project.settings().get("defaults", {}).get("language") or "en"
        load_screenplay(self.document, language=language)  # Bad documents are refused before anything is written.
        document = Document(file=FileRef.of(self.document))
        screenplay = self.project.run(read_screenplay, document, language=language)
        for note in screenplay.notes:
            self._remember(note)
        self._settle({"length": "auto", "genre": "cinematic"}, screenplay.language)
        if self.wishes.length not in (None, "auto"):
            self._remember("A screenplay takes as long as its words and actions do; --length is not used.")
        staged = self._staged(screenplay)
        cast = self._cast(staged)
        if self.project.films().get(self.name) != self.document:
            self.project.note_film(self.name, self.document)
        staging = self._edited_shots(staged)
        narration = self.project.run(perform_screenplay, staging, cast)
        self._publish_shots(staged, staging, narration)
        shown = self._shown_actions()
        captions = self._own_captions(
            self.project.run(caption_screenplay, staging, narration, rate=self.wanted.rate, show_actions=shown),
            narration,
        )
        storyboard = self._own_panels(
            self.project.run(draw_storyboard, staging, narration, disclosure=self.disclosure, seed=self.wishes.seed)
        )
        plan = self.project.run(plan_scene_music, staging, narration) if self.wanted.music else None
        score, music = self._music(plan) if plan else (None, None)
        cues = self.project.run(spot_sounds, staging, narration, self._own_sounds())
        self._publish(_cue_sheet(cues, staging), f"sounds/{self.name}-cues.csv", instead="the screenplay or sounds/")
        effects = self.project.run(design_sound, cues, narration, seed=self.wishes.seed)
        mix = self.project.run(
            mix_sound, narration, music, (effects,), target_lufs=self.wanted.loudness_lufs,
            duration=narration.duration, effects_under_speech_lu=effects.figures["under_speech_lu"],
        )  # fmt: skip
        film = Film(
            self.name, staging.title, staging.script(), narration, storyboard, captions, mix, score, weak=self.weak
        )
        film.cast, film.cues, film.staging = cast, cues, staging
        for aspect in self.wanted.aspects:
            self._render(film, aspect, inks=inks_of(staging))
        self._report(film, staging, cues, cast)
        return film

    # -- stages --------------------------------------------------------------------------------

    def _screenplay_settings(self) -> dict[str, object]:
        found = self.project.settings().get("screenplay", {})
        return dict(found) if isinstance(found, dict) else {}

    def _staged(self, screenplay: Screenplay) -> Staging:
        actions = str(self._screenplay_settings().get("actions", "shown"))
        if actions not in ("shown", "read"):
            raise InputError(
                f"[screenplay] actions: {actions!r} is not known.", path=self.project.root / "rushlight.toml",
                hint="Choose shown or read.",
            )  # fmt: skip
        try:
            return self.project.run(stage_screenplay, screenplay, actions=actions)
        except InputError as error:
            raise InputError(error.message, path=self.document, where=error.where, hint=error.hint) from error

    def _shown_actions(self) -> bool:
        return bool(self._screenplay_settings().get("action_captions", True))

    def _cast(self, staging: Staging) -> Cast:
        voices = {str(name): str(voice) for name, voice in self.project.settings().get("voices", {}).items()}
        return self.project.run(cast_voices, staging, narrator=self.voice, voices=voices)

    def _edited_shots(self, staged: Staging) -> Staging:
        """The staging with what a person changed in the shot list."""
        path = f"storyboards/{self.name}/shots.csv"
        base = self.project.memory / "shots" / f"{self.name}.csv"
        edited = self.project.edited(path)
        if edited is None or not base.is_file():
            return staged
        self.project.note_edit(edited, path)
        try:
            text = edited.path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise InputError("This shot list is not UTF-8 text.", path=edited.path, hint="Save it as UTF-8.") from error
        rows = read_shot_list(text, edited.path)
        staging, notes = apply_shot_list(staged, read_shot_list(base.read_text(encoding="utf-8")), rows)
        self._remember(f"The shot list is yours ({path}); delete that file to have it written anew.")
        for note in notes:
            self._remember(note)
        return staging

    def _publish_shots(self, staged: Staging, staging: Staging, narration: Narration) -> None:
        path = f"storyboards/{self.name}/shots.csv"
        if self.project.edited(path) is None and staging == staged:
            text = shots_to_csv(staging, shot_times(staging, narration))
            write_atomically(self.project.memory / "shots" / f"{self.name}.csv", text)
            self.project.publish(text, path)

    def _own_sounds(self) -> tuple[Media, ...]:
        """Sounds in `media/` and `sounds/`, with the words that say what they are."""
        folders = [*self._folders(), *([own] if (own := self.project.root / "sounds").is_dir() else [])]
        paths = sorted(
            {path for folder in folders for path in folder.rglob("*") if path.suffix.lower() in _SOUND_SUFFIXES}
        )
        found = []
        for path in paths[:_MOST_SOUNDS]:
            try:
                media = probe(path)
            except MediaError as error:
                self._remember(f"{path.name} was left out: {error.message}")
                continue
            beside = path.with_suffix(".txt")
            words = beside.read_bytes()[:4000].decode("utf-8", errors="ignore") if beside.is_file() else ""
            found.append(media.model_copy(update={"description": words}))
        return tuple(found)

    # -- what is written -----------------------------------------------------------------------

    def _report(self, film: Film, staging: Staging, cues: SoundCues, cast: Cast) -> None:
        project, root, name = self.project, self.project.root, self.name
        sheet = project.run(draw_panels, film.cuts[self.wanted.aspects[0]], moment=_PANEL_MOMENT)
        folder = root / "storyboards" / name
        panels = self._sheet_pictures(folder, sheet)
        times = shot_times(staging, film.narration)
        rows = _rows(staging, times, sheet)
        board = folder / "index.html"
        links = [relative(path, board) for path in panels]
        self._publish(shot_board_page(film.title, staging, rows, links), str(board.relative_to(root)))
        width, height = self.wanted.size(self.wanted.aspects[0])
        printed = [
            PrintedPanel(path, row.slate, row.scene, row.action, row.dialogue, row.clock)
            for row, path in zip(rows, panels, strict=True)
            if row.slate
        ]
        self._publish(
            storyboard_to_pdf(film.title, staging.byline, printed, width / height),
            str((folder / "storyboard.pdf").relative_to(root)),
        )
        self._publish_edl(staging, times)
        page = root / "report.html"
        files = {
            "Screenplay": self.document,
            "Shot list (CSV)": folder / "shots.csv",
            "Storyboard": board,
            "Storyboard (PDF)": folder / "storyboard.pdf",
            "Timeline (OpenTimelineIO)": root / f"timelines/{name}.otio",
            "Edit list (EDL)": root / f"timelines/{name}.edl",
            "Sound cues (CSV)": root / f"sounds/{name}-cues.csv",
            "Captions (SRT)": root / f"renders/{name}.srt",
            "Captions (WebVTT)": root / f"renders/{name}.vtt",
            "Score (MIDI)": root / f"scores/{name}.mid",
        }
        matter = ReportMatter(
            title=film.title, source=None, script=film.script, narration=film.narration, grounding=None, sheet=sheet,
            pictures=[relative(path, page) for path in panels],
            films={aspect: relative(path, page) for aspect, path in film.renders.items()},
            files={label: relative(path, page) for label, path in files.items() if path.exists()},
            captions=f"renders/{name}.vtt", mix=film.mix, score=film.score, plan=self.plan,
            records=[record for key in project.used if (record := project.ledger.get(key)) is not None],
            weak=list(self.weak), wanted_seconds=None, seconds=film.seconds, figures=film.figures,
            cast=cast, cues=cues, shots=rows,
        )  # fmt: skip
        text = write_report(matter)
        film.report = self._publish(text, "report.html")
        self._publish(text.replace("<head>", '<head>\n<base href="../">', 1), f"reports/{name}.html")

    def _publish_edl(self, staging: Staging, times: tuple[ShotTimes, ...]) -> None:
        rate = self.wanted.rate
        if rate not in RATES:
            self._remember(
                f"No edit list (EDL) is written at {float(rate):g} frames a second; use 24, 25, 29.97 or 30."
            )
            return
        events = []
        for shot, when in zip(staging.shots, times, strict=True):
            first, last = frames_spanning(when.start, rate), frames_spanning(when.end, rate)
            if last > first:
                events.append(Event(shot.label, 0, last - first, first, f"S{shot.label}", comment=shot.action[:60]))
        self._publish(write_edl(staging.title, events, rate), f"timelines/{self.name}.edl")


def _rows(staging: Staging, times: tuple[ShotTimes, ...], sheet: ContactSheet) -> list[ShotRow]:
    """What is told of each panel; those of the title and of what a person put into the timeline have no slate."""
    shots = {shot.id: (shot, when) for shot, when in zip(staging.shots, times, strict=True)}
    rows = []
    scene = -1
    for number, frame in enumerate(sheet.frames, 1):
        if frame.beat_id not in shots:
            rows.append(ShotRow(number=number, at=frame.at, clock=format_clock(frame.at)[3:8], reason=frame.reason))
            continue
        shot, when = shots[frame.beat_id]
        camera = f"{FRAMINGS[shot.framing]} · {shot.lens_mm} mm · {shot.movement.replace('_', ' ')}"
        staged = staging.scenes[shot.scene]
        rows.append(
            ShotRow(
                number=number, at=when.start, clock=format_clock(when.start)[3:8], slate=f"{shot.label} · {camera}",
                label=shot.label, camera=camera, seconds=float(when.end - when.start),
                scene=staged.title if shot.scene != scene else "", action=shot.action,
                dialogue=" / ".join(
                    f"{line.speaker}{f' ({line.manner})' if line.manner else ''}: {line.text}" for line in shot.lines
                ),
                reason=shot.reason,
            )
        )  # fmt: skip
        scene = shot.scene
    return rows


def _cue_sheet(cues: SoundCues, staging: Staging) -> str:
    """The cues as a table: when, what, how loud, where, why, and from where under which licence."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ["start", "end", "scene", "sound", "kind", "level_db", "pan", "fade_in_seconds", "fade_out_seconds", "why",
         "source", "licence"]
    )  # fmt: skip
    for cue in cues.cues:
        number = next((scene.number for scene in staging.scenes if scene.index == cue.scene), "")
        writer.writerow(
            [format_clock(cue.start), format_clock(cue.end), number, cue.sound, cue.kind, f"{cue.level_db:g}",
             f"{cue.pan:g}", f"{cue.fade_in_seconds:g}", f"{cue.fade_out_seconds:g}", cue.why.lstrip("=+-@"),
             cue.source, cue.licence]
        )  # fmt: skip
    return out.getvalue()


def cast_table(cast: Cast) -> list[tuple[str, str, str]]:
    """Who is played by what, and why, for printing."""
    return [(part.character, part.voice, part.reason) for part in cast.parts]
