"""The storyteller `grammar`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from random import Random
from typing import TypeVar

from rushlight.artifacts.outline import Idea, Outline, PlotBeat, Role, ScenePlan
from rushlight.artifacts.screenplay import Element, Screenplay
from rushlight.core.errors import InputError
from rushlight.create.story_distance import farthest, story_distances, story_words
from rushlight.create.storytellers.grammar.dialogue import Speaker, in_tone, say, speakers_of
from rushlight.create.storytellers.grammar.exchanges import EXCHANGES, context_of
from rushlight.create.storytellers.grammar.expand import expand, pick, sentence
from rushlight.create.storytellers.grammar.kernel import (
    PARTS,
    Kernel,
    choose_kernel,
    genre_named,
    slots_of,
    world_named,
)
from rushlight.create.storytellers.grammar.premise import read_premise
from rushlight.create.storytellers.grammar.structures import STRUCTURES, Step, find_structure
from rushlight.create.storytellers.grammar.turns import (
    TURNS,
    Knowledge,
    Move,
    Turn,
    starting_knowledge,
)

__all__ = ["GrammarStoryteller", "load"]

NOTE = "Written by a story grammar: formulaic, every turn is from a pattern. A draft to argue with."
# How many variations are thought up for each one that is kept.
_CANDIDATES = 12
# Lines of small talk in one scene.
_MOST_SMALL_TALK = 9
_LOGLINES = (
    "When it turns out that {stake}, {a_job} must find {object} before {rival} can {plan}.",
    "{a_job_cap} has one chance to stop what is coming: {object}. {friend} knows the truth, and {rival} would bury it.",
    "{stake_cap}. To prevent it, {a_job} goes looking for {object} and finds out that {secret}.",
    "Everyone believes the old story, until {object} turns up and {a_job} learns that {secret}.",
    "{a_job_cap} wants only one thing, {want}; {rival} wants to {plan}; and only one of them has {object}.",
    "A story about {object}, about {a_job} who goes after it, and about what {hero} learns too late: {need}.",
    "For {a_job}, {object} is only {an_old} keepsake. Then {rival} offers far too much for it.",
    "{friend} has kept quiet for years. Now {stake}, and {a_job} begins to ask.",
    "{a_job_cap} and {rival} are after the same thing. Neither knows that {secret}.",
    "One night, {a_job} and {object}: by morning somebody will know that {secret}.",
    "{rival} is about to {plan}. Only {a_job} could stop it, and {a_job} is tired of being the one.",
)
_TWISTS = (
    "It comes out that {hero} wrote it all down, long ago, and forgot.",
    "{friend} has been working for {rival} all along, and stops.",
    "The deadline was invented, so that somebody would move at last.",
    "{rival} turns out to be right, which helps nobody.",
    "There are two of {object}, and both are false.",
    "{hero} and {rival} once loved the same person, who now comes back.",
    "A child has known the truth from the start and was never asked.",
    "{hero} destroys {object} with both hands, in front of everyone.",
    "The one who is to be protected does not want protection.",
    "{friend} vanishes, and leaves a map of every lie.",
    "It was never about {object}, but about who may tell the story.",
    "{rival} asks {hero} for help, and means it.",
    "The place itself gives way: a wall falls, and there is a room behind it.",
    "Everyone votes, and {hero} is one voice short.",
)
_TITLES = (
    "{object_title}",
    "What {friend} knew",
    "Until {deadline}",
    "{place_title}",
    "The {job_title}",
    "{hero} and the {object_bare}",
    "Nobody asked {friend}",
)


def load(setting: str) -> GrammarStoryteller:  # noqa: ARG001 - the setting says no more
    """The storyteller that `grammar` names."""
    return GrammarStoryteller()


def _random(seed: int, *parts: str) -> Random:
    """The same for the same seed and parts, on every machine."""
    return Random(int.from_bytes(sha256("\n".join([str(seed), *parts]).encode()).digest()[:8]))  # noqa: S311


class GrammarStoryteller:
    """Invents by pattern; see the package. The same request with the same seed gives the same answer."""

    name = "grammar"
    revision = "1"
    note = NOTE

    # -- ideas ---------------------------------------------------------------------------------

    def ideas(self, premise: str, count: int, *, language: str, seed: int) -> tuple[Idea, ...]:
        """Variations of a premise: many are thought up, and those that lie farthest apart are kept."""
        _english(language)
        pool = [self._idea(premise, _random(seed, premise, str(number))) for number in range(count * _CANDIDATES)]
        chosen = farthest(story_distances([story_words(idea) for idea in pool]), count)
        return tuple(pool[number].model_copy(update={"id": f"i{place}"}) for place, number in enumerate(chosen, 1))

    def plain_idea(self, premise: str, *, seed: int) -> Idea:
        """One variation as it comes, chosen from nothing."""
        return self._idea(premise, _random(seed, premise, "plain"))

    def _idea(self, premise: str, random: Random) -> Idea:
        structure = pick([s for s in STRUCTURES.values() if s.fiction], random)
        kernel = choose_kernel(read_premise(premise), random, travel=0.6)
        slots = _all_slots(kernel.facts, kernel.roles, random)
        turns = [step.turn for step in structure.fitted(6) if step.turn not in ("open", "deepen", "alone")]
        events = [sentence(expand(TURNS[turn].summary, slots, random)) for turn in turns]
        return Idea(
            id="i1",
            title=_title(slots, random),
            logline=sentence(expand(pick(_LOGLINES, random), slots, random)),
            characters=tuple(kernel.roles.values()),
            turns=(*events[:-1], sentence(expand(pick(_TWISTS, random), slots, random)), events[-1]),
            genre=kernel.genre.name,
            tone=kernel.genre.tone,
        )

    # -- outlines ------------------------------------------------------------------------------

    def outline(
        self, premise: str, *, structure: str, scenes: int, language: str, seed: int, keep: Outline | None
    ) -> Outline:
        """A story in levels; see `Storyteller.outline`."""
        _english(language)
        shape = find_structure(structure)
        random = _random(seed, premise, structure)
        kernel = choose_kernel(read_premise(premise), random, fiction=shape.fiction)
        if keep is not None:
            kernel = _kept_kernel(kernel, keep)
        slots = _all_slots(kernel.facts, kernel.roles, random)
        steps = shape.fitted(scenes)
        logline = sentence(expand(pick(_LOGLINES, random), slots, random)) if shape.fiction else sentence(premise)
        names = [kernel.roles[part] for part in PARTS if any(part in TURNS[step.turn].parts for step in steps)]
        beats = tuple(
            PlotBeat(id=f"b{number:02}", name=step.beat, summary=_summary(TURNS[step.turn], slots, random))
            for number, step in enumerate(steps, 1)
        )
        fresh = Outline(
            title=_title(slots, random) if shape.fiction else premise.strip().rstrip("."),
            premise=premise,
            logline=logline,
            genre=kernel.genre.name if shape.fiction else shape.name.replace("_", " "),
            tone=kernel.genre.tone,
            structure=shape.name,
            characters=tuple(names),
            beats=beats,
            scenes=self._plans(kernel, steps, beats, slots, random),
            world=dict(kernel.facts),
            writer=self.name,
            notes=(NOTE, *_short_of(scenes, len(steps))),
        )
        return fresh if keep is None else _merged(fresh, keep)

    def _plans(
        self,
        kernel: Kernel,
        steps: Iterable[Step],
        beats: tuple[PlotBeat, ...],
        slots: Mapping[str, str],
        random: Random,
    ) -> tuple[ScenePlan, ...]:
        plans = []
        for number, (step, beat) in enumerate(zip(steps, beats, strict=True), 1):
            turn = TURNS[step.turn]
            place = kernel.world.places[0 if turn.place < 0 else turn.place]
            name = place.name
            if kernel.facts.get("place") and turn.place in (0, -1):
                name = kernel.facts["place"].upper()
            hour = pick(kernel.genre.hours, random)
            plans.append(
                ScenePlan(
                    id=f"s{number:02}",
                    beat_id=beat.id,
                    heading=f"{place.setting}. {name} - {hour}",
                    summary=beat.summary,
                    characters=tuple(slots[part] for part in turn.parts),
                    turn=step.turn,
                )
            )
        return tuple(plans)

    # -- scenes --------------------------------------------------------------------------------

    def scene(
        self, outline: Outline, scene_id: str, before: tuple[Element, ...], *, words: int, tone: str, seed: int
    ) -> tuple[Element, ...]:
        """One scene; see `Storyteller.scene`. Nobody says what they cannot know at that point of the outline."""
        place = next((number for number, plan in enumerate(outline.scenes) if plan.id == scene_id), None)
        if place is None:
            raise InputError(
                f"The outline has no scene {scene_id!r}.",
                hint=f"It has {', '.join(plan.id for plan in outline.scenes) or 'none'}.",
            )
        plan = outline.scenes[place]
        random = _random(seed, outline.premise, scene_id, plan.heading, plan.summary)
        roles = _parts_of(outline)
        slots = _all_slots(outline.world, roles, random)
        turn, moves, knowledge = self.moves(outline, scene_id)
        speakers = speakers_of(roles, tone)
        used = {element.text for element in before if element.kind == "dialogue"}
        elements = [Element(kind="scene_heading", text=plan.heading)]
        elements.append(Element(kind="action", text=_opening(plan, turn, knowledge, slots, outline, before, random)))
        spoken = _with_exchanges(moves, turn, plan.turn, knowledge, slots, words, used, random)
        seen = "\n".join(element.text for element in (*before, *elements) if element.kind == "action")
        business = [act for act in world_named(outline.world.get("world", "")).business if act not in seen]
        random.shuffle(business)
        elements += _talk(spoken, speakers, slots, business, used, random)
        closing = _ending(turn, plan, knowledge, slots, random)
        if closing:
            elements.append(Element(kind="action", text=closing))
        return tuple(elements)

    def moves(self, outline: Outline, scene_id: str) -> tuple[Turn, tuple[Move, ...], Knowledge]:
        """What is said in a scene, and who knew what when it began; every scene before it has happened."""
        knowledge = starting_knowledge()
        if outline.structure == "kishotenketsu":
            knowledge.known["friend"].discard("secret")
        for plan in outline.scenes:
            turn = TURNS.get(plan.turn, TURNS[""])
            facts = {move.fact for move in turn.said()}
            if any(fact and not _told(outline, fact) for fact in facts):
                turn = TURNS[""]
            before = _copy(knowledge)
            for part, fact in turn.learns.items():
                knowledge.known.setdefault(part, set()).add(fact)
            moves = []
            for move in turn.said():
                if knowledge.knows(move.speaker, move.fact):
                    moves.append(move)
                    knowledge.hear(move, turn.unseen)
            knowledge.holder = turn.holds or knowledge.holder
            if plan.id == scene_id:
                return turn, tuple(moves), before
        raise InputError(f"The outline has no scene {scene_id!r}.")

    # -- other words ---------------------------------------------------------------------------

    def rewrite(self, screenplay: Screenplay, first: int, last: int, *, wish: str, seed: int) -> tuple[Element, ...]:
        """Other words for some elements, by rule: shorter, longer in pauses, or in another voice if the wish names one.

        What a sentence states is left as it is: a grammar does not know what a person's sentence means.
        """
        from rushlight.create.storytellers.grammar.rephrase import rephrase

        random = _random(seed, wish, *(element.text for element in screenplay.elements[first:last]))
        return tuple(
            element.model_copy(update={"text": rephrase(element.text, wish, random), "layout": ""})
            if element.kind in ("dialogue", "action")
            else element
            for element in screenplay.elements[first:last]
        )


def _english(language: str) -> None:
    if not language.lower().startswith("en"):
        raise InputError(
            f"The grammar storyteller writes English only, not {language!r}.",
            hint="Give a language model, such as --writer http://localhost:11434/v1#MODEL.",
        )


def _short_of(wanted: int, found: int) -> tuple[str, ...]:
    if wanted == found:
        return ()
    return (f"The structure has {found} scenes; {wanted} were asked for.",)


def _all_slots(facts: Mapping[str, str], roles: Mapping[str, Role], random: Random) -> dict[str, str]:
    slots = slots_of(facts, roles, random)
    stake = slots["stake"]
    deadline = re.search(
        r"\b(Friday|Sunday|Thursday|Saturday|Monday|Tuesday|Christmas|tonight|midnight|tomorrow|noon|spring|eight)\b",
        stake,
    )
    bare = re.sub(r"^(?:the|an?) ", "", slots["object"])
    slots["a_job_cap"] = slots["a_job"][:1].upper() + slots["a_job"][1:]
    slots["object_bare"] = bare
    slots["object_title"] = f"The {bare}"
    slots["an_old"] = random.choice(("an old", "a worthless", "a sad"))
    slots["deadline"] = deadline[1] if deadline else "the last day"
    slots["job_title"] = facts.get("job", "") or "stranger"
    slots["place_title"] = (
        facts.get("place") or world_named(facts.get("world", "")).places[0].name.lower()
    ).capitalize()
    return slots


def _title(slots: Mapping[str, str], random: Random) -> str:
    words = expand(pick(_TITLES, random), slots, random).split()
    small = {"a", "an", "and", "of", "on", "the", "that", "was", "without", "in", "to", "'s"}
    return " ".join(
        word if number and word in small else word[:1].upper() + word[1:] for number, word in enumerate(words)
    )


def _summary(turn: Turn, slots: Mapping[str, str], random: Random) -> str:
    return sentence(expand(turn.summary, slots, random))


def _parts_of(outline: Outline) -> dict[str, Role]:
    """Who plays which part; parts that nobody was given go to whoever is left, else to a passer-by."""
    found: dict[str, Role] = {}
    left = list(outline.characters)
    for part, name in PARTS.items():
        role = next((role for role in left if role.part == name), None)
        if role is not None:
            found[part] = role
            left.remove(role)
    spare = iter([*left, *(Role(name=name) for name in ("Stranger", "Neighbour", "Visitor"))])
    for part in PARTS:
        if part not in found:
            found[part] = next(spare)
    return found


def _kept_kernel(kernel: Kernel, keep: Outline) -> Kernel:
    """The kernel that an outline was made from, as far as it says."""
    facts = {**kernel.facts, **keep.world}
    roles = dict(kernel.roles)
    if keep.characters:
        roles = {**roles, **{part: role for part, role in _parts_of(keep).items() if role in keep.characters}}
    return replace(
        kernel,
        facts=facts,
        roles=roles,
        genre=genre_named(keep.genre or kernel.genre.name),
        world=world_named(facts["world"]),
    )


def _merged(fresh: Outline, keep: Outline) -> Outline:
    """A new outline with what stays of the old one: all above the first empty level, and all that a person wrote."""
    levels = ("logline", "characters", "beats", "scenes")
    missing = next((number for number, level in enumerate(levels) if not getattr(keep, level)), len(levels))
    update: dict[str, object] = {"title": keep.title or fresh.title}
    for number, level in enumerate(levels):
        old, new = getattr(keep, level), getattr(fresh, level)
        if number < missing:
            update[level] = old
        elif level == "logline":
            update[level] = old if keep.logline_author == "person" and old else new
        else:
            update[level] = _with_persons(old, new)
    if keep.logline:
        update["logline_author"] = keep.logline_author
    return fresh.model_copy(update=update)


Level = TypeVar("Level", Role, PlotBeat, ScenePlan)


def _with_persons(old: tuple[Level, ...], new: tuple[Level, ...]) -> tuple[Level, ...]:
    """New entries, with a person's own in the places of those they stand for, by id or name, else added."""
    own: dict[str, Level] = {_key(item): item for item in old if item.author == "person"}
    merged: list[Level] = [own.pop(_key(item), item) for item in new]
    return tuple(merged) + tuple(own.values())


