"""`rushlight models`: which models there are, and fetching one with its licence shown first."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rushlight.models.cards import Card

__all__ = ["models"]


@click.group("models", short_help="Models: list them, fetch one, train your own.")
def models() -> None:
    """Models: which there are, fetching one with its licence shown first, and training your own."""


@models.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the cards as one JSON object.")
def list_models(as_json: bool) -> None:
    """List every model that is known, and which are here."""
    from rushlight.models.cards import models_folder

    cards = _cards()
    if as_json:
        found = [
            {**card.model_dump(mode="json"), "bytes": card.bytes, "fetchable": card.fetchable, "present": _here(card)}
            for card in cards
        ]
        click.echo(json.dumps({"folder": str(models_folder()), "models": found}, ensure_ascii=False))
        return
    for card in cards:
        state = "here" if _here(card) else ("to fetch" if card.fetchable else "by hand")
        click.echo(f"{card.name:<30} {card.task:<12} {_size(card.bytes):>8}  {state:<9} {card.licence}")
        click.echo(f"{'':<30} {card.summary}")
    click.echo(f"\nKept in {models_folder()}")


@models.command("fetch")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Agree to the licence and the download without being asked.")
@click.option("--from", "source", default="", metavar="URL_OR_FOLDER", help="Take the files from there instead.")
def fetch(name: str, yes: bool, source: str) -> None:
    """Fetch model NAME: shows licence, size and origin, asks, downloads and checks."""
    from rushlight.core.errors import ApprovalError
    from rushlight.models.cards import find_card
    from rushlight.models.fetch import fetch_model

    card = find_card(name, _cards())
    _show(card, source)
    if card.files and not yes:
        question = "Do you accept this licence and want these files?"
        try:
            agreed = click.confirm(question, default=False, err=True)
        except click.Abort:
            agreed = False
        if not agreed:
            raise ApprovalError(
                f"{card.name} was not fetched: nobody agreed to its licence.", hint="--yes agrees without being asked."
            )
    meter = _Meter()
    folder = fetch_model(card, source=source, on_progress=meter)
    meter.end()
    _report_hashes(card, folder)
    click.echo(f"{card.name} is in {folder}" + (f"; use it as {card.used_as}" if card.used_as else ""))


@models.group("train", short_help="Train a model on your own material.")
def train() -> None:
    """Train a model of your own, on this machine, on your own material."""


@train.command("writer")
@click.option(
    "--corpus", required=True, type=click.Path(path_type=Path), help="Folder of screenplays (.fountain, .fdx)."
)
@click.option("--name", default="mine", help="What to call it; it is then used as house/NAME. (default: mine)")
@click.option("--seed", type=click.IntRange(0), default=0, help="Another seed, another writer.")
@click.option(
    "--steps", type=click.IntRange(0, 1_000_000), default=0, help="Training steps; 0 for what suits the corpus."
)
@click.option("--device", default="auto", help="auto, cpu or cuda. (default: auto: a GPU when there is one)")
@click.option("--replace", is_flag=True, help="Replace a writer of that name.")
@click.option("--dry-run", is_flag=True, help="Read the corpus and say what is in it.")
@click.option("--json", "as_json", is_flag=True, help="Print the card as one JSON object.")
def train_writer(
    corpus: Path, name: str, seed: int, steps: int, device: str, replace: bool, dry_run: bool, as_json: bool
) -> None:
    """Train a house writer on screenplays: it learns how people talk in them, on two cores in minutes.

    A tenth of the scenes is kept back to judge it by. What it writes is always a screenplay, and never a run of
    twelve words of the corpus.
    """
    from rushlight.cli.watching import watching
    from rushlight.flows.train_writer import read_corpus, train_house_writer

    if dry_run:
        found = read_corpus(corpus)
        scenes = sum(len(screenplay.scenes()) for screenplay in found.screenplays)
        summary = {"screenplays": len(found.files), "scenes": scenes, "skipped": found.skipped}
        click.echo(
            json.dumps(summary, ensure_ascii=False)
            if as_json
            else "\n".join([f"Would train on {len(found.files)} screenplays with {scenes} scenes.", *found.skipped])
        )
        return
    with watching(quiet=as_json) as watcher:
        watcher.on_step("train_writer", False)
        card, found = train_house_writer(
            corpus, name, seed=seed, steps=steps, device=device, replace=replace, on_progress=watcher.on_progress
        )
        for sentence in found.skipped:
            watcher.on_weak(sentence)
    if as_json:
        click.echo(card.model_dump_json())
        return
    figures = card.figures
    click.echo(
        f"house/{name} learnt from {len(card.corpus)} screenplays, {figures['scenes']:.0f} scenes, "
        f"{figures['words']:,.0f} words.\nPerplexity on held-out scenes {figures['perplexity']:.1f} a token "
        f"(5-gram model: {figures['ngram_perplexity']:.1f}).\nUse it: rushlight create write-screenplay OUTLINE "
        f"--writer house/{name}"
    )


def _cards() -> tuple[Card, ...]:
    from rushlight.core.project import find_project
    from rushlight.models.cards import known_cards

    project = find_project()
    return known_cards(project.root if project else None)


def _here(card: Card) -> bool:
    from importlib.util import find_spec

    from rushlight.models.cards import is_present

    return find_spec("espeakng_loader") is not None if card.name == "espeak" else is_present(card)


def _show(card: Card, source: str) -> None:
    rows = {
        "Model": f"{card.name}: {card.summary}",
        "Licence": card.licence + (" (use is limited; read it before you agree)" if card.needs_consent else ""),
        "Size": _size(card.bytes),
        "From": source or ", ".join(sorted({file.url for file in card.files if file.url})) or card.page,
        "Trained on": card.trained_on,
        "Measured": card.measured,
        "Note": card.notes,
        "Needs": f"pip install '{card.package}'" if card.package else "",
    }
    for label, text in rows.items():
        if text:
            click.echo(f"{label:<11} {text}", err=True)


def _report_hashes(card: Card, folder: Path) -> None:
    from rushlight.core.artifact import file_sha256

    for file in card.files:
        if not file.pinned:
            click.echo(
                f"{file.name} has SHA-256 {file_sha256(folder / file.name)}; no hash is pinned for it, "
                f"so compare it with what its makers publish.",
                err=True,
            )


def _size(count: int) -> str:
    if count < 1_000_000:
        return f"{count / 1000:.0f} kB" if count else "-"
    return f"{count / 1e6:.0f} MB" if count < 1e9 else f"{count / 1e9:.1f} GB"


class _Meter:
    """Progress with time left, on one line of the error stream; plain lines at each tenth where that is no terminal."""

    def __init__(self) -> None:
        self._began: dict[str, tuple[float, int]] = {}
        self._said = ("", -1)
        self._terminal = sys.stderr.isatty()
        self._open = False

    def __call__(self, name: str, done: int, total: int) -> None:
        now = time.monotonic()
        began, first = self._began.setdefault(name, (now, done))
        tenth = (name, done * (200 if self._terminal else 10) // max(total, 1))
        if tenth == self._said:
            return
        self._said = tenth
        speed = (done - first) / (now - began) if now > began else 0.0
        left = f", {(total - done) / speed:.0f} s left" if speed > 0 and done < total else ""
        text = f"{name}: {_size(done)} of {_size(total)}{left}"
        click.echo(f"\r{text:<79}" if self._terminal else text, nl=not self._terminal, err=True)
        self._open = self._terminal

    def end(self) -> None:
        """Leave the line."""
        if self._open:
            click.echo(err=True)
