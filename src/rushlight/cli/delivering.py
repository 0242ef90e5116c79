"""Results as files that people's other tools open: what `--out` writes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rushlight.core.errors import InputError

if TYPE_CHECKING:
    from rushlight.core.artifact import Artifact

__all__ = ["check_target", "deliver"]


def check_target(kind: type[Artifact], out: Path | None, inputs: tuple[Any, ...]) -> None:
    """Refuse a wish for a file that could not be granted, before any work is done.

    Raises:
        InputError: the file is one of the inputs, or results of this kind are not written in that form.
    """
    from rushlight.core.artifact import Artifact

    if out is None:
        return
    given = [item for value in inputs for item in (value if isinstance(value, tuple) else (value,))]
    files = [file for artifact in given if isinstance(artifact, Artifact) for file in artifact.files()]
    if any(file.path.absolute() == out.absolute() for file in files):
        raise InputError("The result would overwrite its own input.", path=out, hint="Choose another name for --out.")
    forms = _WRITERS.get(kind.kind(), {})
    if _holds_files(kind) or out.suffix.lower() in (".json", *forms):
        return
    raise InputError(
        f"A {kind.kind()} is not written as {out.suffix or 'a file without a suffix'}.",
        path=out,
        hint=f"Choose {', '.join([*forms, '.json'])}.",
    )


def deliver(artifact: Artifact, out: Path | None) -> Path | None:
    """Write a result where the person wants it: its main file, or its text in the form that the suffix names.

    The file appears whole or not at all.
    """
    if out is None:
        return None
    files = list(artifact.files())
    writer = _WRITERS.get(artifact.kind(), {}).get(out.suffix.lower())
    out.parent.mkdir(parents=True, exist_ok=True)
    beside = out.with_name(f".writing-{out.name}")
    try:
        if writer is not None:
            content = writer(artifact)
            beside.write_bytes(content if isinstance(content, bytes) else content.encode())
        elif out.suffix.lower() == ".json":
            beside.write_text(artifact.model_dump_json(indent=1) + "\n", encoding="utf-8")
        elif files:
            shutil.copyfile(files[0].path, beside)
        else:
            return None
        beside.replace(out)
    finally:
        beside.unlink(missing_ok=True)
    return out


def _holds_files(kind: type[Artifact]) -> bool:
    """Whether artifacts of this kind rest on files, so that the main one can be copied."""
    from rushlight.core.artifact import FileRef

    return any(
        "FileRef" in str(field.annotation) or field.annotation is FileRef for field in kind.model_fields.values()
    )


def _fountain(artifact: Any) -> str:
    from rushlight.timeline.screenplay.fountain import write_fountain

    return write_fountain(artifact)


def _final_draft(artifact: Any) -> bytes:
    from rushlight.timeline.screenplay.fdx import write_fdx

    return write_fdx(artifact)


def _pages(artifact: Any) -> bytes:
    from rushlight.timeline.screenplay.pages import lay_out
    from rushlight.timeline.screenplay.pdf import draw_pdf

    return draw_pdf(lay_out(artifact), title=artifact.title)


def _outline(artifact: Any) -> str:
    from rushlight.timeline.outlinefile import outline_to_toml

    return outline_to_toml(artifact)


def _script(artifact: Any) -> str:
    from rushlight.timeline.scriptfile import script_to_markdown

    return script_to_markdown(artifact)


def _srt(artifact: Any) -> str:
    from rushlight.timeline.captionfile import captions_to_srt

    return captions_to_srt(artifact)


def _vtt(artifact: Any) -> str:
    from rushlight.timeline.captionfile import captions_to_vtt

    return captions_to_vtt(artifact)


def _ass(artifact: Any) -> str:
    from rushlight.timeline.captionfile import captions_to_ass

    # Players scale it to the picture.
    return captions_to_ass(artifact, width_px=1280, height_px=720, karaoke=any(cue.words for cue in artifact.cues))


def _ttml(artifact: Any) -> bytes:
    from rushlight.timeline.ttml import captions_to_ttml

    return captions_to_ttml(artifact)


def _words(artifact: Any) -> str:
    return f"{artifact.as_text()}\n"


def _table(artifact: Any) -> str:
    table: str = artifact.as_csv()
    return table


def _sheet(artifact: Any) -> str:
    page: str = artifact.as_html()
    return page


def _lists(artifact: Any) -> str:
    from rushlight.audience.recommending.lists import lists_as_csv

    return lists_as_csv(artifact)


def _lists_page(artifact: Any) -> str:
    from rushlight.audience.recommending.lists import lists_as_html

    return lists_as_html(artifact)


def _calendar(artifact: Any) -> str:
    calendar: str = artifact.as_ics()
    return calendar


def _mailing(artifact: Any) -> str:
    from rushlight.audience.planning.plans import campaign_as_csv

    return campaign_as_csv(artifact)


def _members(artifact: Any) -> bytes | str:
    """Who is in which segment, as `audience import --form segments` takes it."""
    return artifact.members.path.read_bytes() if artifact.members else "viewer,segment\n"


def _page(artifact: Any) -> bytes | str:
    return artifact.page.path.read_bytes() if artifact.page else _words(artifact)


_WRITERS: dict[str, dict[str, Callable[[Any], str | bytes]]] = {
    "Beats": {".csv": _table, ".txt": _words},
    "Bounces": {".csv": _table, ".txt": _words},
    "BiasReport": {".csv": _table, ".html": _sheet, ".txt": _words},
    "Campaign": {".csv": _mailing, ".txt": _words},
    "Captions": {".ass": _ass, ".srt": _srt, ".ttml": _ttml, ".vtt": _vtt},
    "Comments": {".csv": _table, ".txt": _words},
    "Detection": {".csv": _table, ".html": _page, ".txt": _words},
    "Engagement": {".csv": _table, ".txt": _words},
    "Faces": {".csv": _table, ".txt": _words},
    "Faults": {".csv": _table, ".html": _page, ".txt": _words},
    "Findings": {".txt": _words},
    "Forecast": {".csv": _table, ".txt": _words},
    "HazardModel": {".csv": _table, ".txt": _words},
    "Ideas": {".txt": _words},
    "MarkReading": {".txt": _words},
    "ObjectTrack": {".csv": _table, ".txt": _words},
    "Outline": {".toml": _outline},
    "LipSync": {".txt": _words},
    "ClaimTable": {".csv": _table, ".txt": _words},
    "Commission": {".csv": _table, ".txt": _words},
    "ContributionAccount": {".txt": _words},
    "CreativeForecast": {".csv": _table, ".txt": _words},
    "CredentialVerdict": {".txt": _words},
    "People": {".csv": _table, ".html": _page, ".txt": _words},
    "PeopleLabels": {".csv": _table, ".html": _page, ".txt": _words},
    "Prediction": {".csv": _table, ".txt": _words},
    "Quality": {".txt": _words},
    "Recommendations": {".csv": _lists, ".html": _lists_page, ".txt": _words},
    "ReleasePlan": {".csv": _table, ".ics": _calendar, ".txt": _words},
    "Retention": {".csv": _table, ".txt": _words},
    "Review": {".csv": _table, ".html": _sheet, ".txt": _words},
    "Screenplay": {".fountain": _fountain, ".fdx": _final_draft, ".pdf": _pages},
    "Script": {".md": _script},
    "Segments": {".csv": _members, ".txt": _words},
    "Shots": {".csv": _table, ".txt": _words},
    "ShotTable": {".csv": _table, ".txt": _words},
    "Similar": {".csv": _table, ".txt": _words},
    "Sync": {".txt": _words},
    "Themes": {".csv": _table, ".txt": _words},
    "Tone": {".txt": _words},
    "Transcript": {".txt": _words},
    "Trends": {".csv": _table, ".txt": _words},
    "UseDecision": {".txt": _words},
    "VariantTest": {".txt": _words},
}
