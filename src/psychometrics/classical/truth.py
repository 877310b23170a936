"""The distribution of true scores, from the moments of observed ones: a beta on part of [0, 1]."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.stats import beta

from psychometrics.errors import WrongValue
from psychometrics.responses import Floats

NODES = 400
"""Points of quadrature between two cuts."""
ROUNDING = 1e-9
"""What two proportions may differ by and be the same."""


@dataclass(frozen=True, slots=True)
class TrueScores:
    """True proportions τ with density ∝ (τ - lower)^(first-1) (upper - τ)^(second-1), 0 ≤ lower < upper ≤ 1.

    `moments` tells how many moments of the observed scores it keeps: 4, or fewer where four belong to no such density.
    """

    first: float
    second: float
    lower: float
    upper: float
    moments: int

    @property
    def mean(self) -> float:
        """The mean true proportion."""
        return self.lower + (self.upper - self.lower) * self.first / (self.first + self.second)

    @property
    def sd(self) -> float:
        """The standard deviation of true proportions."""
        return (self.upper - self.lower) * float(beta.std(self.first, self.second))

    def between(self, cuts: Sequence[float]) -> list[tuple[Floats, Floats]]:
        """True proportions (q,) and their weights (q,) in each class that the cuts make; all weights sum to 1.

        Gauss-Legendre over cumulative probability in each class, denser towards both ends.
        """
        inner = np.clip((np.asarray(cuts, dtype=np.float64) - self.lower) / (self.upper - self.lower), 0, 1)
        ends = np.concatenate([[0.0], beta.cdf(inner, self.first, self.second), [1.0]])
        nodes, weights = np.polynomial.legendre.leggauss(NODES)
        even = (nodes + 1) / 2
        dense, slope = even**3 * (10 - 15 * even + 6 * even**2), 30 * (even * (1 - even)) ** 2
        found = []
        for low, high in pairwise(ends):
            plain = beta.ppf(low + (high - low) * dense, self.first, self.second)
            found.append((self.lower + (self.upper - self.lower) * plain, (high - low) * slope * weights / 2))
        return found


def fitted(moments: Sequence[float]) -> TrueScores:
    """The true scores with these raw moments E τ, E τ², …: two to four of them.

    Four moments when a beta within [0, 1] has them; else three, with one end at 0 or 1, whichever comes nearer to the
    fourth; else two on [0, 1]. Raises WrongValue when the true scores have no variance or leave [0, 1] altogether.
    Sources: Lord (1965); Hanson (1991).
    """
    raw = np.asarray(moments, dtype=np.float64)
    mean, variance = raw[0], raw[1] - raw[0] ** 2
    if not (0 < mean < 1 and 0 < variance < mean * (1 - mean)):
        raise WrongValue(f"true scores of mean {mean:.4g} and variance {variance:.4g} are no proportions")
    if raw.size >= 4 and (four := _four(raw)):
        return four
    if raw.size >= 3 and (found := [each for each in (_from_nought(raw), _to_one(raw)) if each]):
        return min(found, key=lambda each: _misses(each, raw))
    size = mean * (1 - mean) / variance - 1
    return TrueScores(float(mean * size), float((1 - mean) * size), 0.0, 1.0, 2)


def _four(raw: Floats) -> TrueScores | None:
    """All four moments, by the closed form in mean, variance, skewness and kurtosis."""
    mean, sd = raw[0], np.sqrt(raw[1] - raw[0] ** 2)
    skew = (raw[2] - 3 * mean * raw[1] + 2 * mean**3) / sd**3
    excess = (raw[3] - 4 * mean * raw[2] + 6 * mean**2 * raw[1] - 3 * mean**4) / sd**4 - 3
    if not skew**2 - 2 < excess < 1.5 * skew**2:
        return None
    size = 3 * (excess - skew**2 + 2) / (1.5 * skew**2 - excess)
    turned = (size + 2) ** 2 * skew**2
    lean = np.sqrt(turned / (turned + 16 * (size + 1)))
    first = size / 2 * (1 - np.copysign(lean, skew))
    width = sd / 2 * np.sqrt(turned + 16 * (size + 1))
    return _within(first, size - first, mean - width * first / size, mean + width * (1 - first / size), 4)


def _from_nought(raw: Floats) -> TrueScores | None:
    """Three moments from 0 to an upper end: E τ = uα/s, E τ²/E τ = u(α+1)/(s+1), E τ³/E τ² = u(α+2)/(s+2)."""
    first, second, third = raw[0], raw[1] / raw[0], raw[2] / raw[1]
    if not (lean := 2 * second - first - third) > 0:
        return None
    size = 2 * (third - second) / lean
    upper = second + (second - first) * size
    shape = first * size / upper
    return _within(shape, size - shape, 0.0, upper, 3)


def _to_one(raw: Floats) -> TrueScores | None:
    """Three moments from a lower end to 1: the mirror image."""
    one, two, three = raw[0], raw[1], raw[2]
    found = _from_nought(np.array([1 - one, 1 - 2 * one + two, 1 - 3 * one + 3 * two - three]))
    return found and TrueScores(found.second, found.first, 1 - found.upper, 1.0, 3)


def _within(first: float, second: float, lower: float, upper: float, moments: int) -> TrueScores | None:
    if not (first > 0 and second > 0 and lower >= -ROUNDING and upper <= 1 + ROUNDING):
        return None
    return TrueScores(float(first), float(second), max(float(lower), 0.0), min(float(upper), 1.0), moments)


def _misses(found: TrueScores, raw: Floats) -> float:
    """How far the fourth moment is off; 0 when there is none."""
    if raw.size < 4:
        return 0.0
    nodes, weights = found.between([])[0]
    return abs(float(weights @ nodes**4) - float(raw[3]))