def _key(item: Role | PlotBeat | ScenePlan) -> str:
    # A character is known by the part played, since the name is what people change first.
    return (item.part or item.name) if isinstance(item, Role) else item.id


def _told(outline: Outline, fact: str) -> bool:
    if fact == "want":
        return bool(_parts_of(outline)["hero"].want)
    return bool(outline.world.get(fact))


def _copy(knowledge: Knowledge) -> Knowledge:
    return Knowledge(knowledge.known, knowledge.holder)


def _opening(
    plan: ScenePlan,
    turn: Turn,
    knowledge: Knowledge,
    slots: Mapping[str, str],
    outline: Outline,
    before: tuple[Element, ...],
    random: Random,
) -> str:
    world = world_named(outline.world.get("world", ""))
    name = plan.heading.rsplit(" - ", 1)[0].split(". ", 1)[-1]
    place = next((place for place in world.places if place.name == name), None)
    seen = "\n".join(element.text for element in before if element.kind == "action")
    details = [detail for detail in place.details if detail not in seen] if place else []
    opening = turn.opening
    if plan.turn == "loss" and knowledge.holder != "hero":
        opening = "{rival} is there first. {object_cap} is already in {rival}'s hands."
    parts = [sentence(pick(details, random))] if details else []
    text = expand(opening, _introduced(slots, before), random)
    return " ".join([*parts, sentence(text)])


