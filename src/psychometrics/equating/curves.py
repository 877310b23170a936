"""Equating by curves: two forms whose items are on one scale need nobody who sat both (Lord 1980)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from psychometrics import irt, sumscores
from psychometrics.equating.distributions import equipercentile
from psychometrics.equating.methods import Equating, unknown
from psychometrics.errors import TooFew, WrongValue

STANDARD = irt.normal_quadrature()


def true_score(new: irt.Items, old: irt.Items, *, new_points: ArrayLike = 1, old_points: ArrayLike = 1) -> Equating:
    """The old form's expected sum at the ability whose expected sum on the new form is x.

    Where no ability has it, at or below the sum of asymptotes, x · Σc_old / Σc_new (Kolen 1981); 0 is worth 0 and the
    most the most. Items must be on one scale already; `new_points` and `old_points` as in `sumscores.units`.
    Source: Lord (1980); Kolen & Brennan (2014), ch. 6.
    """
    most, most_old = _most(new, new_points), _most(old, old_points)
    scores = np.arange(most + 1, dtype=np.float64)
    theta = sumscores.ability_at(new, scores, new_points)
    lowest, old_lowest = (
        float(each.c @ sumscores.units(each, points)) for each, points in ((new, new_points), (old, old_points))
    )
    worth = np.full(scores.size, float(most_old))
    known = np.isfinite(theta)
    worth[known] = sumscores.expected(old, theta[known], old_points)
    below = scores <= lowest
    worth[below] = scores[below] * (old_lowest / lowest) if lowest > 0 else 0.0
    return Equating("true-score", worth, unknown(worth), most_old)


def observed_score(
    new: irt.Items,
    old: irt.Items,
    populations: Sequence[tuple[float, irt.Quadrature]] = ((1.0, STANDARD),),
    *,
    new_points: ArrayLike = 1,
    old_points: ArrayLike = 1,
) -> Equating:
    """Equal ranks of the sums that the curves predict in a synthetic population (Lord & Wingersky 1984).

    `populations` are shares, at least 0, with distributions of ability; the shares are taken in proportion. Raises
    TooFew for none, WrongValue for shares below 0 or all 0.
    """
    if not populations:
        raise TooFew("equating needs a population")
    shares = np.array([share for share, _ in populations])
    if (shares < 0).any() or shares.sum() <= 0:
        raise WrongValue("shares of populations are 0 or more, and some above 0")
    one, other = (
        sum(
            (share / shares.sum()) * each.weights @ sumscores.distribution(items, each.nodes, points)
            for share, each in populations
        )
        for items, points in ((new, new_points), (old, old_points))
    )
    worth = equipercentile(np.asarray(one), np.asarray(other))
    return Equating("observed-score", worth, unknown(worth), _most(old, old_points))


def _most(items: irt.Items, points: ArrayLike) -> int:
    return int(items.maxima @ sumscores.units(items, points))
