"""Score tables: what each sum score says about ability, for who is told only the sum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from psychometrics import irt, sumscores
from psychometrics.estimation.abilities import STANDARD
from psychometrics.responses import Floats


@dataclass(frozen=True)
class ScoreTable:
    """For each sum from 0 to the most, (sums,): how often it comes in the population, and the ability it speaks of.

    `shares` sum to 1. `eap` and `eap_errors` are mean and SD of ability given the sum. `true_score` is the ability
    whose expected sum it is: ±inf at the ends, NaN below the sum of asymptotes.
    """

    sums: Floats
    shares: Floats
    eap: Floats
    eap_errors: Floats
    true_score: Floats


def score_table(items: irt.Items, *, population: irt.Quadrature = STANDARD, points: ArrayLike = 1) -> ScoreTable:
    """E(θ | sum) = Σ_q θ_q w_q P(sum | θ_q) / Σ_q w_q P(sum | θ_q), its SD likewise, for every sum.

    `points` are the units that each item counts for (see `sumscores.units`). A sum that nothing gives is NaN.
    Source: Thissen, Pommerich, Billeaud & Williams (1995).
    """
    joint = population.weights[:, None] * sumscores.distribution(items, population.nodes, points)
    shares = joint.sum(axis=0)
    given = np.divide(joint, shares, out=np.full_like(joint, np.nan), where=shares > 0)
    eap = population.nodes @ given
    errors = np.sqrt(((population.nodes[:, None] - eap) ** 2 * given).sum(axis=0))
    sums = np.arange(shares.size, dtype=np.float64)
    return ScoreTable(sums, shares, eap, errors, sumscores.ability_at(items, sums, points))
