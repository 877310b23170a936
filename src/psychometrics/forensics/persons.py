"""One person's answers: unlike the model, or abler on items that may have been known beforehand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm

from psychometrics import irt
from psychometrics.errors import TooFew, WrongShape
from psychometrics.estimation import Answered, Method, abilities, answered
from psychometrics.fit import person_fit
from psychometrics.forensics.answers import Progress
from psychometrics.responses import Floats, Responses

REACH = 5.0
"""Abilities are looked for between -REACH and REACH, so that a perfect part has one."""


@dataclass(frozen=True)
class Aberrance:
    """How unlike the model each row is, (persons,): a reason to ask, never a finding of fact.

    `statistic` is l_z*, about standard normal, low for rows unlike the model; `p` its lower tail. NaN without ability.
    """

    theta: Floats
    statistic: Floats
    p: Floats


@dataclass(frozen=True)
class Preknowledge:
    """Ability on exposed items against that on the others, (persons,) each: a reason to ask, never a finding of fact.

    `exposed`, `secure` and `whole` are maximum likelihood estimates in [-5, 5]; `statistic` is about standard normal,
    high for who was abler on the exposed ones; `p` its upper tail. NaN for who answered none of either kind.
    """

    exposed: Floats
    secure: Floats
    whole: Floats
    statistic: Floats
    p: Floats


def aberrance(
    responses: Responses, items: irt.Items, method: Method = Method.WLE, *, progress: Progress | None = None
) -> Aberrance:
    """l_z* of every person, and the chance of one so low. Source: Snijders (2001). Raises as `fit.person_fit`."""
    found = person_fit(responses, items, method, progress=progress)
    return Aberrance(found.abilities.theta, found.l_z_star, norm.cdf(found.l_z_star))


def preknowledge(responses: Responses, items: irt.Items, exposed: ArrayLike) -> Preknowledge:
    """Signed root of 2 [l_E(θ̂_E) + l_S(θ̂_S) - l(θ̂)]: positive when θ̂_E, on exposed items, is above θ̂_S.

    `exposed` (items,) are flags in the order of the responses. Source: Sinharay (2017). Raises WrongShape, TooFew (no
    exposed or no secure item), what `estimation.answered` raises.
    """
    flags = np.asarray(exposed, dtype=bool)
    if flags.shape != (responses.n_items,):
        raise WrongShape(f"{flags.size} flags for {responses.n_items} items")
    if flags.all() or not flags.any():
        raise TooFew("exposed and secure items are compared: there must be some of both")
    parts = [answered(responses.of_items(mine), items) for mine in (flags, ~flags, flags | True)]
    theta = [np.clip(abilities(each.responses, each.items, Method.ML).theta, -REACH, REACH) for each in parts]
    height = [_log_likelihood(each, own) for each, own in zip(parts, theta, strict=True)]
    ratio = np.sqrt(np.maximum(2 * (height[0] + height[1] - height[2]), 0))
    statistic = np.where(theta[0] >= theta[1], ratio, -ratio) + 0 * (theta[0] + theta[1])
    return Preknowledge(theta[0], theta[1], theta[2], statistic, norm.sf(statistic))


def _log_likelihood(beside: Answered, theta: Floats) -> Floats:
    """log L of each person at an ability of their own, (persons,)."""
    found = np.empty(theta.size)
    for rows in beside.chunks():
        chance = irt.probabilities(beside.items, np.nan_to_num(theta[rows]))
        present, scores = beside.responses.is_present[rows], beside.responses.scores[rows]
        at = np.where(present, scores, 0).astype(np.intp)[:, :, None]
        own = np.take_along_axis(chance, at, axis=2)[:, :, 0]
        found[rows] = np.where(present, np.log(np.maximum(own, 1e-300)), 0.0).sum(axis=1)
    return found
