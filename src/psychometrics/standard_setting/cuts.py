"""Cuts: a score and how sure of it one is, and what ability it stands for on a scale of items."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats
from scipy.optimize import brentq

from psychometrics import irt
from psychometrics.errors import TooFew, WrongValue
from psychometrics.responses import Floats

REACH = 20.0
"""Abilities from -REACH to REACH are searched."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A cut with its standard error and the ends of its interval, in the unit of what was cut; NaN where unknown."""

    cut: float
    error: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class AbilityCut:
    """The ability θ at which a number of points is expected, and its standard error."""

    theta: float
    error: float


def mean_cut(values: Floats, confidence: float) -> Cut:
    """The mean of independent judges' cuts, SD / √judges, and Student's interval. Raises TooFew, WrongValue."""
    if values.size < 2:
        raise TooFew(f"{values.size} judges do not tell how sure they are: two or more are needed")
    mean, error = float(values.mean()), float(values.std(ddof=1) / np.sqrt(values.size))
    return by_student(mean, error, values.size - 1, confidence)


def by_student(cut: float, error: float, df: float, confidence: float) -> Cut:
    """A cut with Student's interval on `df` degrees of freedom. Raises WrongValue for confidence outside (0, 1)."""
    away = float(stats.t.isf(tail(confidence), df)) * error
    return Cut(cut, error, cut - away, cut + away)


def tail(confidence: float) -> float:
    """Half of what an interval leaves out. Raises WrongValue for confidence outside (0, 1)."""
    if not 0 < confidence < 1:
        raise WrongValue(f"confidence lies between 0 and 1, not at {confidence}")
    return (1 - confidence) / 2


def ability_at(items: irt.Items, points: float, error: float = 0.0) -> AbilityCut:
    """The θ at which `points` are expected on these items: Σ E(score | θ) = points, with error / slope there.

    Raises WrongValue for points that no ability from -20 to 20 expects (guessing gives more, all items give less).
    Source: Lord (1980), true-score transformation.
    """
    low, high = irt.expected(items, [-REACH, REACH]).sum(axis=1)
    if not low < points < high:
        raise WrongValue(
            f"{points:g} points lie outside of what these items expect of anybody, {low:.3f} to {high:.3f}"
        )
    theta = float(brentq(lambda at: irt.expected(items, [at]).sum() - points, -REACH, REACH, xtol=1e-10))
    slope = float((irt.slopes(items, [theta])[0] @ np.arange(items.b.shape[1] + 1)).sum())
    return AbilityCut(theta, error / slope)
