"""The few things a story turns on, chosen to belong together, as slots for phrases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from rushlight.artifacts.outline import Role
from rushlight.create.storytellers.grammar.expand import agree, expand, pick
from rushlight.create.storytellers.grammar.phrases import HABITS, VOICES
from rushlight.create.storytellers.grammar.premise import Premise
from rushlight.create.storytellers.grammar.worlds import GENRES, NAMES, WORLDS, Genre, World

__all__ = ["Kernel", "choose_kernel", "genre_named", "slots_of", "world_named"]

_WANTS = (
    "to keep this place open one more winter",
    "to be asked, just once, for an opinion",
    "to know how it really was",
    "to do one thing from beginning to end",
    "to be believed",
    "to leave something behind that holds",
    "to come home without having to explain",
    "to put an old mistake right",
)
_NEEDS = (
    "nobody can do everything alone",
    "being right is not the same as being kind",
    "the past need not be paid for twice",
    "what is kept from a friend is kept from oneself",
    "whoever never risks anything has already lost it",
    "forgiving is also a kind of work",
)
_HIDINGS = (
    "behind the back of the clock",
    "sewn into the lining of an old coat",
    "under the loose board by the door",
    "inside the wall, behind the third panel",
    "in the one drawer that nobody opens",
    "in a tin marked with somebody else's name",
)
_BACKGROUNDS = {
    "hero": (
        "Came for one [summer|winter] [twelve|twenty|seven] years ago and stayed. Knows every sound of the place.",
        "Grew up here, went away [to study|with great plans|for love], came back with [one suitcase|less than before].",
        "Took over from [a father who never praised|an aunt who never rested|a stranger] and has changed nothing since.",
    ),
    "friend": (
        "Has known {hero} since [school|the year of the flood|a night neither speaks of]. Was there when it happened.",
        "Talks [all day|little], listens [well|better than anyone], and has kept one thing back for years.",
    ),
    "rival": (
        "Has [money|charm|patience] and [a good name|the right friends], and both rest on a single lie.",
        "Once wanted the same as {hero}, and got it by [looking away|signing|keeping quiet].",
    ),
}
_RIVAL_WANTS = (
    "that nobody ever asks again",
    "to be left in peace with what was taken",
    "to win, and to be thanked for it",
)
_FRIEND_WANTS = ("to be forgiven without having to confess", "to keep {hero} from harm", "one quiet night")
_SEASONS = ("autumn", "winter", "spring", "late summer")
PARTS = {"hero": "protagonist", "friend": "confidant", "rival": "antagonist"}


@dataclass(frozen=True)
class Kernel:
    """What a story turns on. `facts` are slots; `parts` the three people."""

    world: World
    genre: Genre
    ending: str
    facts: Mapping[str, str]
    roles: Mapping[str, Role]


def world_named(name: str) -> World:
    """A world by name, the first where there is none such."""
    return next((world for world in WORLDS if world.name == name), WORLDS[0])


def genre_named(name: str) -> Genre:
    """A genre by name, the first where there is none such."""
    return next((genre for genre in GENRES if genre.name == name), GENRES[0])


def choose_kernel(premise: Premise, random: Random, *, fiction: bool = True, travel: float = 0.0) -> Kernel:
    """Choose what a story turns on; what the premise names is taken from there.

    Args:
        premise: what is given.
        random: decides the rest.
        fiction: false for forms that report or explain, which have a topic.
        travel: chance that the story is set in another world than the premise's words call for.
    """
    world = premise.world or pick(WORLDS, random)
    if random.random() < travel:
        world = pick(WORLDS, random)
    genre = pick(GENRES, random)
    ending = pick(genre.endings, random)
    names = random.sample([name for name in NAMES if name != premise.name], 3)
    hero = premise.name or names[0]
    job = premise.hero or pick(world.jobs, random)
    others = random.sample([other for other in world.jobs if other != job], 2)
    facts = {
        "world": world.name,
        "object": premise.object or pick(world.objects, random),
        "secret": pick(world.secrets, random),
        "stake": pick(world.stakes, random),
        "plan": pick(world.plans, random),
        "hiding": pick(_HIDINGS, random),
        "season": pick(_SEASONS, random),
        "ending": ending,
        "topic": _topic(premise, fiction),
        "place": premise.place,
    }
    if facts["object"].startswith(("a ", "an ")):
        # Told of once, it is known: from here on it is *the* letter.
        facts["object_first"] = facts["object"]
        facts["object"] = "the " + facts["object"].split(" ", 1)[1]
    said = {"hero": hero, "friend": names[1], "rival": names[2]}
    voices = dict(zip(said, [genre.tone, *random.sample([v for v in VOICES if v != genre.tone], 2)], strict=True))
    own = {"hero": pick(_WANTS, random), "friend": pick(_FRIEND_WANTS, random), "rival": pick(_RIVAL_WANTS, random)}
    roles = {
        part: Role(
            name=name,
            part=PARTS[part],
            background=expand(f"{agree('A ' + described)}. {pick(_BACKGROUNDS[part], random)}", said, random),
            want=expand(own[part], said, random),
            need=pick(_NEEDS, random) if part == "hero" else "",
            voice=HABITS[voices[part]],
        )
        for (part, name), described in zip(said.items(), (job, *others), strict=True)
    }
    facts["job"] = job
    return Kernel(world, genre, ending, facts, roles)


def _topic(premise: Premise, fiction: bool) -> str:
    return "" if fiction else premise.text.rstrip(".?!")[:1].lower() + premise.text.rstrip(".?!")[1:]


_ENDINGS = {
    "won": "{hero} has won: what was to be lost stays, and {rival} goes.",
    "shared": "{hero} and {friend} keep what matters, and from now on they share it.",
    "let_go": "{hero} lets {object} go, and is lighter for it.",
    "lost": "The fight is lost, and {hero} is not sorry to have fought it.",
}
_CLOSING = {
    "won": "It stays. All of it.",
    "shared": "We carry on. The two of us.",
    "let_go": "I let it go. It was never mine.",
    "lost": "We lost. I'd do it again.",
}


def slots_of(facts: Mapping[str, str], roles: Mapping[str, Role], random: Random) -> dict[str, str]:
    """Every slot that phrases and summaries may hold."""
    hero = roles["hero"]
    world = world_named(facts.get("world", ""))
    slots = {
        **{key: facts.get(key, "") for key in ("object", "secret", "stake", "plan", "hiding", "topic")},
        "season": facts.get("season") or "autumn",
        **{part: role.name for part, role in roles.items()},
        "want": hero.want.removesuffix("."),
        "want_clause": hero.want.removesuffix("."),
        "need": hero.need.removesuffix("."),
        "need_clause": hero.need.removesuffix("."),
        "a_job": agree("a " + (facts.get("job") or world.jobs[0])),
        "business": pick(world.business, random),
    }
    ending = facts.get("ending", "shared")
    slots["ending"] = expand(_ENDINGS.get(ending, _ENDINGS["shared"]), slots, random)
    slots["closing_line"] = _CLOSING.get(ending, _CLOSING["shared"])
    for name in ("object", "secret", "stake", "hiding", "topic", "want_clause", "need_clause"):
        slots[f"{name}_cap"] = slots[name][:1].upper() + slots[name][1:]
    return slots
