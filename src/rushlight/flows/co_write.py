"""Scripts that people and models write together: one file, its history, and changes that lose nothing."""

from __future__ import annotations

import difflib
import getpass
import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from rushlight.artifacts import Authorship, Screenplay
from rushlight.core.errors import InputError
from rushlight.core.project import Project, slug
from rushlight.core.store import write_atomically
from rushlight.create.read_screenplay import load_screenplay
from rushlight.timeline.authorship import trace_authors
from rushlight.timeline.history import History, Version
from rushlight.timeline.paragraph_merge import merge_paragraphs, without_comments
from rushlight.timeline.screenplay.fountain import parse_fountain, write_fountain
from rushlight.timeline.screenplay.merge import merge_screenplays
from rushlight.timeline.screenplay.ownership import trace_screenplay, written_by_people

__all__ = ["ScriptFile", "person"]

_MARKDOWN = (".md", ".markdown")


def person() -> str:
    """The name of whoever is at work here."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "person"


class ScriptFile:
    """A script on disk, with the history that the project keeps of it.

    Args:
        path: Fountain, Final Draft, or a script as Markdown.
        project: where the history is kept.
        by: whose changes to the file are not in the history yet.
    """

    def __init__(self, path: Path, project: Project, by: str = "") -> None:
        self.path = path
        self.project = project
        self.by = by or person()
        self.suffix = path.suffix.lower()
        self.history = History(project.memory / "history" / _name(path, project))
        self._read = ""

    @property
    def is_markdown(self) -> bool:
        """Whether it is a narration script rather than a screenplay."""
        return self.suffix in _MARKDOWN

    def text(self) -> str:
        """The file's text as it is now; what differs from the last version is noted as a person's.

        Raises:
            InputError: it is missing, not UTF-8, or no script.
        """
        self._read = self._now()
        self.history.add(self._read, self.by, is_person=True)
        return self._read

    def _now(self) -> str:
        if not self.is_markdown:
            load_screenplay(self.path)
        try:
            return self.path.read_bytes().decode("utf-8")
        except FileNotFoundError as error:
            raise InputError("This file does not exist.", path=self.path, hint="Check the name.") from error
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                "This script cannot be read as UTF-8 text.", path=self.path, hint="Save it again as UTF-8."
            ) from error

    def screenplay(self) -> Screenplay:
        """The screenplay in the file, as `text` notes it.

        Raises:
            InputError: it is a Markdown script, or cannot be read.
        """
        if self.is_markdown:
            raise InputError(
                "This works on screenplays; in a Markdown script, write the comment yourself.",
                path=self.path,
                hint="After the paragraph: <!-- pin -->, <!-- Anna: too long? --> or <!-- alt: … -->.",
            )
        return self.parse(self.text())

    def parse(self, text: str) -> Screenplay:
        """A version of the file as a screenplay."""
        if self.suffix == ".fdx":
            from rushlight.timeline.screenplay.fdx import parse_fdx

            return parse_fdx(text.encode())
        return parse_fountain(text)

    def unparse(self, screenplay: Screenplay) -> str:
        """A screenplay as the file would have it."""
        if self.suffix == ".fdx":
            from rushlight.timeline.screenplay.fdx import write_fdx

            return write_fdx(screenplay).decode()
        return write_fountain(screenplay)

    def write(self, text: str, author: str, *, is_person: bool, key: str = "", note: str = "") -> Version:
        """Put a new version into the file; what was changed there since it was read is merged in.

        Raises:
            StorageError: it cannot be written; the file is as it was.
        """
        version = self.history.add(text, author, is_person=is_person, key=key, note=note)
        if self.path.exists() and (now := self._now()) != self._read:
            self.history.add(now, self.by, is_person=True)
            text, _, _ = self.merged(self._read, now, text, author)
            version = self.history.add(text, author, is_person=is_person, key=key, note=f"{note} (merged)".strip())
        write_atomically(self.path, text)
        self._read = text
        return version

    def merged(self, base: str, mine: str, theirs: str, author: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
        """A merge of three texts of this file: the text, what was set aside, what was dropped."""
        if self.is_markdown:
            made = merge_paragraphs(base, mine, theirs, writer=author)
            return made.text, made.set_aside, made.dropped
        ours = self.parse(theirs).model_copy(update={"writer": author})
        result = merge_screenplays(self.parse(base), self.parse(mine), ours)
        return self.unparse(result.screenplay), result.set_aside, result.dropped

    def authorship(self) -> Authorship:
        """Who wrote each word now standing, notes aside."""
        self.text()
        name = self.path.name
        if self.is_markdown:
            plain: Callable[[str], str] = without_comments
            return trace_authors(name, [one._replace(text=plain(one.text)) for one in self.history.traced()])
        versions = self.history.traced()
        if self.suffix == ".fdx":
            versions = [one._replace(text=write_fountain(self.parse(one.text))) for one in versions]
        return trace_screenplay(name, versions)

    def written_by_people(self) -> tuple[str, ...]:
        """Addresses of what a person wrote at least a word of."""
        return written_by_people(self.screenplay(), self.authorship())

    def difference(self, first: Version, second: Version) -> str:
        """What changed between two versions, line by line."""
        lines = difflib.unified_diff(
            self.history.text(first).splitlines(),
            self.history.text(second).splitlines(),
            f"version {first.number} by {first.author}",
            f"version {second.number} by {second.author}",
            lineterm="",
        )
        return "\n".join(lines)


def _name(path: Path, project: Project) -> str:
    path = path.absolute()
    try:
        return str(path.relative_to(project.root)).replace(os.sep, "--")
    except ValueError:
        return f"{slug(path.stem)}-{hashlib.sha256(str(path).encode()).hexdigest()[:10]}"
