"""`rushlight cut`: raw takes become a tight, captioned cut."""

from __future__ import annotations

import json
import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import click

__all__ = ["cut"]

_REMOVABLE = ("silence", "fillers", "retakes", "false-starts")
_EXPORTS = ("otio", "fcpxml", "edl", "premiere", "kdenlive", "csv")


@click.command("cut", short_help="Recordings become a tight, captioned cut.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--project", "folder", type=click.Path(path_type=Path), help="Project folder; made if it is not there.")
@click.option(
    "--remove", default="silence", help="What to cut out: silence,fillers,retakes,false-starts. (default: silence)"
)
@click.option(
    "--captions", type=click.Choice(["burn", "track", "none"]), default="none", help="Captions. (default: none)"
)
@click.option(
    "--caption-look",
    type=click.Choice(["boxed", "outline", "plain"]),
    default="boxed",
    help="How burned captions stand out. (default: boxed)",
)
@click.option("--karaoke", is_flag=True, help="Fill burned captions word by word, as they are heard.")
@click.option("--export", default="", help="For other editors: otio,fcpxml,edl,premiere,kdenlive,csv.")
@click.option("--preview", is_flag=True, help="Write a page with every proposed cut, and no film.")
@click.option("--keep", default="", help="Proposals to leave in, as the page names them: f3,f7.")
@click.option("--decisions", type=click.Path(path_type=Path), help="Decisions that the review page saved.")
@click.option("--margin", default="0.12s", help="Kept of a silence at either side. (default: 0.12s)")
@click.option("--min-silence", default="", help="Shortest silence that is cut, such as 0.5s.")
@click.option("--picture-lag", default="0", help="Pictures change this much after the sound: J cuts. (default: 0)")
@click.option("--transcriber", default="pocketsphinx/en-us", help="Who listens. (default: pocketsphinx/en-us, a draft)")
@click.option("--words", default="", help="Names and words that are said, for the recogniser, parted by commas.")
@click.option(
    "--script", type=click.Path(path_type=Path), help="The text that is read, when it is known: exact word times."
)
@click.option("--credentials/--no-credentials", default=None, help="Sign where the film comes from. (default: yes)")
@click.option("--copy", is_flag=True, help="Encode again only what a cut touches; the rest stays as recorded.")
@click.option("--length", default="", help="Assemble a rough cut of this length from the best moments: 90s, 1m30s.")
@click.option("--by", default="", help="What a rough cut goes by: interest, script (--script), music (--music).")
@click.option("--trailer", default="", help="Make a trailer of this length: 30s. FILES are the reels of one film.")
@click.option("--music", default="", help="Music under a rough cut or trailer, cut on its beats; none for none.")
@click.option("--title", default="", help="With --trailer: on a card at its end.")
@click.option("--seed", type=click.IntRange(0), default=0, help="With --trailer: another seed, another trailer.")
@click.option(
    "--spoiler-limit",
    type=click.IntRange(0, 90),
    default=20,
    help="With --trailer: show nothing of the last so many % of the film. (default: 20)",
)
@click.option(
    "--scene-limit",
    type=click.IntRange(1, 100),
    help="With --trailer: show at most so many % of any scene. (default: 30, or what the length takes)",
)
@click.option("--no-quality", is_flag=True, help="With a rough cut or trailer: do not look for faults.")
@click.option("--language", default="en", help="Language that is spoken. (default: en)")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes to draw with. (default: one a core)")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
@click.option("--dry-run", is_flag=True, help="Say what would be cut, and do nothing.")
def cut(
    files: tuple[Path, ...], folder: Path | None, workers: int | None, as_json: bool, dry_run: bool, **given: Any
) -> None:
    """Cut FILES, one after the other, into one film, without what nobody needs.

    The transcript is a text file in the project: delete, move or correct words, run the same command again, and the
    cut follows. So do captions and timeline: what you changed is kept. Nothing is written over a recording.
    """
    wishes = _wishes(given)
    for path in files:
        _recording_here(path)
    if given["length"] or given["by"] or given["trailer"]:
        _assemble(files, folder, workers, wishes, given, as_json=as_json, dry_run=dry_run)
        return
    if dry_run:
        plan = {"files": [str(path) for path in files], "remove": list(wishes.remove), "exports": list(wishes.exports)}
        names = ", ".join(path.name for path in files)
        click.echo(
            json.dumps(plan) if as_json else f"Would cut {', '.join(wishes.remove) or 'nothing'} out of {names}."
        )
        return
    from rushlight.cli.jobs import project_for
    from rushlight.cli.watching import watching

    project = project_for(files[0], folder, "cut")
    project.workers = workers or os.cpu_count() or 1
    with watching(quiet=as_json) as watcher:
        from rushlight.flows.cut_footage import cut_footage

        project.watcher = watcher
        made = cut_footage(project, files, wishes)
    recorded, seconds = float(made.recorded_seconds), float(made.seconds)
    said = f"{made.proposals} proposals, {made.kept} kept in: {recorded:.1f} s become {seconds:.1f} s."
    _tell(made, said, "Review", as_json=as_json)


