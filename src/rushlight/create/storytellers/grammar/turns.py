"""What happens in a scene, as moves between people, and who knows what after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

__all__ = ["FACTS", "MOVE_FACTS", "TELLING", "TURNS", "Knowledge", "Move", "Turn", "starting_knowledge"]

FACTS = ("want", "stake", "hiding", "secret", "plan")
# What a move speaks of. Whoever makes it must know that fact by then.
MOVE_FACTS = {
    "tell_want": "want", "wish": "want",
    "tell_stake": "stake", "react_stake": "stake", "press": "stake", "report_stake": "stake",
    "report_outlook": "stake",
    "tell_hiding": "hiding",
    "tell_secret": "secret", "react_secret": "secret", "accuse": "secret", "defend": "secret",
    "blame": "secret", "excuse": "secret", "own_up": "secret", "witness": "secret", "background": "secret",
    "tell_plan": "plan", "object_plan": "plan",
}  # fmt: skip

# Moves that say the fact outright: whoever hears one knows it afterwards. An excuse is about a secret and tells nothing.
TELLING = frozenset(
    "tell_want wish tell_stake press report_stake report_outlook tell_hiding tell_secret accuse own_up witness background "
    "tell_plan".split()
)


@dataclass(frozen=True)
class Move:
    """One thing said: `speaker` and `hearer` are parts, such as `hero`."""

    speaker: str
    name: str
    hearer: str

    @property
    def fact(self) -> str:
        """The fact it speaks of, or nothing."""
        return MOVE_FACTS.get(self.name, "")


@dataclass(frozen=True)
class Turn:
    """A kind of scene: who is in it, what is said, and what it does to people and things.

    Attributes:
        parts: who is present.
        moves: what is said, in order.
        summary: with slots for names and facts.
        place: which place of the world, counted from zero; -1 for the first one again.
        learns: facts that somebody finds out without being told: part to fact.
        holds: who has the object afterwards, or empty for no change.
        unseen: who listens without being seen.
        opening, ending: action before and after the talk.
    """

    parts: tuple[str, ...]
    moves: tuple[tuple[str, str, str], ...]
    summary: str
    place: int
    learns: Mapping[str, str] = field(default_factory=dict)
    holds: str = ""
    unseen: str = ""
    opening: str = ""
    ending: str = ""

    def said(self) -> tuple[Move, ...]:
        """The moves."""
        return tuple(Move(*move) for move in self.moves)


H, F, R = "hero", "friend", "rival"

TURNS: dict[str, Turn] = {
    "open": Turn(
        (H, F), ((F, "greet", H), (H, "greet_back", F), (F, "ask_want", H), (H, "tell_want", F), (F, "tease", H)),
        "{hero}, {a_job}, goes about the day and tells {friend} what the days are for: {want}.", 0,
        opening="{hero} {business}. {friend} [comes in|stops in the doorway|has been watching for a while].",
        ending="{friend} [leaves|goes]. {hero} stays, and [looks at the door|does not move] for a while.",
    ),
    "theme": Turn(
        (H, F), ((F, "theme", H), (H, "wave_off", F), (F, "theme_again", H)),
        "{friend} says in passing what {hero} does not hear yet: {need}.", 1,
        opening="{hero} and {friend} work side by side.",
        ending="{hero} [shrugs|laughs it off], but the word stays.",
    ),
    "news": Turn(
        (H, F), ((F, "bad_news", H), (H, "ask_news", F), (F, "tell_stake", H), (H, "react_stake", F)),
        "{friend} brings the news: {stake}.", 4,
        opening="{friend} [is out of breath|has run all the way|holds a letter, opened].",
        ending="{hero} reads the room as if for the last time.",
    ),
    "doubt": Turn(
        (H, F), ((F, "press", H), (H, "doubt", F), (F, "push", H), (H, "doubt_again", F)),
        "{hero} does not want this fight; {friend} does not let go.", 2,
        opening="{hero} {business}, [harder than needed|without looking up].",
        ending="{friend} goes. {hero} stops [, at last|].",
    ),
    "decide": Turn(
        (H, F), ((H, "decide", F), (F, "check", H), (H, "promise", F)),
        "{hero} decides to find {object}.", 3,
        opening="{hero} is there before {friend}, [coat on|ready to go].",
        ending="They set off.",
    ),
    "search": Turn(
        (H, F), ((H, "search_line", F), (F, "search_joke", H), (H, "tell_hiding", F), (F, "urge", H)),
        "Searching, {hero} works out where {object} must be: {hiding}.", 1,
        learns={H: "hiding"},
        opening="{hero} [goes through everything, shelf by shelf|turns the place over]. A [scrap of paper|mark on the wood|"
        "line in an old hand] stops the search.",
        ending="{hero} [pockets it|copies it onto a sleeve]. They hurry.",
    ),
    "block": Turn(
        (H, R), ((R, "warn", H), (H, "play_dumb", R), (R, "warn_again", H), (H, "stand", R)),
        "{rival} warns {hero} off, and is a little too friendly about it.", 4,
        opening="{rival} [stands in the way|is waiting], [smiling|hands in pockets].",
        ending="{rival} lets {hero} pass, and watches.",
    ),
    "ask": Turn(
        (H, F), ((H, "ask_truth", F), (F, "deflect", H), (H, "insist", F), (F, "deflect_again", H)),
        "{hero} asks what happened back then. {friend} knows, and does not say.", 2,
        opening="{friend} {business}.",
        ending="{friend} turns away so that {hero} cannot see [that face|those eyes].",
    ),
    "find": Turn(
        (H,), ((H, "found", H),),
        "{hero} finds {object} {hiding}.", 3,
        holds=H, learns={H: "hiding"},
        opening="{hero} [kneels|reaches in up to the shoulder|lifts the board]. There it is: {object}.",
        ending="{hero} holds {object} up to the light[.|, and does not breathe.]",
    ),
    "overhear": Turn(
        (H, F, R), ((R, "corner", F), (R, "tell_plan", F), (F, "object_plan", R), (R, "silence", F)),
        "Unseen, {hero} hears {rival} tell {friend} the plan: to {plan}.", 4,
        unseen=H,
        opening="{rival} and {friend}, close together. {hero}, in the shadow of the door, hears every word.",
        ending="{rival} goes. {friend} stays, and does not see {hero} either.",
    ),
    "reveal": Turn(
        (H, F), ((F, "confess_start", H), (H, "wait", F), (F, "tell_secret", H), (H, "react_secret", F)),
        "{friend} tells {hero} the truth: {secret}.", 2,
        opening="{friend} [has not slept|sits down before speaking]. {hero} waits.",
        ending="Neither of them [moves|finds the next word].",
    ),
    "blame": Turn(
        (H, F), ((H, "blame", F), (F, "excuse", H), (H, "break_off", F)),
        "{hero} cannot forgive {friend} for having known, and goes on alone.", 1,
        opening="{hero} walks. {friend} keeps pace, then does not.",
        ending="{hero} goes on alone.",
    ),
    "loss": Turn(
        (H, R), ((R, "take", H), (H, "plead", R), (R, "tell_plan", H), (H, "object_plan", R)),
        "{rival} takes {object} and says plainly what comes next: to {plan}.", 3,
        holds=R,
        opening="{rival} is [there first|already in the room]. {object_cap} lies between them.",
        ending="{rival} [walks off with {object}|closes the door from outside]. A key turns.",
    ),
    "alone": Turn(
        (H,), ((H, "mutter", H),),
        "{hero} is left with nothing, and sees what was missing all along: {need}.", 0,
        opening="{hero} sits where the story began. There is nothing left to do.",
        ending="{hero} looks up.",
    ),
    "confront": Turn(
        (H, R), ((H, "accuse", R), (R, "defend", H), (H, "press_on", R), (R, "give_way", H)),
        "{hero} faces {rival} with the truth: {secret}.", 3,
        holds=H,
        opening="{hero} [walks in without knocking|is waiting when {rival} turns round].",
        ending="{rival} puts {object} down [between them|on the ground, like something hot] and goes.",
    ),
    "close": Turn(
        (H, F), ((F, "close_ask", H), (H, "close_answer", F), (F, "last_word", H)),
        "{ending}", -1,
        opening="The same place as at the start[, in another light|; something in it has changed]. {hero} {business}.",
        ending="{friend} [sits down beside {hero}|takes the other end of the work]. They [go on|say nothing more].",
    ),
    "deepen": Turn(
        (H, F), ((H, "wish", F), (F, "small_story", H), (H, "small_answer", F)),
        "{hero} and {friend} share a small hour; {object} is there, and means nothing yet.", 1,
        opening="{hero} {business}. {object_cap} lies near, unregarded.",
        ending="It gets late. Neither minds.",
    ),
    "other_side": Turn(
        (R, F), ((F, "ask_rival", R), (R, "own_up", F), (F, "react_secret", R)),
        "Somewhere else, {rival}, of whom nobody thought, says what {object} is: {secret}.", 4,
        opening="{rival} {business}, [alone until now|in no hurry]. {friend} has come a long way to ask.",
        ending="{friend} looks at {rival} as if for the first time.",
    ),
    "join": Turn(
        (H, F, R), ((F, "bring_together", H), (R, "own_up", H), (H, "take_in", R), (R, "offer", H)),
        "{hero}, {friend} and {rival} stand before {object}, and both stories are one.", 0,
        opening="Three people, {object}, and room enough.",
        ending="{hero} [moves over. {rival} sits down|pours a third cup].",
    ),
    "report_lead": Turn(
        (H,), ((H, "report_stake", H),), "{hero} opens the report: {stake}.", 4,
        learns={H: "stake"},
        opening="{hero}, microphone in hand, [finds the light|waits for the red lamp].", ending="The lamp goes out.",
    ),
    "witness": Turn(
        (H, F), ((H, "ask_witness", F), (F, "witness", H), (H, "ask_sure", F), (F, "sure", H)),
        "{friend}, who was there, says on record: {secret}.", 2,
        opening="{friend} has put on a good coat for this.", ending="{hero} lets the silence run.",
    ),
    "answer": Turn(
        (H, R), ((H, "put_to", R), (R, "no_comment", H), (H, "put_again", R)),
        "{rival} is asked for an answer.", 3,
        opening="{rival} walks fast. {hero} keeps up.", ending="A car door closes on the answer.",
    ),
    "background": Turn(
        (H,), ((H, "background", H),), "How it came to this.", 1,
        opening="Pictures from before. {hero} speaks over them.", ending="The last picture stays.",
    ),
    "report_end": Turn(
        (H,), ((H, "report_outlook", H),), "What happens next, and what is not known.", 0,
        opening="{hero} again, [evening now|the same place, emptier].", ending="{hero} holds the look a second too long.",
    ),
    "question": Turn(
        (H, F), ((F, "explain_ask", H), (H, "explain_good", F)), "{friend} asks: {topic}?", 0,
        opening="{friend} points. {hero} [puts everything down|looks up].", ending="They go and look.",
    ),
    "guess": Turn(
        (H, F), ((H, "explain_guess", F), (F, "guess", H), (H, "explain_almost", F)), "A first guess, and why it falls short.", 1,
        opening="{friend} thinks aloud.", ending="{hero} draws a line through half of it.",
    ),
    "works": Turn(
        (H, F), ((H, "explain_works", F), (F, "explain_so", H), (H, "explain_yes", F)), "How it works, step by step.", 2,
        opening="{hero} lays things out on the table, [one by one|left to right].", ending="{friend} puts the last piece in.",
    ),
    "example": Turn(
        (H, F), ((H, "explain_example", F), (F, "explain_oh", H)), "One case, from start to end.", 3,
        opening="Outside. {hero} stops where it can be seen.", ending="{friend} sees it everywhere now.",
    ),
    "limit": Turn(
        (H, F), ((F, "explain_but", H), (H, "explain_limit", F)), "Where the explanation ends.", 4,
        opening="{friend} has found something that does not fit.", ending="They leave it on the table.",
    ),
    "takeaway": Turn(
        (H, F), ((F, "explain_back", H), (H, "explain_last", F)), "{friend} says it back in one sentence.", -1,
        opening="Back where it began.", ending="{friend} [runs off to tell somebody|grins].",
    ),
    # A scene that a person planned: nothing is known of what it does, so nothing is claimed.
    "": Turn(
        (H, F), ((H, "small_talk", F), (F, "small_answer", H)), "", 0,
        opening="{hero} {business}.", ending="{friend} nods.",
    ),
}  # fmt: skip


class Knowledge:
    """Who knows which fact, and who has the object."""

    def __init__(self, known: Mapping[str, set[str]], holder: str = "") -> None:
        self.known = {part: set(facts) for part, facts in known.items()}
        self.holder = holder

    def knows(self, part: str, fact: str) -> bool:
        """Whether `part` knows `fact`; everybody knows nothing (the empty fact)."""
        return not fact or fact in self.known.setdefault(part, set())

    def hear(self, move: Move, unseen: str = "") -> None:
        """What a move tells its hearer, and whoever listens unseen."""
        for part in filter(None, (move.hearer, unseen)):
            if move.fact and move.name in TELLING:
                self.known.setdefault(part, set()).add(move.fact)

    def play(self, turn: Turn, moves: Sequence[Move]) -> None:
        """Let a scene happen."""
        for part, fact in turn.learns.items():
            self.known.setdefault(part, set()).add(fact)
        for move in moves:
            self.hear(move, turn.unseen)
        self.holder = turn.holds or self.holder


def starting_knowledge() -> Knowledge:
    """What each part knows before the first scene."""
    return Knowledge({H: {"want"}, F: {"stake", "secret"}, R: {"stake", "secret", "plan", "hiding"}})
