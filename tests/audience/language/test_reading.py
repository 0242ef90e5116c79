from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rushlight.audience.language.comments import Comment
from rushlight.audience.language.emotions import find_emotions
from rushlight.audience.language.naming import Film, times_named
from rushlight.audience.language.reading import read_all, read_text
from rushlight.audience.language.screening import screen, similar_groups
from rushlight.audience.language.themes import find_mentions
from rushlight.audience.language.tokens import read_tokens
from rushlight.audience.language.which_language import which_language

FILM = Film({}, frozenset(), (), None)
START = datetime(2026, 10, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I loved every minute of it", "en"),
        ("Ein wunderschöner Film, der mich sehr berührt hat", "de"),
        ("C'est un très beau film avec une belle musique", "fr"),
        ("Me ha gustado mucho la película", "es"),
        ("Non mi è piaciuto per niente questo film", "it"),
        ("Um filme muito bom, não percam", "pt"),
        ("Wat een mooie film, het verhaal is echt goed", "nl"),
        ("To jest bardzo dobry film, ale nie dla mnie", "pl"),
        ("Это очень хороший фильм", "ru"),
        ("这部电影很好看", "zh"),
        ("この映画が好きです", "ja"),
        ("هذا فيلم رائع", "ar"),
        ("סרט נהדר", "he"),
        ("ταινία", "el"),
        ("qwrtz plmk vbnx", "und"),
        ("12345", "und"),
        ("", "und"),
    ],
)
def test_languages(text: str, language: str) -> None:
    assert which_language(text, read_tokens(text))[0] == language


def test_what_is_not_understood_is_unknown_not_neutral() -> None:
    read = read_text("هذا فيلم رائع", FILM)
    assert (read.label, read.score, read.sum) == ("unknown", None, None)
    assert read_text("这部电影很好看 10/10", FILM).label == "positive"
    assert read_text("Langweilig und viel zu lang", FILM).label == "negative"
    assert read_text("Quel beau film, j'adore", FILM).label == "positive"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("at 3:42 ouch", [222]),
        ("12:05 lol", [725]),
        ("1:02:10 the choir", [3730]),
        ("20 minutes in and nothing", [1200]),
        ("around the 5 min mark", [300]),
        ("3m42s", [222]),
        ("from 50:12 to 50:40", [3012, 3040]),
        ("we start at 8:30 pm", []),
        ("shot in 2.35:1", []),
        ("-3:42 left", [222]),
        ("90 minutes long", []),
    ],
)
def test_times(text: str, seconds: list[float]) -> None:
    assert times_named(text, read_tokens(text))[0] == seconds


def test_times_behind_the_end_are_left_out_and_counted() -> None:
    assert times_named("2:00 and 59:00", read_tokens("2:00 and 59:00"), 600.0) == ([120], 1)


def test_characters_scenes_and_shots_that_are_named() -> None:
    film = Film({"mara": "Mara", "will": "Will"}, frozenset(["12"]), (0.0, 100.0, 200.0), 300.0)
    read = read_text("Mara in scene 12 at 2:10 will stay with me", film)
    assert read.characters == ("Mara",)
    assert read.scenes == ("12",)
    assert film.shots_at(list(read.at_seconds)) == (2,)


def test_own_times_that_cannot_be_are_left_out() -> None:
    comments = [Comment("a", "x", "t", START, "good", "", -5.0), Comment("b", "y", "t", START, "fine", "", 12.5)]
    rows, notes = read_all(comments, film=FILM)
    assert [row.at_seconds for row in rows] == [(), (12.5,)]
    assert notes == ["1 comments stood at a time before the film or behind its end; their times are left out."]


def test_emotions_and_their_negation() -> None:
    assert find_emotions(read_tokens("I was scared and then so bored")) == {"fear": 1.0, "boredom": 1.0}
    assert find_emotions(read_tokens("not scary")) == {}


def test_copies_accounts_bursts_and_adverts_are_flagged_and_others_not() -> None:
    def at(number: int, author: str, text: str, minutes: float) -> Comment:
        return Comment(str(number), author, "film", START + timedelta(minutes=minutes), text)

    said = [
        "wow",
        "that ending",
        "who plays the nurse?",
        "the fog over the bay is gorgeous",
        "I cried twice and so did my dad",
    ]
    people = [at(n, f"p{n}", said[n % 5], 300 * n) for n in range(5)]
    people += [at(n, f"p{n}", "wow", 300 * n) for n in range(5, 20)]
    copies = [
        at(100 + n, f"c{n}", "Everybody must see how terrible this woke garbage is " + "xyz"[n], 40.0 * n)
        for n in range(3)
    ]
    advert = [at(200, "shop", "check out my channel https://x.example", 5)]
    flags = dict(zip(range(99), screen([*people, *copies, *advert], ["neutral"] * 24), strict=False))
    assert not any(flags[n] for n in range(20))
    assert [flags[n] for n in (20, 21, 22)] == [(), ("duplicate",), ("duplicate",)]
    assert flags[23] == ("advert",)


def test_a_burst_of_one_voice_by_newcomers_is_flagged() -> None:
    calm = [Comment(f"a{n}", f"p{n % 5}", "film", START + timedelta(hours=3 * n), f"day {n}") for n in range(60)]
    storm = [
        Comment(f"b{n}", f"new{n}", "film", START + timedelta(hours=90, minutes=n), f"awful {n}") for n in range(40)
    ]
    flags = screen([*calm, *storm], ["neutral"] * 60 + ["negative"] * 40)
    assert not any(flags[:60])
    assert all(one == ("burst",) for one in flags[60:])


def test_nearly_equal_texts_are_one_group() -> None:
    said = "the boat never leaves the harbour and nobody cares about the captain"
    groups = similar_groups([said, said.replace("captain", "cook"), "something else was said by somebody here today"])
    assert groups[0] == groups[1] != groups[2]


@pytest.mark.parametrize(
    ("text", "themes"),
    [
        ("the soundtrack is great but the ending is awful", {"music", "ending"}),
        ("subtitles are out of sync", {"technical"}),
        ("wooden acting and clunky dialogue", {"acting", "dialogue"}),
        ("the plot drags", {"story", "pace"}),
        ("bad CGI", {"effects"}),
        ("sounds good to me", set()),
        ("loved it", set()),
    ],
)
def test_themes(text: str, themes: set[str]) -> None:
    assert {one.theme for one in find_mentions(text, read_tokens(text), (), 0)} == themes


def test_each_theme_has_the_feeling_of_its_own_part() -> None:
    text = "the soundtrack is great but the ending is awful"
    read = read_text(text, FILM)
    sums = {one.theme: one.sum for one in find_mentions(text, read_tokens(text), read.terms, read.sum or 0)}
    assert sums["music"] > 0 > sums["ending"]
