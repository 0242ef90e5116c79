from __future__ import annotations

import numpy as np
import pytest

from rushlight.audience.warehouse.publishing import private_counts, publish_retention
from rushlight.core.errors import InputError, LimitError
from tests.audience.conftest import Fill
from tests.audience.viewing import played


def test_counts_are_off_by_what_the_noise_should_be() -> None:
    found = np.array(private_counts([5000] * 2000, 100, 1.0)) - 5000
    assert abs(found).mean() == pytest.approx(100, rel=0.15)
    assert abs(found.mean()) < 15
    assert private_counts([5000] * 20, 100, 1.0) != private_counts([5000] * 20, 100, 1.0)


def test_the_curve_is_near_the_truth_and_says_how_near(fill: Fill) -> None:
    rows = [row for n in range(400) for row in played(f"v{n}", (0, 20 + n % 80))]
    rows += played("v0", (0, 100), view="again", begin=900.0)
    warehouse = fill(rows)
    found = publish_retention(warehouse, "harbour", epsilon=8, points=10, budget=10)
    truth = [sum(20 + n % 80 > 10 * point + 5 for n in range(400)) / 400 for point in range(10)]
    assert np.mean(np.abs(np.array(found.watching) - truth)) < 4 * found.error
    assert abs(found.viewers - 400) < 30
    assert all(0 <= share <= 1 for share in found.watching)
    assert found.at_seconds[0] == 5.0


def test_the_budget_is_spent_and_then_over(fill: Fill) -> None:
    warehouse = fill([row for n in range(20) for row in played(f"v{n}", (0, 50))])
    assert publish_retention(warehouse, "harbour", epsilon=1.5, budget=3).spent == 1.5
    assert publish_retention(warehouse, "harbour", epsilon=1.5, budget=3).spent == 3.0
    with pytest.raises(LimitError, match="have cost ε = 3 of 3"):
        publish_retention(warehouse, "harbour", epsilon=0.1, budget=3)


@pytest.mark.parametrize(("title", "epsilon", "says"), [("other", 1.0, "No view"), ("harbour", 0.0, "ε is between")])
def test_what_cannot_be_published(fill: Fill, title: str, epsilon: float, says: str) -> None:
    with pytest.raises(InputError, match=says):
        publish_retention(fill(played("ann", (0, 50))), title, epsilon=epsilon)
