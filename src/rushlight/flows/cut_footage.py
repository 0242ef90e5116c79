"""The whole job `cut`: raw takes become a tight, captioned cut that a person decides on and any editor opens."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from rushlight.artifacts import Audio, Captions, Cut, EditList, EditSpan, Findings, Media, Transcript
from rushlight.artifacts.findings import Finding
from rushlight.artifacts.source import Document
from rushlight.core.artifact import FileRef
from rushlight.core.errors import InputError, MediaError, RushlightError
from rushlight.core.project import Project, slug
from rushlight.create.render_film import render_film
from rushlight.edit.align_script import align_script
from rushlight.edit.caption_cut import caption_cut
from rushlight.edit.edit_transcript import edit_transcript
from rushlight.edit.find_damage import find_damage
from rushlight.edit.lay_cut import lay_cut
from rushlight.edit.plan_cut import plan_cut
from rushlight.edit.render_cut_sound import render_cut_sound
from rushlight.edit.smart_render import smart_render
from rushlight.edit.transcribe import transcribe
from rushlight.flows.allow_use import require_use
from rushlight.flows.cut_review import ReviewMatter, write_review
from rushlight.flows.sign_result import keep_ledger, sign_or_say
from rushlight.flows.wishes import wanted_here
from rushlight.media.probe import probe
from rushlight.timeline.captionfile import captions_to_ass, captions_to_srt, captions_to_vtt, read_captions
from rushlight.timeline.cutfile import MediaFinder, linked_text, read_cut, read_timeline
from rushlight.timeline.transcriptfile import transcript_to_text
from rushlight.trust.disclose_sound import SPOKEN_DISCLOSURES, disclose_sound
from rushlight.trust.verify_credentials import verify_file

__all__ = ["EXPORTS", "REMOVABLE", "CutFilm", "CutWishes", "cut_footage", "read_decisions"]

# What `--remove` may name, the capability that finds it, and the kind it finds.
REMOVABLE = {
    "silence": ("find_silence", "silence"),
    "fillers": ("find_fillers", "filler"),
    "retakes": ("find_retakes", "retake"),
    "false-starts": ("find_false_starts", "false_start"),
}
EXPORTS = {
    "otio": ".otio",
    "fcpxml": ".fcpxml",
    "edl": ".edl",
    "premiere": ".xml",
    "kdenlive": ".kdenlive",
    "csv": ".csv",
}


@dataclass(frozen=True)
class CutWishes:
    """What a person asks for."""

    remove: tuple[str, ...] = ("silence",)
    captions: str = "none"
    """`burn`, `track` or `none`; files beside the film come with either."""
    caption_look: str = "boxed"
    """How burned captions look: `boxed`, `outline` or `plain`."""
    karaoke: bool = False
    """Fill burned captions word by word, as they are heard."""
    exports: tuple[str, ...] = ()
    preview: bool = False
    """Only propose: write the review page and no film."""
    keep: tuple[str, ...] = ()
    """Proposals that are left in, such as `f3`."""
    transcriber: str = "pocketsphinx/en-us"
    margin_seconds: Fraction = Fraction(12, 100)
    min_silence_seconds: Fraction | None = None
    picture_lag_seconds: Fraction = Fraction(0)
    language: str = "en"
    words: tuple[str, ...] = ()
    """Names and words of the project, for the recogniser."""
    script: Path | None = None
    """The text that is read in the recording, when it is known; it is then aligned rather than recognised."""
    credentials: bool | None = None
    """Sign where the film comes from into it; None for what the project says, else yes."""
    copy: bool = False
    """Encode again only what a cut touches, and copy the rest as it was recorded."""


@dataclass
class CutFilm:
    """What came out."""

    name: str
    title: str
    film: Path | None = None
    review: Path | None = None
    files: dict[str, Path] = field(default_factory=dict)
    recorded_seconds: Fraction = Fraction(0)
    seconds: Fraction = Fraction(0)
    proposals: int = 0
    kept: int = 0
    skipped: list[str] = field(default_factory=list)
    """Files that could not be used, a sentence each."""
    weak: list[str] = field(default_factory=list)


def cut_footage(project: Project, files: Sequence[Path], wishes: CutWishes = CutWishes()) -> CutFilm:
    """Cut recordings, one after the other, into one film, keeping whatever a person changed in earlier results.

    The transcripts, captions and the timeline are plain files in the project. A transcript that a person edited
    decides what stays. Nothing is ever written over an input.

    Raises:
        InputError: no file can be used, or a wish cannot be granted.
        RushlightError: as the steps say.
    """
    with project.job("cut"):
        made = _Cutter(project, files, wishes).cut()
        keep_ledger(project)
        return made


@dataclass
class _Take:
    """One recording and what is known of it."""

    number: int
    name: str
    media: Media
    findings: Findings
    transcript: Transcript | None = None
    edited: EditList | None = None


class _Cutter:
    """One run of the job; each method is one stage."""

    def __init__(self, project: Project, files: Sequence[Path], wishes: CutWishes) -> None:
        self.project, self.wishes = project, wishes
        self.paths = [Path(os.path.normpath(path.absolute())) for path in files]
        if wishes.script is not None and len(self.paths) > 1:
            raise InputError(
                "A script goes with one recording.", hint="Cut the recordings apart, each with its script."
            )
        if not self.paths:
            raise InputError("There is nothing to cut.", hint="Name one or more recordings.")
        self.name = slug(self.paths[0].stem)
        self.weak: list[str] = []

    def cut(self) -> CutFilm:
        before = self.project.watcher.on_weak

        def remember(message: str) -> None:
            if message not in self.weak:
                self.weak.append(message)
                before(message)

        self.project.watcher.on_weak = remember
        try:
            return self._cut()
        finally:
            self.project.watcher.on_weak = before

    def _cut(self) -> CutFilm:
        takes, skipped = self._takes()
        require_use(self.project, [take.media.file for take in takes], work=self.name)
        out = CutFilm(self.name, self.paths[0].stem, skipped=skipped, weak=self.weak)
        out.recorded_seconds = sum((take.media.duration for take in takes), Fraction(0))
        for take in takes:
            self._listen(take)
        proposals = [(f"f{number}", take, found) for number, (take, found) in enumerate(_proposals(takes), 1)]
        self._decide(proposals, takes)
        out.proposals = len(proposals)
        out.kept = len(set(self.wishes.keep) & {name for name, _, _ in proposals})
        edits = self._edit(takes)
        out.seconds = edits.duration
        out.review = self._review(takes, proposals, edits)
        if self.wishes.preview:
            return out
        captions = self._captions(edits, takes, out)
        cut = self._lay(edits, takes, captions, out)
        self._render(cut, captions, edits, takes, out)
        self._export(cut, out)
        return out

    # -- material ------------------------------------------------------------------------------

    def _takes(self) -> tuple[list[_Take], list[str]]:
        """The recordings that can be used, and why others cannot."""
        takes: list[_Take] = []
        skipped: list[str] = []
        for path in self.paths:
            try:
                media = probe(path)
                if media.is_still or media.sound is None:
                    raise MediaError("There is no sound in it to cut by.", path=path)
            except RushlightError as error:
                if len(self.paths) == 1:
                    raise
                skipped.append(str(error))
                self.project.watcher.on_weak(f"{error} It is left out.")
                continue
            nothing = Findings(findings=(), duration=media.duration, sound_sha256=media.file.sha256)
            takes.append(_Take(len(takes), self._take_name(path, takes), media, nothing))
        if not takes:
            raise InputError("None of these files can be cut.", where=skipped[0], hint="Give recordings with sound.")
        pictures = [take.media.video is not None for take in takes]
        if any(pictures) and not all(pictures):
            silent = next(take.media.file.path for take in takes if take.media.video is None)
            raise InputError(
                "Recordings with and without picture cannot be in one cut.", path=silent, hint="Cut them apart."
            )
        return takes, skipped

    def _take_name(self, path: Path, others: Iterable[_Take]) -> str:
        names = {take.name for take in others}
        plain = slug(path.stem)
        return next(name for name in (plain, *(f"{plain}-{n}" for n in range(2, 999))) if name not in names)

    def _listen(self, take: _Take) -> None:
        """Find what may go, and what is said where that is needed."""
        damage: Findings = self.project.run(find_damage, take.media, whole=not self.wishes.copy)
        found, notes = list(damage.findings), list(damage.notes)
        if self._needs_words():
            take.transcript = self._transcript(take)
        for wish in self.wishes.remove:
            step, _ = REMOVABLE[wish]
            parameters = {}
            if wish == "silence" and self.wishes.min_silence_seconds is not None:
                parameters["min_seconds"] = self.wishes.min_silence_seconds
            inputs = (take.media, take.transcript) if wish in ("retakes", "false-starts") else (take.media,)
            made: Findings = self.project.run(step, *inputs, **parameters)
            found += made.findings
            notes += made.notes
        take.findings = take.findings.model_copy(
            update={"findings": tuple(sorted(found, key=lambda one: (one.start, one.end))), "notes": tuple(notes)}
        )

    def _needs_words(self) -> bool:
        """Whether what is said matters: for captions, for takes told by their text, or for a text that was edited."""
        edited = any((self.project.root / "transcripts").glob("*.txt"))
        if self.wishes.script is not None:
            return True
        return self.wishes.captions != "none" or bool({"retakes", "false-starts"} & set(self.wishes.remove)) or edited

    def _transcript(self, take: _Take) -> Transcript:
        made: Transcript
        if self.wishes.script is not None:
            script = Document(file=FileRef.of(self.wishes.script))
            made = self.project.run(align_script, take.media, script, language=self.wishes.language)
        else:
            made = self.project.run(
                transcribe, take.media, model=self.wishes.transcriber, words=self.wishes.words,
                language=self.wishes.language,
            )  # fmt: skip
        path = f"transcripts/{take.name}.txt"
        edited = self.project.edited(path)
        if edited is None:
            self.project.publish(transcript_to_text(made, take.media.file.path.name), path)
            return made
        self.project.note_edit(edited, path)
        take.edited = self.project.run(edit_transcript, take.media, made, Document(file=edited), rate=self._rate(take))
        self.project.watcher.on_weak(f"The transcript is yours ({path}), and the cut follows it.")
        return made

    def _rate(self, take: _Take) -> Fraction | None:
        return take.media.video.rate if take.media.video else None

    # -- deciding ------------------------------------------------------------------------------

    def _decide(self, proposals: Sequence[tuple[str, _Take, Finding]], takes: Sequence[_Take]) -> None:
        """Mark what a person wants left in."""
        known = {name for name, _, _ in proposals}
        if unknown := [name for name in self.wishes.keep if name not in known]:
            raise InputError(
                f"There is no proposal {unknown[0]!r}.",
                hint=f"There are f1 to f{len(known)}; --preview shows them." if known else "Nothing is proposed here.",
            )
        kept = {id(found) for name, _, found in proposals if name in self.wishes.keep}
        for take in takes:
            marked = tuple(
                found.model_copy(update={"keep": True}) if id(found) in kept else found
                for found in take.findings.findings
            )
            take.findings = take.findings.model_copy(update={"findings": marked})

    def _edit(self, takes: Sequence[_Take]) -> EditList:
        spans: list[EditSpan] = []
        notes: list[str] = []
        rate = self._rate(takes[0])
        for take in takes:
            made: EditList = self.project.run(
                plan_cut, take.media, take.findings, take.transcript, take.edited,
                rate=rate, margin_seconds=self.wishes.margin_seconds,
            )  # fmt: skip
            spans += (span.model_copy(update={"source": take.number}) for span in made.spans)
            notes += made.notes
        return EditList(
            spans=tuple(spans),
            sources=tuple(take.media.file.sha256 for take in takes),
            notes=tuple(dict.fromkeys(notes)),
        )

    # -- results -------------------------------------------------------------------------------

    def _review(self, takes: Sequence[_Take], proposals: Sequence[tuple[str, _Take, Finding]], edits: EditList) -> Path:
        folder = f"reviews/{self.name}"
        matter = ReviewMatter(
            title=self.paths[0].stem,
            takes=[(take.media, take.findings) for take in takes],
            proposals=[(name, take.number, found) for name, take, found in proposals],
            edits=edits,
            command=self._command(),
            weak=list(self.weak),
            margin_seconds=self.wishes.margin_seconds,
        )
        pages = write_review(matter)
        for name, content in pages.items():
            path = self.project.publish(content, f"{folder}/{name}")
        return path

    def _command(self) -> str:
        """The command that makes the film as proposed, to which the page adds what is kept."""
        names = [os.path.relpath(path) for path in self.paths]
        parts = ["rushlight cut", *(shlex.quote(name) for name in names)]
        parts.append(f"--remove {','.join(self.wishes.remove)}")
        if self.wishes.captions != "none":
            parts.append(f"--captions {self.wishes.captions}")
        if self.wishes.exports:
            parts.append(f"--export {','.join(self.wishes.exports)}")
        return " ".join(parts)

    def _captions(self, edits: EditList, takes: Sequence[_Take], out: CutFilm) -> Captions | None:
        if self.wishes.captions == "none":
            return None
        captions: Captions = self.project.run(
            caption_cut, edits, language=self.wishes.language, rate=self._rate(takes[0]) or Fraction(25)
        )
        for suffix in ("srt", "vtt"):
            path = f"renders/{self.name}-cut.{suffix}"
            if (edited := self.project.edited(path)) is not None:
                self.project.note_edit(edited, path)
                captions = read_captions(edited.path, self.wishes.language)
                self.project.watcher.on_weak(
                    f"The captions are yours ({path}); delete that file to have them made anew."
                )
                break
        for suffix, write in (("srt", captions_to_srt), ("vtt", captions_to_vtt)):
            path = f"renders/{self.name}-cut.{suffix}"
            if self.project.edited(path) is None:
                out.files[suffix] = self.project.publish(write(captions), path)
        return captions

    def _lay(self, edits: EditList, takes: Sequence[_Take], captions: Captions | None, out: CutFilm) -> Cut:
        media = tuple(take.media for take in takes)
        burned = captions if self.wishes.captions == "burn" else None
        cut: Cut = self.project.run(
            lay_cut, edits, media, burned, title=self.paths[0].stem,
            picture_lag_seconds=self.wishes.picture_lag_seconds, caption_look=self.wishes.caption_look,
            karaoke=self.wishes.karaoke,
        )  # fmt: skip
        path = f"timelines/{self.name}-cut.otio"
        find = MediaFinder(cut.file.path.parent, cut.media)
        if (edited := self.project.edited(path)) is not None:
            self.project.note_edit(edited, path)
            cut = read_cut(edited.path, cut.media)
            self.project.watcher.on_weak(f"The timeline is yours ({path}); delete that file to have it laid anew.")
        else:
            text = linked_text(read_timeline(cut.file.path), self.project.root / "timelines", find)
            out.files["otio"] = self.project.publish(text, path)
        return cut

    def _render(
        self, cut: Cut, captions: Captions | None, edits: EditList, takes: Sequence[_Take], out: CutFilm
    ) -> None:
        if not cut.width_px:
            sound = self._disclosed(self.project.run(render_cut_sound, cut), takes)
            out.film = self._publish_film(self._signed(sound, takes), f"{self.name}-cut", ".wav")
            return
        if self.wishes.copy and (reason := self._why_not_copied(takes)):
            self.project.watcher.on_weak(f"Everything is encoded again: {reason}.")
        elif self.wishes.copy:
            media = self.project.run(smart_render, takes[0].media, edits, sound="exact")
            suffix = media.file.path.suffix
            out.film = self._publish_film(self._signed(media, takes), f"{self.name}-cut", suffix)
            out.seconds = media.duration
            return
        track = captions if self.wishes.captions == "track" else None
        media = self.project.run(render_film, cut, track)
        out.film = self._publish_film(self._signed(media, takes), f"{self.name}-cut", ".mp4")
        out.seconds = media.duration
        if captions is not None:
            ass = captions_to_ass(captions, width_px=cut.width_px, height_px=cut.height_px)
            out.files["ass"] = self.project.publish(ass, f"renders/{self.name}-cut.ass")

    def _disclosed(self, sound: Audio, takes: Sequence[_Take]) -> Audio:
        """The sound with a spoken line before it, where the credentials of a recording say that AI made some of it."""
        if not any(verify_file(take.media.file.path).is_generated for take in takes):
            return sound
        if not self.project.settings().get("defaults", {}).get("disclosure", True):
            self.project.watcher.on_weak("The spoken note that AI was used is off, as asked.")
            return sound
        if self.wishes.language[:2] not in SPOKEN_DISCLOSURES:
            self.project.watcher.on_weak("There is no spoken note of AI in this language, so it is in English.")
        language = self.wishes.language if self.wishes.language[:2] in SPOKEN_DISCLOSURES else "en"
        said: Audio = self.project.run(disclose_sound, probe(sound.file.path, trusted=True), language=language)
        return said

    def _signed(self, made: Media | Audio, takes: Sequence[_Take]) -> FileRef:
        """The signed copy of what was rendered; the recordings are its ingredients and keep their credentials."""
        default = self.project.settings().get("defaults", {}).get("credentials")
        wanted = bool(wanted_here(self.wishes.credentials, default))
        record = self.project.ledger.made(digest=made.digest())
        return sign_or_say(
            self.project, made.file, record, title=self.paths[0].stem, wanted=wanted,
            recordings=[take.media.file for take in takes],
        )  # fmt: skip

    def _why_not_copied(self, takes: Sequence[_Take]) -> str:
        """What stands against copying; empty when nothing does."""
        if len(takes) > 1:
            return "several recordings are in the cut"
        if self.wishes.captions in ("burn", "track"):
            return "captions go into the film"
        if self.wishes.picture_lag_seconds:
            return "pictures change later than the sound"
        if self.project.edited(f"timelines/{self.name}-cut.otio") is not None:
            return "the timeline was changed by hand"
        return ""

    def _publish_film(self, file: FileRef, name: str, suffix: str) -> Path:
        """Publish a film; beside it when a person put another file under its name."""
        if self.project.edited(f"renders/{name}{suffix}") is not None:
            self.project.watcher.on_weak(f"renders/{name}{suffix} was changed by hand and is kept.")
            name += "-new"
        return self.project.publish(file, f"renders/{name}{suffix}")

    def _export(self, cut: Cut, out: CutFilm) -> None:
        for form in self.wishes.exports:
            if form == "otio":
                continue
            made: Any = self.project.run("export_cut", cut, format=form)
            out.files[form] = self.project.publish(made.file, f"exports/{self.name}-cut{EXPORTS[form]}")


def _proposals(takes: Iterable[_Take]) -> Iterable[tuple[_Take, Finding]]:
    for take in takes:
        for found in take.findings.findings:
            yield take, found


def read_decisions(path: Path) -> tuple[str, ...]:
    """What a review page saved: the proposals to keep.

    Raises:
        InputError: it is no such file.
    """
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        keep = said["keep"]
        if not isinstance(keep, list) or not all(isinstance(name, str) for name in keep):
            raise TypeError
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            "This file holds no decisions of a review.", path=path, hint="Save them on the review page."
        ) from error
    return tuple(keep)
