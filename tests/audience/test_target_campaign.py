from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from rushlight.artifacts.campaign import Campaign, CopyVariant
from rushlight.artifacts.source import Document
from rushlight.audience.planning.liking import area_under_curve
from rushlight.audience.planning.plans import HELD_OUT, campaign_as_csv, read_plan
from rushlight.audience.planning.sending import Sitting, habits_of, read_sittings, send_at
from rushlight.audience.planning.wording import Facts, filled, unfounded, write_copy
from rushlight.audience.target_campaign import target_campaign
from rushlight.audience.warehouse.engine import open_engine
from rushlight.audience.warehouse.importing import import_events
from rushlight.audience.warehouse.people import erase_viewer, pseudonym
from rushlight.audience.warehouse.simulating import write_events
from rushlight.audience.warehouse.titles import import_titles
from rushlight.audience.warehouse.warehouse import Warehouse
from rushlight.core.artifact import FileRef
from rushlight.core.errors import InputError, ModelError
from rushlight.core.run import Run, running
from rushlight.models.text import Answer
from tests.audience.conftest import Fill
from tests.audience.planning.tastes import TITLES, rows_of_tastes, titles_table, view
from tests.audience.viewing import played


@pytest.fixture(scope="module")
def audience(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse of 240 viewers of two tastes; only read."""
    folder = tmp_path_factory.mktemp("tastes")
    return made(folder, 240)


def made(folder: Path, viewers: int) -> Warehouse:
    warehouse = Warehouse.create(folder / "audience", buckets=1)
    import_events(warehouse, [write_events(rows_of_tastes(viewers), folder / "events.jsonl")])
    (folder / "titles.csv").write_text(titles_table(), encoding="utf-8")
    import_titles(warehouse, folder / "titles.csv")
    return Warehouse(folder / "audience")


def document(tmp_path: Path, text: str, name: str) -> Document:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return Document(file=FileRef.of(path))


def planned(warehouse: Warehouse, *addresses: Document, **more: object) -> Campaign:
    given = {"title": "The Lighthouse", "properties": "theme=sea", "about": "A keeper hides a letter.", **more}
    return target_campaign(warehouse.events(), addresses, None, None, None, **given)  # type: ignore[arg-type]


def taste(warehouse: Warehouse) -> dict[str, int]:
    return {pseudonym(warehouse, f"viewer-{number}"): number for number in range(240)}


def test_who_likes_the_sea_is_told_of_the_sea_at_their_hour_and_some_are_held_out(audience: Warehouse) -> None:
    found = planned(audience)
    people = taste(audience)
    assert found.plan is not None
    rows = list(read_plan(found.plan.path))
    assert np.mean([people[row.viewer] % 2 == 0 for row in rows]) > 0.95
    assert all(people[row.viewer] % 10 != 9 for row in rows)
    # Nine in the evening is later than a message may come.
    assert {row.send_at.hour for row in rows if people[row.viewer] % 2 == 0} == {20}
    assert found.left_out.held_out == sum(row.arm == HELD_OUT for row in rows)
    assert 0 < found.left_out.held_out < 0.3 * len(rows)
    assert found.left_out.without_consent == 24
    assert found.targeted + sum(found.left_out.model_dump().values()) == 240
    assert found.card.auc > 0.75 > found.card.auc_of_activity  # type: ignore[operator]
    assert found.card.chosen_first_fifth > 0.3  # type: ignore[operator]
    assert found.card.hour_hit > found.card.hour_hit_of_crowd  # type: ignore[operator]
    truth = 0.6 * len(rows)
    assert found.expected_low < truth < found.expected_high  # type: ignore[operator]
    assert "too few to measure a return" in found.as_text()


def test_a_mail_merge_has_no_line_without_consent_address_or_under_the_cap(audience: Warehouse, tmp_path: Path) -> None:
    lines = ["viewer,address,name,unsubscribed"]
    lines += [f"viewer-{n},v{n}@example.org,=cmd|' /C calc'!A0,{'yes' if n % 8 == 0 else ''}" for n in range(0, 240, 2)]
    table = document(tmp_path, "\n".join(lines), "people.csv")
    sent = [f"viewer-{n},2026-05-0{day}" for n in (2, 4) for day in (1, 2)] + ["viewer-6,2026-05-01", "viewer-10,soon"]
    contacts = document(tmp_path, "viewer,sent_at\n" + "\n".join(sent), "sent.csv")
    copy = document(tmp_path, "variant,subject,text\na,@new,{because}Watch +it\n", "copy.csv")
    found = target_campaign(
        audience.events(), (table,), contacts, copy, None, title="The Lighthouse", properties="theme=sea", share=1.0,
        start="2026-05-04",
    )  # fmt: skip
    people = taste(audience)
    rows = list(csv.DictReader(io.StringIO(campaign_as_csv(found))))
    assert len(rows) == found.targeted
    numbers = {people[row["viewer"]] for row in rows}
    assert all(n % 2 == 0 and n % 8 and n % 10 != 9 for n in numbers)
    assert not numbers & {2, 4}
    assert found.left_out.written_to_lately == 2
    assert found.left_out.unsubscribed == 30
    assert found.left_out.without_address == 120 - 24
    assert all(row["address"] == f"v{people[row['viewer']]}@example.org" for row in rows)
    for row in rows:
        assert row["name"] == "'=cmd|' /C calc'!A0"
        assert row["subject"] == "'@new"
        assert row["text"].startswith(("You watched Film sea-", "Watch"))
    assert "1 lines of earlier messages" in found.as_text()
    # Whoever is added or withdraws after the plan: it is refused, not sent.
    table.file.path.write_text("viewer,address\n", encoding="utf-8")
    with pytest.raises(InputError, match="changed since the campaign was planned"):
        campaign_as_csv(found)


def test_after_an_erasure_the_old_lines_are_refused(tmp_path: Path) -> None:
    warehouse = made(tmp_path, 60)
    found = planned(warehouse, share=1.0)
    assert campaign_as_csv(found).count("\n") == found.targeted + 1
    erase_viewer(warehouse, "viewer-0")
    with pytest.raises(InputError, match="has changed"):
        campaign_as_csv(found)


def test_the_return_is_what_the_hold_out_lacks(tmp_path: Path) -> None:
    warehouse = made(tmp_path, 900)
    campaign = planned(warehouse, share=1.0, holdout=0.4, title="sea-new", worth=2.0, cost=0.1)
    assert campaign.plan is not None
    rng = np.random.default_rng(3)
    rows = []
    numbers = {pseudonym(warehouse, f"viewer-{number}"): f"viewer-{number}" for number in range(900)}
    plan = list(read_plan(campaign.plan.path))
    for one in plan:
        if rng.random() < (0.2 if one.arm == HELD_OUT else 0.5):
            at = one.send_at.replace(tzinfo=None) + timedelta(hours=int(rng.integers(1, 60)))
            rows += view(numbers[one.viewer], "sea-new", at)
    with pytest.raises(InputError, match="days after the last message end"):
        target_campaign(warehouse.events(), (), None, None, campaign)
    rows += view("viewer-1", "sea-0", datetime(2026, 6, 30))
    import_events(warehouse, [write_events(rows, tmp_path / "after.jsonl")])
    found = target_campaign(warehouse.events(), (), None, None, campaign, days=7, worth=2.0, cost=0.1)
    returned = found.returned
    assert returned is not None
    assert returned.valid
    assert returned.low < 0.3 < returned.high  # type: ignore[operator]
    assert returned.low > 0  # type: ignore[operator]
    assert returned.sent + returned.held_out == len(plan)
    assert returned.gain == pytest.approx(returned.incremental * 2.0 - 0.1 * returned.sent, abs=1e-3)  # type: ignore[operator]
    assert [one.verdict for one in returned.copies] == ["better than none"] * 2
    assert "viewers won" in found.as_text()


def test_what_cannot_be_planned_is_refused_in_a_sentence(audience: Warehouse, fill: Fill) -> None:
    with pytest.raises(InputError, match="No title is named"):
        planned(audience, title="")
    with pytest.raises(InputError, match="known to be like"):
        planned(audience, properties="theme=submarines")
    with pytest.raises(InputError, match="Nobody has watched 'x'"):
        planned(audience, like=("x",))
    with pytest.raises(InputError, match="This is no day"):
        planned(audience, start="soon")
    with pytest.raises(InputError, match="No hour lies between"):
        planned(audience, earliest=20, latest=9)
    with pytest.raises(ModelError, match="names no writer"):
        planned(audience, writer="me")
    with pytest.raises(InputError, match="No viewer who agreed"):
        planned(fill(played("ann", (0, 50))))


def test_who_watched_nothing_far_enough_is_counted_among_the_less_likely(fill: Fill) -> None:
    rows = [row for n in range(10) for row in view(f"v{n}", "sea-0", datetime(2026, 3, 2), 90.0 if n < 4 else 5.0)]
    found = planned(fill(rows), like=("sea-0",), holdout=0.0, share=0.5)
    assert (found.targeted, found.left_out.less_likely) == (2, 8)


def test_one_viewer_gets_an_order_and_no_number(fill: Fill) -> None:
    warehouse = fill(view("ann", "sea-0", datetime(2026, 3, 2)))
    found = planned(warehouse, like=("sea-0",), holdout=0.0)
    assert (found.targeted, found.expected) == (1, None)
    text = found.as_text()
    assert "no number is foretold" in text
    assert "Nobody is held out" in text
    assert "nan" not in text.lower()


def test_named_titles_that_it_is_like_do_what_a_theme_does(audience: Warehouse) -> None:
    found = planned(audience, properties="", like=tuple(title for title in TITLES if title.startswith("city"))[:3])
    people = taste(audience)
    assert found.plan is not None
    assert np.mean([people[row.viewer] % 2 for row in read_plan(found.plan.path)]) > 0.9
    assert {row.send_at.hour for row in read_plan(found.plan.path)} <= {9, 20}


def test_a_wording_claims_nothing_that_was_not_given(tmp_path: Path) -> None:
    facts = Facts(name="The Lighthouse", about="A keeper hides a letter.", properties=("theme sea",))
    assert unfounded("The Lighthouse: a keeper and the sea.", facts) == []
    assert unfounded("Watch it free, the best of 2026 with Tom Hanks", facts) == [
        "free",
        "best",
        "2026",
        "Tom",
        "Hanks",
    ]
    run = Run(scratch=tmp_path)
    with running(run):
        copies = write_copy(facts, 4, "templates", "en", 0)
    assert run.weak == ["Wordings are filled templates; name a text model with --writer, or give your own."]
    assert len({one.text for one in copies}) == 4
    assert all(not unfounded(one.text.replace("{because}", ""), facts) for one in copies)


class Stub:
    """A text model that says what it is told to."""

    name, revision, repeatable = "http://localhost/v1#stub", "", True

    def __init__(self, *variants: dict[str, str]) -> None:
        self.variants = list(variants)

    def answer(self, messages: object, schema: object, **more: object) -> Answer:
        return Answer(json.dumps({"variants": self.variants}))

    def without_secrets(self, text: str) -> str:
        return text

    def report(self) -> None: ...


def test_a_model_writes_and_what_it_makes_up_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = Facts(name="The Lighthouse", about="A keeper hides a letter.")
    good = {"subject": "The Lighthouse is lit", "text": "{because}A keeper hides a letter. Come and see."}
    bad = {"subject": "Best film of the year", "text": "Critics gave it 5 stars, with Tom Hanks."}
    monkeypatch.setattr("rushlight.audience.planning.wording.load_text_model", lambda setting: Stub(good, bad))
    run = Run(scratch=tmp_path)
    with running(run):
        (only,) = write_copy(facts, 2, "http://localhost/v1#stub", "en", 0)
    assert (only.subject, only.author) == ("The Lighthouse is lit", "http://localhost/v1#stub")
    assert "claimed what is not known" in run.weak[0]
    monkeypatch.setattr("rushlight.audience.planning.wording.load_text_model", lambda setting: Stub(bad))
    with running(Run(scratch=tmp_path)):
        assert {one.author for one in write_copy(facts, 2, "http://localhost/v1#stub", "en", 0)} == {"template"}


def test_of_millions_of_views_some_viewers_stand_for_all(audience: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_engine() as engine:
        whole, _ = read_sittings(audience, engine)
        monkeypatch.setattr("rushlight.audience.planning.sending._MOST_VIEWS", 600)
        some, _ = read_sittings(audience, engine)
    assert 0 < len(some) < 0.7 * len(whole)
    assert all(some[viewer] == whole[viewer] for viewer in some)


def test_a_sentence_on_what_was_watched_comes_or_leaves_no_hole() -> None:
    copy = CopyVariant(name="a", subject="s", text="{because}Now there is more.", author="template")
    assert filled(copy, "Film 1")[1] == "You watched Film 1. Now there is more."
    assert filled(copy, "")[1] == "Now there is more."


def test_hours_are_drawn_to_the_crowd_and_kept_in_bounds() -> None:
    crowd = {f"v{n}": [Sitting(20, 4, "email")] * 6 for n in range(30)} | {"early": [Sitting(7, 1, "push")] * 12}
    habits, _ = habits_of(crowd, {"early": "Europe/Berlin"}, ["early", "new"])
    day = datetime(2026, 3, 28).date()
    assert send_at(habits["early"], day, 7, 6, 22).hour == 7
    assert send_at(habits["early"], day, 7, 9, 22).hour == 9 or send_at(habits["early"], day, 7, 9, 22).hour == 20
    new = send_at(habits["new"], day, 7, 6, 22)
    assert (new.hour, new.weekday()) == (20, 4)
    # Summer time begins on the 29th.
    assert send_at(habits["early"], datetime(2026, 3, 31).date(), 1, 6, 22).utcoffset() == timedelta(hours=2)


def test_area_under_curve() -> None:
    assert area_under_curve(np.array([1.0, 2, 3, 4]), np.array([0, 0, 1, 1])) == 1.0
    assert area_under_curve(np.array([1.0, 1, 1]), np.array([0, 1, 0])) == 0.5
    assert area_under_curve(np.array([1.0, 2]), np.array([0, 0])) == 0.5
