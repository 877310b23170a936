"""Residuals from what the curves expect: mean squares of items and of persons (Wright & Masters 1982)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from psychometrics import irt
from psychometrics.errors import WrongShape
from psychometrics.estimation.abilities import Progress
from psychometrics.estimation.answered import answered
from psychometrics.responses import Flags, Floats, Indices, Responses

CERTAIN = 1e-12
"""A variance below this counts as this: the score was certain, and dividing by nothing says nothing."""


@dataclass(frozen=True)
class MeanSquares:
    """Of items, (items,), or of persons, (persons,): expected 1, above it noise, below it too regular.

    `outfit` is the mean of squared standardised residuals, `infit` the same weighted by information; `outfit_z` and
    `infit_z` are about standard normal when the curves hold. `answers` counts what they rest on; NaN for none, the
    standardised ones also where the mean square cannot vary. Customarily 0.7 to 1.3 is well.
    """

    outfit: Floats
    infit: Floats
    outfit_z: Floats
    infit_z: Floats
    answers: Indices


def mean_squares(
    responses: Responses, items: irt.Items, theta: ArrayLike, *, progress: Progress | None = None
) -> tuple[MeanSquares, MeanSquares]:
    """Outfit and infit of items, then of persons, given everybody's ability `theta` (persons,).

    With E, W and C the expectation, variance and fourth central moment of a score, z² = (x - E)²/W: outfit Σz²/n,
    its variance Σ(C/W²)/n² - 1/n; infit Σ(x - E)²/ΣW, its variance Σ(C - W²)/(ΣW)². Standardised by Wilson & Hilferty
    (1931): (m^⅓ - 1)(3/q) + q/3, q the standard deviation. Persons whose ability is not finite are left out and NaN.
    Raises WrongShape, and what `answered` raises. Source: Wright & Masters (1982).
    """
    beside = answered(responses, items)
    ability = np.asarray(theta, dtype=np.float64)
    if ability.shape != (responses.n_persons,):
        raise WrongShape(f"{ability.size} abilities for {responses.n_persons} persons")
    # Answers, Σz², Σ(x-E)², ΣW, ΣC/W², Σ(C-W²).
    by_item, by_person = np.zeros((6, beside.items.n)), np.zeros((6, responses.n_persons))
    for rows in beside.chunks():
        scores = responses.scores[rows].astype(np.float64)
        parts = _parts(beside.items, scores, responses.is_present[rows], ability[rows])
        by_item += parts.sum(axis=1)
        by_person[:, rows] = parts.sum(axis=2)
        if progress is not None:
            progress(rows.stop, responses.n_persons)
    return _standardised(by_item), _standardised(by_person)


def residuals(items: irt.Items, scores: Floats, theta: Floats) -> tuple[Floats, Floats, Floats]:
    """x - E (NaN where missing), W and C (at least CERTAIN) of every score at each ability, (persons, items)."""
    chance = irt.probabilities(items, theta)
    values = np.arange(chance.shape[2])
    mean = chance @ values
    away = values - mean[:, :, None]
    spread, fourth = (chance * away**2).sum(axis=2), (chance * away**4).sum(axis=2)
    return scores - mean, np.maximum(spread, CERTAIN), np.maximum(fourth, CERTAIN)


def _parts(items: irt.Items, scores: Floats, present: Flags, theta: Floats) -> Floats:
    known = np.isfinite(theta)
    found = np.zeros((6, *scores.shape))
    away, spread, fourth = residuals(items, scores[known], theta[known])
    square = away**2
    parts = np.stack([np.ones_like(spread), square / spread, square, spread, fourth / spread**2, fourth - spread**2])
    found[:, known] = np.where(present[known], parts, 0.0)
    return found


def _standardised(sums: Floats) -> MeanSquares:
    count, squares, raw, spread, kurtosis, excess = sums
    with np.errstate(divide="ignore", invalid="ignore"):
        outfit, infit = squares / count, raw / spread
        out_sd = np.sqrt(np.maximum(kurtosis / count**2 - 1 / count, 0))
        in_sd = np.sqrt(np.maximum(excess, 0)) / spread
        return MeanSquares(outfit, infit, _cube(outfit, out_sd), _cube(infit, in_sd), count.astype(np.intp))


def _cube(mean_square: Floats, sd: Floats) -> Floats:
    return np.where(sd > 1e-9, (np.cbrt(mean_square) - 1) * (3 / sd) + sd / 3, np.nan)
