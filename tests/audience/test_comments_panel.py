from __future__ import annotations

from rushlight.audience.report.comments_panel import comments_panel
from rushlight.audience.report.panels import Context
from rushlight.audience.report.trends_panel import trends_panel
from tests.audience.conftest import Fill
from tests.audience.test_read_comments import HOSTILE
from tests.audience.viewing import event


def test_comments_are_shown_with_themes_quotes_and_along_the_film(fill: Fill) -> None:
    texts = [
        "the ending at 0:40 is sick",
        "0:50 the music is wonderful",
        "awful plot",
        HOSTILE,
        "0:10 boring",
        "0:12 love it",
    ]
    rows = [event(n, "comment", n, 3.0 * n, viewer=f"v{n}", text=text) for n, text in enumerate(texts * 2)]
    warehouse = fill(rows)
    context = Context(warehouse.events(), warehouse, least_viewers=5)
    panel = comments_panel(context)
    assert panel is not None
    page = str(panel.body)
    assert "<q>the ending at 0:40 is sick</q>" in page
    assert "alert(1)" in page
    assert "<script>" not in page
    assert page.count("<svg") == 2
    assert "nan" not in page.lower()
    assert trends_panel(context) is None


def test_few_people_are_not_shown(fill: Fill) -> None:
    warehouse = fill([event(n, "comment", n, 1.0, viewer="ann", text="great ending") for n in range(20)])
    assert comments_panel(Context(warehouse.events(), warehouse)) is None


def test_a_rise_is_drawn(fill: Fill) -> None:
    rows = []
    for day in range(45):
        for n in range(12 if day > 37 else 2):
            second = 86_400.0 * day + 977 * n
            key = f"{day}-{n}"
            rows.append(
                event(key, "comment", second, None, viewer=f"v{key}", text=f"#harbour light on day {day * 31 + n}")
            )
    warehouse = fill(rows)
    panel = trends_panel(Context(warehouse.events(), warehouse, least_viewers=5))
    assert panel is not None
    assert "#harbour" in str(panel.body)
    assert 'class="rise"' in str(panel.body)
    assert any("no earlier year" in note for note in panel.notes)
