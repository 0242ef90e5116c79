"""Panels for every shot."""

from __future__ import annotations

import json

from rushlight.create.draw_storyboard import draw_storyboard

from .screenplays import performed


def test_panels_have_no_gaps_and_show_every_shot() -> None:
    staging, _, narration = performed("the_last_ferry")
    board = draw_storyboard(staging, narration, disclosure="Made with AI")
    assert board.panels[0].start == 0
    assert board.panels[-1].end == board.duration == narration.duration
    for one, other in zip(board.panels, board.panels[1:], strict=False):
        assert one.end == other.start
    assert [panel.beat_id for panel in board.panels[1:-1]] == [shot.id for shot in staging.shots]
    assert board.panels[-1].graphic
    assert board.panels[-1].graphic["disclosure"] == "Made with AI"


def test_a_character_looks_the_same_in_every_panel_and_unlike_the_others() -> None:
    staging, _, narration = performed("the_last_ferry")
    looks: dict[str, set[str]] = {}
    for panel in draw_storyboard(staging, narration).panels:
        for figure in (panel.graphic or {}).get("figures", []):
            looks.setdefault(figure["name"], set()).add(json.dumps(figure["look"], sort_keys=True))
    assert all(len(found) == 1 for found in looks.values())
    assert len({next(iter(found)) for found in looks.values()}) == 3
    assert '"coat": "#b8393a"' in next(iter(looks["MARA"])), "the red coat of the screenplay"


def test_mouths_move_while_their_words_are_heard() -> None:
    staging, _, narration = performed("night_shift")
    board = draw_storyboard(staging, narration)
    line = narration.lines[0]
    panel = next(panel for panel in board.panels if panel.beat_id == line.beat_id)
    assert panel.graphic
    words = panel.graphic["speech"]
    assert [word["name"] for word in words] == ["ADA"] * len(line.words)
    assert abs(words[0]["from"] - float(line.words[0].start - panel.start)) < 0.002
