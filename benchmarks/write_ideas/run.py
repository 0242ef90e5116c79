"""Do variations of a premise differ? Five ideas of `write_ideas` against five runs of the plain grammar.

Twenty premises. For each: `write_ideas` (many thought up, the farthest apart kept) and, as the peer in the same run,
the plain grammar run with as many different seeds: what anyone gets who asks again and again. Also ten plain runs, the
number a person may have the patience for. Distance between two ideas is judged in two ways: the measure that the
choice is made by (1 - cosine of weighted word counts), and one that it does not know: normalised compression distance
(Cilibrasi, Vitanyi 2005; zlib level 9) over logline and turns with names taken out. Mean and smallest distance over all
pairs, averaged over the premises. The last column counts premises for which the ideas' smallest distance exceeds that
of the peer.
"""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from results import write_results
from rushlight.artifacts.outline import Idea
from rushlight.create.story_distance import story_distances, story_words
from rushlight.create.storytellers.grammar import GrammarStoryteller
from rushlight.create.write_ideas import write_ideas

PREMISES = (
    "A retired detective finds a letter in the walls of her house",
    "A lighthouse keeper who fears the dark",
    "Two sisters inherit a restaurant that has never had a guest",
    "A robot's minder on a dying station falls in love with a voice",
    "A school where nobody may ask questions",
    "The last projectionist of a small town must choose one film to save",
    "A bell ringer hears a bell that was melted down years ago",
    "A taxi driver picks up the man she testified against",
    "A child sells the weather",
    "An orchestra has to play without its conductor",
    "A border runs through a kitchen",
    "A ghost writer is asked to write her own obituary",
    "A village votes on whether to remember",
    "A climber returns from a mountain she never went up",
    "A baker bakes bread that makes people tell the truth",
    "A translator refuses to translate one word",
    "The night watchman of a museum of sounds",
    "A ferry captain must carry a stranger across a frozen lake",
    "An old actor forgets everything but one part",
    "A surveyor finds a house that is on no map",
)
COUNT = 5


def text_of(idea: Idea) -> bytes:
    """What happens, without names."""
    text = " ".join([idea.logline, *idea.turns])
    for role in idea.characters:
        text = re.sub(rf"\b{role.name}\b", "", text)
    return text.encode()


def compression_distances(ideas: Sequence[Idea]) -> list[list[float]]:
    """Normalised compression distance between every two."""
    texts = [text_of(idea) for idea in ideas]
    sizes = [len(zlib.compress(text, 9)) for text in texts]
    return [
        [
            (len(zlib.compress(a + b" " + b, 9)) - min(sizes[i], sizes[j])) / max(sizes[i], sizes[j])
            for j, b in enumerate(texts)
        ]
        for i, a in enumerate(texts)
    ]


def pairs(distances: Sequence[Sequence[float]]) -> list[float]:
    """Every pair once."""
    return [distances[a][b] for a in range(len(distances)) for b in range(a)]


def main() -> int:
    """Run it and write RESULTS.md."""
    grammar = GrammarStoryteller()
    kinds: dict[str, list[Sequence[Idea]]] = {
        "`write_ideas`, 5 ideas": [],
        "plain grammar, 5 runs": [],
        "plain grammar, 10 runs": [],
    }
    for number, premise in enumerate(PREMISES):
        shown = write_ideas(premise=premise, count=COUNT, seed=number)
        kinds["`write_ideas`, 5 ideas"].append(shown.ideas)
        plain = [grammar.plain_idea(premise, seed=1000 * number + run) for run in range(10)]
        kinds["plain grammar, 5 runs"].append(plain[:COUNT])
        kinds["plain grammar, 10 runs"].append(plain)
    rows = [
        [
            "what",
            "words: mean",
            "words: smallest",
            "compression: mean",
            "compression: smallest",
            "smallest beaten by ideas (words, compression)",
        ]
    ]
    smallest = {}
    for kind, sets in kinds.items():
        words = [pairs(story_distances([story_words(idea) for idea in ideas])) for ideas in sets]
        packed = [pairs(compression_distances(ideas)) for ideas in sets]
        smallest[kind] = [[min(found) for found in measure] for measure in (words, packed)]
        ours = smallest["`write_ideas`, 5 ideas"]
        beaten = [
            sum(a > b for a, b in zip(own, other, strict=True)) for own, other in zip(ours, smallest[kind], strict=True)
        ]
        mean = [sum(sum(found) / len(found) for found in measure) / len(measure) for measure in (words, packed)]
        least = [sum(map(min, measure)) / len(measure) for measure in (words, packed)]
        rows.append(
            [kind, f"{mean[0]:.3f}", f"{least[0]:.3f}", f"{mean[1]:.3f}", f"{least[1]:.3f}",
             "" if "write_ideas" in kind else f"{beaten[0]} and {beaten[1]} of {len(PREMISES)}"]
        )  # fmt: skip
    write_results(__file__, __doc__ or "", rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
