"""Experiments that may be looked at any time: confidence sequences, sample ratio, power, variance reduction.

Reference:
    Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas 2021, "Time-uniform central limit theory and asymptotic confidence
    sequences"; Deng, Xu, Kohavi, Walker 2013, "Improving the sensitivity of online controlled experiments by utilizing
    pre-experiment data" (CUPED); Fabijan et al. 2019, "Diagnosing sample ratio mismatch".
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.stats import chi2, norm

__all__ = ["ArmSums", "Difference", "assign", "difference", "mixture_rho", "needed", "sample_ratio_p"]


@dataclass(frozen=True)
class ArmSums:
    """What is known of one arm, in sums, so that it can be counted anywhere.

    Attributes:
        count: units.
        y: sum of the outcome; `yy` of its square.
        x: sum of the covariate known before the experiment; `xx` of its square, `xy` of its product with the outcome.
    """

    count: int
    y: float
    yy: float
    x: float = 0.0
    xx: float = 0.0
    xy: float = 0.0

    @property
    def mean(self) -> float:
        """Mean of the outcome."""
        return self.y / self.count if self.count else 0.0

    def variance(self, theta: float = 0.0) -> float:
        """Variance of the outcome less `theta` times the covariate."""
        if self.count < 2:
            return 0.0

        def covered(first: float, second: float, product: float) -> float:
            return (product - first * second / self.count) / (self.count - 1)

        own = covered(self.y, self.y, self.yy)
        return max(
            own - 2 * theta * covered(self.x, self.y, self.xy) + theta**2 * covered(self.x, self.x, self.xx), 0.0
        )


@dataclass(frozen=True)
class Difference:
    """Treatment less control.

    Attributes:
        estimate: difference of means, CUPED-adjusted where there is a covariate.
        low: lower bound that holds at every look; `high` the upper.
        p: smallest level at which this look would have excluded no difference; valid at any time.
        reduction: share of variance that the covariate took away.
    """

    estimate: float
    low: float
    high: float
    p: float
    reduction: float


def mixture_rho(best_at: int, alpha: float) -> float:
    """The parameter ρ that makes the sequence tightest at a number of units (eq. 9 of the reference)."""
    inner = -2 * math.log(alpha)
    return math.sqrt((inner + math.log(inner + 1)) / max(best_at, 1))


def difference(treated: ArmSums, control: ArmSums, *, alpha: float, best_at: int) -> Difference:
    """The difference of two arms with a confidence sequence that covers it at all looks together.

    Args:
        treated: the arm of interest.
        control: what it is compared with.
        alpha: probability that the sequence ever misses.
        best_at: number of units of both arms at which it should be tightest.

    Returns:
        The difference; bounds are infinite while an arm has fewer than two units.
    """
    theta, reduction = _cuped(treated, control)
    estimate = treated.mean - control.mean
    if theta:
        estimate -= theta * (treated.x / treated.count - control.x / control.count)
    count = treated.count + control.count
    if min(treated.count, control.count) < 2:
        return Difference(estimate, -math.inf, math.inf, 1.0, 0.0)
    # Variance of one unit's share of the estimate, as if all were alike.
    spread = count * (treated.variance(theta) / treated.count + control.variance(theta) / control.count)
    rho = mixture_rho(best_at, alpha)
    grown = count * rho * rho + 1
    reach = math.sqrt(2 * spread * grown / (count * count * rho * rho) * math.log(math.sqrt(grown) / alpha))
    if spread == 0:
        return Difference(estimate, estimate, estimate, 1.0 if estimate == 0 else 0.0, reduction)
    exponent = estimate * estimate * count * count * rho * rho / (2 * spread * grown)
    p = min(1.0, math.exp(min(0.5 * math.log(grown) - exponent, 0.0)))
    return Difference(estimate, estimate - reach, estimate + reach, p, reduction)


def _cuped(treated: ArmSums, control: ArmSums) -> tuple[float, float]:
    """The coefficient of the covariate, pooled over arms, and the share of variance it takes away."""
    cross = spread = own = 0.0
    for arm in (treated, control):
        if arm.count:
            cross += arm.xy - arm.x * arm.y / arm.count
            spread += arm.xx - arm.x * arm.x / arm.count
            own += arm.yy - arm.y * arm.y / arm.count
    if spread <= 0 or own <= 0:
        return 0.0, 0.0
    return cross / spread, cross * cross / (spread * own)


def sample_ratio_p(counts: list[int], planned: list[float]) -> float:
    """Probability of counts at least this far from the planned ratio, by Pearson's χ² test."""
    total, weight = sum(counts), sum(planned)
    if not total or len(counts) < 2:
        return 1.0
    expected = [total * share / weight for share in planned]
    statistic = sum((count - wanted) ** 2 / wanted for count, wanted in zip(counts, expected, strict=True))
    return float(chi2.sf(statistic, len(counts) - 1))


def needed(effect: float, deviation: float, *, alpha: float, power: float) -> int:
    """Units in both arms together at which the sequence excludes no difference with this probability.

    Args:
        effect: the difference that is to be found.
        deviation: standard deviation of the outcome, the same in both arms.
        alpha: level of the sequence.
        power: probability of finding it by then.
    """
    if effect == 0 or deviation <= 0:
        return 0
    count = 4
    for _ in range(60):
        rho = mixture_rho(count, alpha)
        grown = count * rho * rho + 1
        error = 2 * deviation / math.sqrt(count)
        reach = math.sqrt(
            2 * 4 * deviation**2 * grown / (count * count * rho * rho) * math.log(math.sqrt(grown) / alpha)
        )
        if norm.sf((reach - abs(effect)) / error) >= power:
            return math.ceil(count)
        count = math.ceil(count * 1.25)
    return count


def assign(experiment_id: str, viewer: str, variants: list[str], weights: list[float] | None = None) -> str:
    """The variant of a viewer: always the same, without a table, and independent from one experiment to the next."""
    from hashlib import sha256

    weights = weights or [1.0] * len(variants)
    place = int.from_bytes(sha256(f"{experiment_id}\x1f{viewer}".encode()).digest()[:8]) / 2**64 * sum(weights)
    for variant, weight in zip(variants, weights, strict=True):
        if place < weight:
            return variant
        place -= weight
    return variants[-1]
