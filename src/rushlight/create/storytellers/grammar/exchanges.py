"""Small exchanges that fill a scene: each is a whole, so that every answer fits its question.

`A` and `B` are two people present. Nothing here states a fact of the story, except where a need is named: such an
exchange is used only when everyone present knows that fact.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["EXCHANGES", "Exchange", "context_of"]


@dataclass(frozen=True)
class Exchange:
    """Lines in order, each `("A", phrase)` or `("B", phrase)`, the fact both must know, and where it fits."""

    lines: tuple[tuple[str, str], ...]
    context: str
    need: str = ""


def _of(context: str, *texts: str, need: str = "") -> tuple[Exchange, ...]:
    found = []
    for text in texts:
        lines = tuple((line[0], line[2:].strip()) for line in text.split(" / "))
        found.append(Exchange(lines, context, need))
    return tuple(found)


_CONTEXTS = {
    "open": "day", "deepen": "day", "theme": "day", "close": "end", "join": "end", "": "day",
    "news": "news", "doubt": "news", "decide": "road", "search": "road",
    "block": "threat", "overhear": "threat", "loss": "threat", "confront": "threat", "answer": "threat",
    "ask": "truth", "reveal": "truth", "blame": "truth", "other_side": "truth", "witness": "truth",
}  # fmt: skip

EXCHANGES = (
    *_of(
        "day",
        "A Did you sleep? / B With one eye. / A Which one?",
        "A You've mended that before. / B Twice. / A And? / B It likes the attention.",
        "A They've put the price of coffee up. / B Then we'll drink it slower.",
        "A There was somebody at the door last night. / B There was wind at the door last night. / A It knocked.",
        "A My sister sends her love. / B Your sister never met me. / A She sends it all the same.",
        "A What's that on your sleeve? / B Yesterday.",
        "A Why do you keep that old thing? / B It keeps me.",
        "A You never sit down. / B If I sit I think. / A Would that be so bad?",
        "A Do you ever count the days? / B Only the ones with soup.",
        "A You're humming. / B I'm not. / A It's a nice tune, the one you're not humming.",
        "A Somebody ought to oil that hinge. / B Then nobody would hear you come in.",
        "A What was it like here, before? / B Louder. Everyone was younger and nobody was right.",
    ),
    *_of(
        "news",
        "A Who else knows? / B By noon, everybody. / A And who have they asked? / B Nobody.",
        "A Say it's a mistake. / B I read it three times. / A Then read it a fourth.",
        "A How long have you known? / B Since this morning. / A You came slowly. / B I came as fast as I wanted to say it.",
        "A What do the others say? / B The others look at their shoes.",
        "A Is there somebody we can ask? / B There's an office. / A And? / B It's open on Wednesdays.",
        "A You're very calm. / B Wait until it gets to my legs.",
        "A There were promises. / B There were speeches. That isn't the same.",
        "A If I were younger... / B If you were younger you'd be worse.",
    ),
    *_of(
        "road",
        "A Have you got a light? / B I've got two matches. / A Then we look twice.",
        "A Did you hear that? / B That was you. / A It didn't sound like me.",
        "A How much further? / B You asked that at the gate. / A It was a good question at the gate.",
        "A If anyone asks, what are we doing? / B Walking. / A With a crowbar? / B Walking carefully.",
        "A You've done this before. / B Only ever for love. / A And now? / B Now it's serious.",
        "A Don't touch that. / B I wasn't going to. / A You were going to.",
        "A What if there's nothing here? / B Then at least we'll have dusted.",
        "A Give me your hand. / B It's dirty. / A So's mine.",
    ),
    *_of(
        "threat",
        "A Does your mother know where you are? / B She does. She says hello. / A No, she doesn't.",
        "A Sit. / B I'd rather stand. / A So would I, in your place.",
        "A You're shaking. / B It's cold. / A It isn't.",
        "A We could be friends. / B You've enough of those. They all owe you money.",
        "A What is it you think you have? / B Time. / A You've less than you think.",
        "A You were always stubborn. / B I had a good teacher. / A You had a patient one.",
        "A Who sent you? / B Nobody sends me. / A That's what I was afraid of.",
        "A Close the door. / B I like it open. / A I know you do.",
    ),
    *_of(
        "truth",
        "A Look at me. / B I'm looking. / A You're looking at the window.",
        "A Do you want tea? / B No. / A I'll make tea.",
        "A It was raining, wasn't it? / B It was dry. I remember because I wished it would rain.",
        "A Who else was there? / B Nobody you could ask now.",
        "A How do you carry a thing like that? / B You put it down a hundred times a day. And pick it up again.",
        "A Would you have told me? / B Every Sunday I nearly did. / A There've been a lot of Sundays.",
        "A Were you afraid? / B I was young. It's the same thing with better knees.",
        "A Say something. / B I'm trying to find a beginning. / A Start at the end, then.",
    ),
    *_of(
        "end",
        "A You kept the cup. / B It kept its handle. One doesn't throw that away.",
        "A It's quieter. / B It isn't. We are.",
        "A Who'll do it, after us? / B Somebody who doesn't know better. / A Like us.",
        "A Did you ever answer that letter? / B I'm answering it now. Slowly.",
        "A Is that a grey hair? / B It's a souvenir.",
        "A I thought I'd feel different. / B Give it till breakfast.",
        "A They'll tell it differently, in a year. / B Let them. As long as they tell it.",
        "A Are you staying? / B I've taken my coat off, haven't I?",
    ),
    *_of(
        "any",
        "A I keep thinking of it: {stake}. / B Then don't. / A How? / B Badly, like everyone.",
        "A Perhaps it won't come to it. / B {stake_cap}. They don't print perhaps.",
        need="stake",
    ),
    *_of("any", "A {hiding_cap}. All that time. / B And we hung our coats next to it.", need="hiding"),
    *_of("any", "A Everyone believed the other story. / B It was shorter.",
         "A I can't stop hearing it. {secret_cap}. / B It gets quieter. / A Does it? / B No.", need="secret"),
    *_of("any", "A To {plan}. Who thinks of such a thing? / B Somebody with a good lawyer and no neighbours.", need="plan"),
)  # fmt: skip


def context_of(turn: str) -> str:
    """Which small exchanges fit a turn; none where it would be out of place."""
    return _CONTEXTS.get(turn, "none")