def _introduced(slots: Mapping[str, str], before: tuple[Element, ...]) -> dict[str, str]:
    """Names in capitals where somebody is seen for the first time, as screenplays have it."""
    met = "\n".join(element.text for element in before)
    return {
        **slots,
        **{part: slots[part].upper() for part in ("hero", "friend", "rival") if slots[part].upper() not in met},
    }


def _ending(turn: Turn, plan: ScenePlan, knowledge: Knowledge, slots: Mapping[str, str], random: Random) -> str:
    ending = turn.ending
    if plan.turn == "confront" and knowledge.holder != "rival":
        ending = "{rival} [sits down, older|has nothing left to say], and goes."
    return sentence(expand(ending, slots, random)) if ending else ""


@dataclass(frozen=True)
class _Cue:
    """A line of a small exchange: a phrase, and whether the exchange begins with it."""

    part: str
    phrase: str
    first: bool


def _with_exchanges(
    moves: Sequence[Move],
    turn: Turn,
    name: str,
    knowledge: Knowledge,
    slots: Mapping[str, str],
    words: int,
    used: set[str],
    random: Random,
) -> list[Move | _Cue]:
    """The moves, with small exchanges among them until a length is reached.

    An exchange is used once in a screenplay and stays whole. A line has about eight words, the action about forty.
    """
    spoken: list[Move | _Cue] = list(moves)
    present = [part for part in turn.parts if part != turn.unseen]
    context = context_of(name)
    if len(present) < 2 or len(moves) < 2 or context == "none":
        return spoken
    fitting = [
        exchange
        for exchange in EXCHANGES
        if exchange.context in ((context, "any") if name else (context,))
        and (not exchange.need or all(knowledge.knows(part, exchange.need) for part in present))
        and not any(sentence(expand(line, slots, random)) in used for _, line in exchange.lines)
    ]
    random.shuffle(fitting)
    # What follows from news or a confession is said after it; elsewhere small talk leads up to the matter.
    at = len(moves) if context in ("news", "truth") or name == "decide" else min(2, len(moves))
    room = words - 40 - 8 * len(moves)
    before = moves[at - 1].speaker
    added: list[_Cue] = []
    while fitting and room > 12 and len(added) < _MOST_SMALL_TALK:
        exchange = fitting.pop()
        asks = {"news": "hero", "truth": "hero", "threat": "rival"}.get(exchange.context, "")
        first, second = random.sample(present, 2)
        if second == asks or (asks not in present and first == before):
            first, second = second, first
        who = {"A": first, "B": second}
        added += [_Cue(who[part], line, number == 0) for number, (part, line) in enumerate(exchange.lines)]
        before = added[-1].part
        room -= sum(len(line.split()) for _, line in exchange.lines)
    return spoken[:at] + added + spoken[at:]


