"""Whether merging loses what a person wrote: 1,000 random interleavings of edits by a person and by a model.

Run `python benchmarks/merge_script/run.py`; it prints and writes `RESULTS.md` beside itself.

Conventions. A run is four rounds. In each, a person edits the merged file (words replaced and added, paragraphs added
and deleted; every word put in is unique) while a model makes a new version of its own last one; both are merged,
written as Fountain and read again. *Lost* is a word that a person put in, never took out, and that the merged script
does not say; a *deletion undone* is a unique word of the first script that a person took out and that the merged script
says again. The model's words are those it put in. Peers get the same texts in the same rounds: `git merge-file` (plain,
whose conflict marks a person would have to solve, and with `--ours`, `--theirs` and `--union` deciding), and taking the
model's new file, which is what programs do that write over.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from rushlight.artifacts import Element, Screenplay
from rushlight.timeline.screenplay.annotations import split_annotations
from rushlight.timeline.screenplay.fountain import parse_fountain, write_fountain
from rushlight.timeline.screenplay.merge import merge_screenplays

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = Path(os.environ.get("RUSHLIGHT_FIXTURES", ROOT.parent / "shared" / "fixtures"))
RUNS, ROUNDS = int(os.environ.get("RUNS", "1000")), 4
sys.path.insert(0, str(ROOT / "benchmarks"))
PLAIN = "INT. KITCHEN - NIGHT\n\nMara lights the old lamp.\n\nMARA\nIt was his, I think.\n\nJON\n(softly)\nIs it on?\n"


def start(seed: int) -> Screenplay:
    """A stretch of a script in which every word of action and dialogue is unique."""
    files = sorted((FIXTURES / "text" / "screenplay").glob("*.fountain"))
    text = files[seed % len(files)].read_text(encoding="utf-8") if files else PLAIN * 4
    elements = [element for element in parse_fountain(text).elements if element.kind not in ("note", "boneyard")][:60]
    marked = []
    for at, element in enumerate(elements):
        if element.kind in ("action", "dialogue"):
            words = [f"{word}b{at}n{n}" for n, word in enumerate(re.findall(r"\w+", element.text)[:30])]
            element = element.model_copy(update={"text": " ".join(words) or "x", "layout": ""})
        marked.append(element.model_copy(update={"layout": ""}))
    return parse_fountain(write_fountain(Screenplay(elements=tuple(marked), title_page=())))


def edited(dice: random.Random, screenplay: Screenplay, mark: str) -> Screenplay:
    """Some edits; what is put in starts with the mark."""
    elements = list(screenplay.elements)
    for _ in range(dice.randint(1, 6)):
        at = dice.randrange(len(elements))
        element = elements[at]
        said, _ = split_annotations(element.text)
        rest = element.text[len(said) :]
        parts = said.split(" ")
        word = f"{mark}{dice.randrange(10**9)}"
        kind = dice.choice("rrraaid")
        if kind == "i":
            elements.insert(at, Element(kind="action", text=f"{word} comes in."))
        elif kind == "d" and len(elements) > 8:
            del elements[at]
        elif element.kind in ("action", "dialogue", "scene_heading"):
            place = dice.randrange(len(parts))
            parts[place : place + (kind == "r")] = [word]
            elements[at] = element.model_copy(update={"text": " ".join(parts) + rest})
    return parse_fountain(write_fountain(screenplay.model_copy(update={"elements": tuple(elements)})))


def words_of(screenplay: Screenplay, mark: str) -> set[str]:
    """The words that start with a mark and stand in the script, alternatives aside."""
    text = "\n".join(split_annotations(element.text)[0] for element in screenplay.elements)
    return set(re.findall(rf"{mark}\d+|\w+b\d+n\d+" if mark == "human" else rf"{mark}\d+", text))


def git_merge(base: str, mine: str, theirs: str, *options: str) -> tuple[str, int]:
    """What `git merge-file` makes of three texts, and how many conflicts it leaves."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("mine", "base", "theirs")]
        for path, text in zip(paths, (mine, base, theirs), strict=True):
            path.write_text(text, encoding="utf-8")
        command = ["git", "merge-file", "-p", "-q", *options, *map(str, paths)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout, max(done.returncode, 0)


def count(tally: Counter[str], way: str, text: str, kept: set[str], gone: set[str], model: set[str]) -> None:
    """Add one merged text to a way's figures."""
    said = set(re.findall(r"\w+", text))
    tally[f"{way} lost"] += len(kept - said)
    tally[f"{way} back"] += len(gone & said)
    tally[f"{way} model"] += len(model & said)


def main() -> None:
    """Run and report."""
    from results import write_results

    tally: Counter[str] = Counter()
    started, spent = time.perf_counter(), 0.0
    for seed in range(RUNS):
        dice = random.Random(seed)
        machine = current = start(seed)
        gone: set[str] = set()
        for _ in range(ROUNDS):
            mine, theirs = edited(dice, current, "human"), edited(dice, machine, "model")
            kept = {word for word in words_of(mine, "human") if word.startswith("human")}
            before, after = words_of(current, "human"), words_of(mine, "human")
            gone = (gone | {word for word in before - after if not word.startswith("human")}) - after
            model = words_of(theirs, "model") - words_of(machine, "model")
            clock = time.perf_counter()
            merged = merge_screenplays(machine, mine, theirs)
            spent += time.perf_counter() - clock
            full = write_fountain(merged.screenplay)
            spoken = "\n".join(split_annotations(element.text)[0] for element in merged.screenplay.elements)
            count(tally, "ours", spoken, kept, gone, model)
            tally["kept"] += len(kept)
            tally["gone"] += len(gone)
            tally["model"] += len(model)
            tally["alternatives"] += len({w for w in model if w in full} - set(re.findall(r"\w+", spoken)))
            texts = (write_fountain(machine), write_fountain(mine), write_fountain(theirs))
            plain, conflicts = git_merge(*texts)
            tally["conflicts"] += conflicts
            count(tally, "plain", plain, kept, gone, model)
            for way in ("ours", "theirs", "union"):
                text, _ = git_merge(*texts, f"--{way}")
                count(tally, f"git {way}", text, kept, gone, model)
            count(tally, "over", texts[2], kept, gone, model)
            current, machine = parse_fountain(full), theirs
    share = lambda way: f"{tally[f'{way} model'] / max(tally['model'], 1):.1%}"  # noqa: E731
    rows = [
        ["way", "a person's words lost", "a person's deletions undone", "model's words in the script", "left to solve"]
    ]
    for name, way, left in (
        ("Rushlight", "ours", "0"),
        ("git merge-file", "plain", f"{tally['conflicts']} conflicts in the file"),
        ("git merge-file --ours", "git ours", "0"),
        ("git merge-file --theirs", "git theirs", "0"),
        ("git merge-file --union", "git union", "0"),
        ("the model's file as it is", "over", "0"),
    ):
        rows.append([name, str(tally[f"{way} lost"]), str(tally[f"{way} back"]), share(way), left])
    notes = [
        f"{RUNS} runs of {ROUNDS} rounds: {tally['kept']} words of a person to keep, {tally['gone']} to keep out, "
        f"{tally['model']} words put in by the model.",
        f"Of the model's words, {tally['alternatives']} more stand in the file as alternatives; the rest were in "
        "paragraphs that the person had deleted, and are listed to them.",
        f"A merge took {spent / RUNS / ROUNDS * 1000:.1f} ms on average, all of it "
        f"{time.perf_counter() - started:.0f} s.",
    ]
    write_results(__file__, (__doc__ or "").split("Conventions. ")[1], rows, notes)
    if tally["ours lost"] or tally["ours back"]:
        sys.exit("A person's edit was lost.")


if __name__ == "__main__":
    main()
