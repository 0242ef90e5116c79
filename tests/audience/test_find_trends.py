from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from rushlight.artifacts.comments import CommentReading, Comments
from rushlight.audience.find_trends import find_trends
from rushlight.audience.read_comments import summed
from rushlight.core.artifact import FileRef

START = datetime(2025, 1, 1, tzinfo=UTC)


def artifact(tmp_path: Path, rows: list[CommentReading]) -> Comments:
    path = tmp_path / "rows.jsonl"
    path.write_text(Comments.write(rows), encoding="utf-8")
    return summed(rows, FileRef.of(path), "lexicon", ())


def said(key: object, who: str, day: float, text: str, parent: str = "", **more: object) -> CommentReading:
    at = (START + timedelta(days=day)).isoformat()
    return CommentReading(id=str(key), author=who, said_at=at, text=text, parent=parent, **more)  # type: ignore[arg-type]


def counted(tag: str, counts: np.ndarray, rng: np.random.Generator) -> list[CommentReading]:
    return [
        said(f"{tag}-{day}-{n}", f"{tag}-p{rng.integers(500)}", day + rng.random(), f"#{tag}")
        for day, count in enumerate(counts)
        for n in range(count)
    ]


def test_a_rise_is_found_and_a_season_and_bots_are_not(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    days = 500
    steady = np.full(days, 4.0)
    rise, season, weekly = steady.copy(), steady.copy(), steady.copy()
    rise[-7:] = 14
    season[-7:] = season[days - 7 - 365 : days - 365] = 14
    weekly[5::7] = 20
    rows = []
    for tag, rates in (("steady", steady), ("rise", rise), ("season", season), ("weekly", weekly), ("bought", steady)):
        rows += counted(tag, rng.poisson(rates), rng)
    for bot in range(20):
        rows += [said(f"b{bot}-{n}", f"bot{bot}", days - 3 + n / 24 + bot / 1000, "#bought") for n in range(10)]
    found = find_trends(artifact(tmp_path, rows))
    assert [one.term for one in found.rises] == ["#rise"]
    (one,) = found.rises
    assert one.people > 2 * one.expected
    assert one.since >= (START + timedelta(days=days - 11)).date().isoformat()
    assert found.bots == 20
    assert "#rise" in found.as_text()
    assert found.as_csv().count("\n") == 2


def test_who_is_passed_on_reaches_far(tmp_path: Path) -> None:
    rows = []
    for n in np.cumsum(np.random.default_rng(1).exponential(1.0, 12)).round(3).tolist():
        rows.append(said(f"star{n}", "star", n, f"words {n}"))
        rows.append(said(f"dull{n}", "dull", n, f"others {n}"))
        rows += [said(f"s{n}-{k}", f"fan{k}", n + 0.01 * (k + 1), "yes", f"star{n}") for k in range(4)]
        rows += [said(f"t{n}-{k}", f"friend{k}", n + 0.2, "this", f"s{n}-{k}") for k in range(3)]
        rows += [said(f"q{n}-{k}", f"bot{k}", n + 1e-5, "yes", f"dull{n}") for k in range(9)]
    found = find_trends(artifact(tmp_path, rows))
    assert found.influencers[0].author == "star"
    assert "dull" not in {one.author for one in found.influencers}
    assert found.bots == 9
    assert found.influencers[0].reach > 3
    assert found.spreads[0].people == 7
    assert found.spreads[0].depth == 2


def test_nothing_to_tell_from_is_said(tmp_path: Path) -> None:
    empty = find_trends(artifact(tmp_path, []))
    assert empty.rises == ()
    assert any("when it was written" in note for note in empty.notes)
    short = find_trends(artifact(tmp_path, [said(n, f"p{n}", n, "#new") for n in range(5)]))
    assert any("too few" in note for note in short.notes)
