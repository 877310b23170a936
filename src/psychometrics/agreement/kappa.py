"""Kappa: how far two raters' categories agree beyond chance, near misses weighing less than far ones (Cohen 1968)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from psychometrics.errors import TooFew, WrongShape, WrongValue
from psychometrics.responses import BLANKS, Floats


class Weights(StrEnum):
    """How much a disagreement of d categories weighs: the same whatever d, d, or d²."""

    NONE = "none"
    LINEAR = "linear"
    QUADRATIC = "quadratic"


@dataclass(frozen=True, slots=True)
class Kappa:
    """Agreement beyond chance, in [-1, 1] or NaN when chance leaves no disagreement to expect.

    `observed` and `expected` are the weighted shares of agreement, in [0, 1]; `error` is the standard error of the
    estimate, `low` and `high` its normal interval; `null_error` the error if there were no agreement beyond chance,
    `p` the one-sided chance of so much agreement then. `n` were rated by both, `n_left_out` by one only.
    """

    estimate: float
    error: float
    low: float
    high: float
    observed: float
    expected: float
    null_error: float
    p: float
    n: int
    n_left_out: int


def cross_table(first: Sequence[str], second: Sequence[str], categories: Sequence[str]) -> tuple[Floats, int]:
    """How often each pair of categories was given, (categories, categories), and how many lack a rating.

    A blank is missing. Raises WrongShape (raters of different length), WrongValue (a category unheard of or twice).
    """
    if len(first) != len(second):
        raise WrongShape(f"{len(first)} ratings against {len(second)}")
    if len(set(categories)) != len(categories):
        raise WrongValue("a category is named twice")
    places = {label: place for place, label in enumerate(categories)}
    pairs = [(one, other) for one, other in zip(first, second, strict=True) if not BLANKS & {one, other}]
    if unknown := sorted({label for pair in pairs for label in pair} - places.keys()):
        raise WrongValue(f"no category is called {unknown[0]!r}; there are: {', '.join(categories)}")
    counts = np.zeros((len(categories), len(categories)))
    for one, other in pairs:
        counts[places[one], places[other]] += 1
    return counts, len(first) - len(pairs)


def kappa(
    first: Sequence[str],
    second: Sequence[str],
    *,
    categories: Sequence[str],
    weights: Weights | ArrayLike = Weights.QUADRATIC,
    confidence: float = 0.95,
) -> Kappa:
    """Weighted kappa of two raters: a category each for the same targets; `categories` in their order.

    See `kappa_of_table` for the formula and for what is raised.
    """
    counts, left_out = cross_table(first, second, categories)
    return kappa_of_table(counts, weights=weights, confidence=confidence, left_out=left_out)


def kappa_of_table(
    counts: ArrayLike,
    *,
    weights: Weights | ArrayLike = Weights.QUADRATIC,
    confidence: float = 0.95,
    left_out: int = 0,
) -> Kappa:
    """Weighted kappa of a table of counts, (categories of one rater, categories of the other).

    κ = 1 - Σ v p / Σ v e with the shares p, those by chance e (products of the margins) and disagreement weights v:
    of `Weights`, or (categories, categories) of your own, at least 0 and 0 on the diagonal. The errors are those of
    Fleiss, Cohen & Everitt (1969), good for some 3 k² targets of k categories and up.

    Raises WrongShape, WrongValue (a negative count or weight, confidence outside (0, 1)), TooFew (two
    categories, two targets).
    Source: Cohen (1960, 1968).
    """
    table = np.asarray(counts, dtype=np.float64)
    if table.ndim != 2 or table.shape[0] != table.shape[1]:
        raise WrongShape("a table of agreement is square")
    if not (np.isfinite(table).all() and (table >= 0).all()):
        raise WrongValue("a count is 0 or more")
    if not 0 < confidence < 1:
        raise WrongValue(f"confidence lies between 0 and 1, not at {confidence}")
    n = float(table.sum())
    if len(table) < 2 or n < 2:
        raise TooFew("kappa needs two categories and two targets")
    credit = _credit(weights, len(table))
    share, rows, columns = table / n, table.sum(axis=1) / n, table.sum(axis=0) / n
    chance = np.outer(rows, columns)
    observed, expected = float((credit * share).sum()), float((credit * chance).sum())
    if 1 - expected < 1e-12:
        nan = float("nan")
        return Kappa(nan, nan, nan, nan, observed, expected, nan, nan, round(n), left_out)
    estimate = (observed - expected) / (1 - expected)
    margins = (credit @ columns)[:, None] + rows @ credit
    spread = (share * (credit - margins * (1 - estimate)) ** 2).sum() - (estimate - expected * (1 - estimate)) ** 2
    null_spread = (chance * (credit - margins) ** 2).sum() - expected**2
    error, null_error = (float(np.sqrt(max(each, 0.0) / n)) / (1 - expected) for each in (spread, null_spread))
    away = float(stats.norm.isf((1 - confidence) / 2)) * error
    p = float(stats.norm.sf(estimate / null_error)) if null_error > 0 else float("nan")
    low, high = max(estimate - away, -1.0), min(estimate + away, 1.0)
    return Kappa(estimate, error, low, high, observed, expected, null_error, p, round(n), left_out)


def _credit(weights: Weights | ArrayLike, count: int) -> Floats:
    """Agreement weights in [0, 1], 1 on the diagonal: 1 - v / the largest v."""
    apart = np.abs(np.subtract.outer(np.arange(count), np.arange(count))).astype(np.float64)
    if isinstance(weights, Weights):
        v = {Weights.NONE: np.minimum(apart, 1), Weights.LINEAR: apart, Weights.QUADRATIC: apart**2}[weights]
    else:
        v = np.asarray(weights, dtype=np.float64)
        if v.shape != (count, count):
            raise WrongShape(f"weights of shape {v.shape} for {count} categories")
        if not (np.isfinite(v).all() and (v >= 0).all() and (v.diagonal() == 0).all() and v.any()):
            raise WrongValue("disagreement weighs 0 or more, agreement 0, and something weighs")
    return np.asarray(1 - v / v.max())
