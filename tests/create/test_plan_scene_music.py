"""Music from the moods of scenes."""

from __future__ import annotations

from rushlight.create.plan_scene_music import plan_scene_music

from .screenplays import performed


def test_the_plan_covers_the_film_and_follows_the_scenes() -> None:
    staging, _, narration = performed("the_last_ferry")
    plan = plan_scene_music(staging, narration)
    assert plan.sections[0].start == 0
    assert plan.sections[-1].end == plan.duration == narration.duration
    for one, other in zip(plan.sections, plan.sections[1:], strict=False):
        assert one.end == other.start
    assert max(section.arousal for section in plan.sections) > plan.sections[0].arousal + 0.2