def _assemble(
    files: tuple[Path, ...],
    folder: Path | None,
    workers: int | None,
    wishes: Any,
    given: dict[str, Any],
    *,
    as_json: bool,
    dry_run: bool,
) -> None:
    """The jobs with `--length`, `--by` and `--trailer`: what is seen decides."""
    asked = _asked(given, wishes)
    length, what = asked.length_seconds, "a trailer" if asked.by == "trailer" else "a cut"
    if dry_run:
        names = ", ".join(path.name for path in files)
        plan = {"files": [str(path) for path in files], "length_seconds": float(length), "by": asked.by}
        said = f"{what} of {float(length):g} s" if length else what
        click.echo(json.dumps(plan) if as_json else f"Would assemble {said} by {asked.by} from {names}.")
        return
    from rushlight.cli.jobs import project_for
    from rushlight.cli.watching import watching

    project = project_for(files[0], folder, "cut")
    project.workers = workers or os.cpu_count() or 1
    with watching(quiet=as_json) as watcher:
        from rushlight.flows.assemble_footage import assemble_footage

        project.watcher = watcher
        made = assemble_footage(project, files, asked)
    recorded, seconds = float(made.recorded_seconds), float(made.seconds)
    said = f"{made.proposals} stretches of {recorded:.1f} s make {what} of {seconds:.1f} s."
    _tell(made, said, "Shots", as_json=as_json)


def _asked(given: dict[str, Any], wishes: Any) -> Any:
    """What a rough cut or a trailer should be, checked before anything slow is imported."""
    from rushlight.core.errors import InputError
    from rushlight.core.units import parse_seconds
    from rushlight.flows.assemble_footage import AssembleWishes

    if given["trailer"] and (given["length"] or given["by"]):
        raise InputError("--trailer says its own length and way.", hint="Leave --length and --by away.")
    by: Any = "trailer" if given["trailer"] else given["by"] or "interest"
    if by not in ("interest", "script", "music", "trailer"):
        raise InputError(f"--by {by!r} is not known.", hint="Choose among interest, script, music.")
    text = given["trailer"] or given["length"]
    if not text and by == "interest":
        raise InputError("A cut by interest needs a length.", hint="Give --length 90s.")
    length = parse_seconds(text) if text else Fraction(0)
    if text and not 0 < length <= 6 * 3600:
        raise InputError("--length is more than nothing and at most six hours.", hint="Give 90s, 5m, 1m30s.")
    if by == "trailer" and not 4 <= length <= 600:
        raise InputError("A trailer takes between 4 seconds and 10 minutes.", hint="Give --trailer 30s.")
    if given["title"] and (by != "trailer" or length < 6):
        raise InputError("--title is for a trailer of at least six seconds.", hint="Give --trailer 30s, or no title.")
    if given["captions"] != "none" or given["copy"] or (given["script"] and by != "script"):
        raise InputError(
            "Captions, --copy and --script (but for --by script) do not go with it: a rough cut goes by what is seen.",
            hint="Make the rough cut first, then cut it by its words.",
        )
    silent = given["music"].strip().lower() == "none"
    music = None if silent or not given["music"] else Path(given["music"])
    if by == "script" and given["script"] is None:
        raise InputError("A cut by script needs a script.", hint="Give --script FILE, one line for each stretch.")
    if by == "music" and music is None:
        raise InputError("A cut by music needs music.", hint="Give --music FILE.")
    for path in (music, given["script"]):
        if path is not None:
            _recording_here(path, "file")
    return AssembleWishes(
        length,
        by=by,
        script=given["script"],
        music=music,
        compose=not silent,
        title=given["title"],
        seed=given["seed"],
        spoiler_share=given["spoiler_limit"] / 100,
        most_of_scene=given["scene_limit"] / 100 if given["scene_limit"] else None,
        transcriber=given["transcriber"],
        language=given["language"],
        exports=wishes.exports,
        preview=wishes.preview,
        quality=not given["no_quality"],
        credentials=wishes.credentials,
    )