def _talk(
    lines: Iterable[Move | _Cue],
    speakers: Mapping[str, Speaker],
    slots: Mapping[str, str],
    business: list[str],
    used: set[str],
    random: Random,
) -> list[Element]:
    elements: list[Element] = []
    since, last = 0, ""
    for line in lines:
        if isinstance(line, _Cue):
            part, text, manner = line.part, in_tone(expand(line.phrase, slots, random), speakers[line.part], random), ""
        else:
            part, text, manner = _said(line, speakers, slots, used, random)
        used.add(text)
        # Hands are busy between exchanges, never between a question and its answer.
        if since >= 4 and business and isinstance(line, _Cue) and line.first:
            elements.append(Element(kind="action", text=sentence(f"{slots[part]} {business.pop()}")))
            since, last = 0, ""
        since += 1
        if last == part and elements[-1].kind == "dialogue":
            elements[-1] = elements[-1].model_copy(update={"text": f"{elements[-1].text} {text}"})
            continue
        last = part
        elements.append(Element(kind="character", text=slots[part].upper()))
        if manner:
            elements.append(Element(kind="parenthetical", text=f"({manner})"))
        elements.append(Element(kind="dialogue", text=text))
    return elements


def _said(
    move: Move, speakers: Mapping[str, Speaker], slots: Mapping[str, str], used: set[str], random: Random
) -> tuple[str, str, str]:
    speaker = speakers[move.speaker]
    line = say(move.name, speaker, {**slots, "other": slots[move.hearer]}, used, random)
    return move.speaker, line, speaker.manner(move.name, random)
