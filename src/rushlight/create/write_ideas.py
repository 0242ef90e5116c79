"""The capability `write_ideas`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from rushlight.artifacts.outline import Idea, Ideas
from rushlight.core.capability import capability
from rushlight.core.errors import InputError
from rushlight.core.run import current_run
from rushlight.create.story_distance import MEASURE, farthest, story_distances, story_words
from rushlight.create.storytellers import find_storyteller

__all__ = ["write_ideas"]

_LONGEST_PREMISE = 4000


def _revision(parameters: object) -> str:
    return find_storyteller(getattr(parameters, "writer", "grammar")).revision


@capability(version=1, metrics=("smallest_distance", "mean_distance"), revision=_revision)
def write_ideas(
    earlier: Ideas | None = None,
    /,
    *,
    premise: Annotated[str, Field(description="What the story is about, in a sentence or two.")] = "",
    count: Annotated[int, Field(ge=1, le=24, description="How many variations to show.")] = 5,
    keep: Annotated[tuple[str, ...], Field(description="Ids of earlier ideas to keep, such as i2.")] = (),
    mix: Annotated[
        tuple[str, ...], Field(description="Earlier ideas to mix: i1+i3 puts the people of i1 into what happens in i3.")
    ] = (),
    writer: Annotated[
        str, Field(description="Who invents: grammar, house/NAME, http://HOST/v1#MODEL, transformers:FOLDER.")
    ] = "grammar",
    language: Annotated[str, Field(description="Language to write in.")] = "en",
    seed: Annotated[int, Field(ge=0, description="Another seed, other ideas.")] = 0,
) -> Ideas:
    """Think up variations of a premise that really differ, side by side.

    More are thought up than are shown; those that lie farthest apart are kept, and how far stands in the result. With
    an earlier result, the ideas named in `keep` stay, those in `mix` are joined, and new ones fill the rest.

    Returns:
        The ideas, with the distance between every two: 0 the same, 1 nothing in common.

    Raises:
        InputError: no premise, or an id that the earlier ideas do not have.
        ModelError: there is no such writer.
    """
    premise = " ".join(premise.split()) or (earlier.premise if earlier else "")
    if not re.search(r"\w", premise):
        raise InputError("There is no premise.", hint='Give one: --premise "A keeper who fears the dark".')
    if len(premise) > _LONGEST_PREMISE:
        raise InputError(f"The premise is longer than {_LONGEST_PREMISE:,} letters.", hint="Say it in a few sentences.")
    known = {idea.id: idea for idea in earlier.ideas} if earlier else {}
    kept = [_known(known, name) for name in dict.fromkeys((*(earlier.kept if earlier else ()), *keep))]
    number = max((int(name[1:]) for name in known if re.fullmatch(r"i\d+", name)), default=0)
    mixed = []
    for pair in mix:
        number += 1
        mixed.append(_mixed(known, pair, f"i{number}"))
    own = [*kept, *mixed]
    if len(own) > count:
        raise InputError(f"{len(own)} ideas are kept and mixed, but only {count} are shown.", hint="Raise --count.")
    teller = find_storyteller(writer)
    current_run().use_model(teller.name, teller.revision)
    if teller.note:
        current_run().note_weak(teller.note)
    fresh: Sequence[Idea] = ()
    if len(own) < count:
        fresh = teller.ideas(premise, count, language=language, seed=seed)
    pool = [*own, *fresh]
    words = [story_words(idea) for idea in pool]
    chosen = farthest(story_distances(words), count, range(len(own)))
    new = (pool[place] for place in chosen[len(own) :])
    ideas = [*own, *(idea.model_copy(update={"id": f"i{place}"}) for place, idea in enumerate(new, number + 1))]
    distances = story_distances([words[place] for place in chosen])
    pairs = [distances[a][b] for a in range(len(ideas)) for b in range(a)]
    current_run().figure("smallest_distance", min(pairs, default=1.0))
    current_run().figure("mean_distance", sum(pairs) / len(pairs) if pairs else 1.0)
    notes = [teller.note] if teller.note else []
    if len(ideas) < count:
        notes.append(f"Only {len(ideas)} of {count} ideas came.")
    return Ideas(
        premise=premise,
        ideas=tuple(ideas),
        distances=tuple(tuple(round(value, 4) for value in row) for row in distances),
        measure=MEASURE,
        writer=teller.name,
        notes=tuple(notes),
        kept=tuple(idea.id for idea in kept),
    )


def _known(known: dict[str, Idea], name: str) -> Idea:
    if name not in known:
        raise InputError(
            f"There is no earlier idea {name!r}.",
            hint=f"There are {', '.join(known)}." if known else "Give the earlier ideas, as --json printed them.",
        )
    return known[name]


def _mixed(known: dict[str, Idea], pair: str, name: str) -> Idea:
    """The people of one idea in what happens in another."""
    parts = [part.strip() for part in pair.split("+")]
    if len(parts) != 2:
        raise InputError(f"{pair!r} is not a mix.", hint="Write it as i1+i3.")
    people, events = _known(known, parts[0]), _known(known, parts[1])
    names = {
        old.name: new.name
        for old, new in zip(events.characters, people.characters, strict=False)
        if old.name and new.name
    }
    pattern = re.compile("|".join(rf"\b{re.escape(old)}\b" for old in names)) if names else None

    def renamed(text: str) -> str:
        return pattern.sub(lambda match: names[match[0]], text) if pattern else text

    return Idea(
        id=name,
        title=f"{people.title} / {renamed(events.title)}",
        logline=renamed(events.logline),
        characters=people.characters or events.characters,
        turns=tuple(renamed(turn) for turn in events.turns),
        genre=people.genre if people.genre == events.genre else " ".join(filter(None, (people.genre, events.genre))),
        tone=people.tone,
        author="person" if "person" in (people.author, events.author) else "writer",
    )