def _tell(made: Any, said: str, page: str, *, as_json: bool) -> None:
    """What came out and where it is: in words, or as one JSON object."""
    from rushlight.cli.jobs import near

    if as_json:
        click.echo(json.dumps(_summary(made), ensure_ascii=False))
        return
    click.echo(f"\n{said}")
    if made.film:
        click.secho(f"{'Film':<10} {near(made.film)}", fg="green")
    for name, path in made.files.items():
        click.echo(f"{name:<10} {near(path)}")
    if made.review:
        click.echo(f"{page:<10} {near(made.review)}")


def _wishes(given: dict[str, Any]) -> Any:
    """What was asked for, checked before anything slow is imported."""
    from rushlight.core.errors import InputError
    from rushlight.core.units import parse_seconds
    from rushlight.flows.cut_footage import CutWishes, read_decisions

    remove = _listed(given["remove"], _REMOVABLE, "--remove")
    keep = tuple(name.strip() for name in given["keep"].split(",") if name.strip())
    if given["decisions"]:
        keep = (*keep, *read_decisions(given["decisions"]))
    margin, lag = parse_seconds(given["margin"]), parse_seconds(given["picture_lag"])
    if margin > 5 or lag > 2:
        raise InputError("--margin is at most 5 s and --picture-lag at most 2 s.", hint="Give less.")
    shortest: Fraction | None = parse_seconds(given["min_silence"]) if given["min_silence"] else None
    return CutWishes(
        remove=remove,
        captions=given["captions"],
        caption_look=given["caption_look"],
        karaoke=given["karaoke"],
        exports=_listed(given["export"], _EXPORTS, "--export"),
        preview=given["preview"],
        keep=tuple(dict.fromkeys(keep)),
        transcriber=given["transcriber"],
        margin_seconds=margin,
        min_silence_seconds=shortest,
        picture_lag_seconds=lag,
        language=given["language"],
        script=given["script"],
        copy=given["copy"],
        credentials=given["credentials"],
        words=tuple(word.strip() for word in given["words"].split(",") if word.strip()),
    )


def _listed(text: str, known: tuple[str, ...], option: str) -> tuple[str, ...]:
    from rushlight.core.errors import InputError

    named = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    for name in named:
        if name not in known and name != "none":
            raise InputError(f"{option}: {name!r} is not known.", hint=f"Choose among {', '.join(known)}.")
    return tuple(name for name in named if name != "none")


def _recording_here(path: Path, what_for: str = "recording") -> None:
    from rushlight.core.errors import InputError

    if not path.is_file():
        what = f"is a folder, not a {what_for}" if path.is_dir() else "does not exist"
        raise InputError(f"This file {what}.", path=path, hint="Check the name and the folder you are in.")


def _summary(made: Any) -> dict[str, Any]:
    return {
        "film": str(made.film or ""),
        "review": str(made.review or ""),
        "files": {name: str(path) for name, path in made.files.items()},
        "recorded_seconds": float(made.recorded_seconds),
        "duration_seconds": float(made.seconds),
        "proposals": made.proposals,
        "kept": made.kept,
        "skipped": made.skipped,
        "weak": made.weak,
    }
