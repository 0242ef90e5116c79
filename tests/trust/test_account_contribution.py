from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from benchmarks.account_contribution.made_films import make
from rushlight.core.errors import InputError
from rushlight.trust.account_contribution import account_contribution


@pytest.mark.parametrize("seed", [3, 8])
@pytest.mark.parametrize("again", [False, True])
def test_seconds_and_words_are_exact_and_sum_to_the_whole(tmp_path: Path, seed: int, again: bool) -> None:
    film = make(tmp_path, seed, again=again)
    account = account_contribution(film.cut, film.script, film.narration, film.source, film.history)

    def found(measure: str) -> dict[str, Fraction]:
        return {one.contributor.name: one.amount for one in account.entries if one.measure == measure}

    assert found("picture_seconds") == film.known.seconds
    assert found("words") == {name: count for name, count in film.known.words.items() if count}
    assert account.totals["picture_seconds"] == film.cut.duration
    assert all(one.evidence for one in account.entries)
    shares = [account.share("picture_seconds", kind) for kind in ("person", "model", "rule", "data")]
    assert sum(shares) == pytest.approx(1)


def test_a_percentage_only_when_somebody_said_what_counts(tmp_path: Path) -> None:
    film = make(tmp_path, 1)
    inputs = (film.cut, film.script, film.narration, film.source, film.history)
    assert account_contribution(*inputs).weighed == {}
    weighed = account_contribution(*inputs, weights={"words": 2.0, "picture_seconds": 1.0})
    assert sum(weighed.weighed.values()) == pytest.approx(1)
    wanted = (2 * weighed.share("words", "model") + weighed.share("picture_seconds", "model")) / 3
    assert weighed.weighed["model"] == pytest.approx(wanted)
    for wrong in ({"beauty": 1.0}, {"words": -1.0}):
        with pytest.raises(InputError, match="makes no sense"):
            account_contribution(*inputs, weights=wrong)


def test_categories_and_credits(tmp_path: Path) -> None:
    film = make(tmp_path, 1)
    account = account_contribution(film.cut, film.script, film.narration, film.source, film.history)
    assert account.ai_categories["Vocals"] == "AI-generated"
    assert account.ai_categories["Lyrics"] == "AI-assisted"
    assert any(line.startswith("Pictures:") and "Ole Holm" in line for line in account.credits)
    assert any("writer house/x (AI)" in line for line in account.credits)
    assert "picture seconds" in account.as_text()
