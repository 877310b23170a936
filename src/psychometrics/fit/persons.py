"""Persons against the model: is this row of answers as likely as rows of this ability are?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psychometrics import irt
from psychometrics.errors import WrongValue
from psychometrics.estimation.abilities import (
    STANDARD,
    Abilities,
    Method,
    Population,
    Progress,
    abilities,
    populations_of,
)
from psychometrics.estimation.answered import LEAST, answered
from psychometrics.responses import Floats, Responses


@dataclass(frozen=True)
class PersonFit:
    """Of each person, (persons,): log-likelihood of the row, and how unlikely it is; low is unlike the model.

    `l_z` is standardised as if ability were known, `l_z_star` allows for its having been estimated and is about
    standard normal: below -1.645 is one in twenty. NaN where the ability is not finite.
    """

    abilities: Abilities
    log_likelihood: Floats
    l_z: Floats
    l_z_star: Floats


def person_fit(
    responses: Responses,
    items: irt.Items,
    method: Method = Method.WLE,
    *,
    population: Population = STANDARD,
    progress: Progress | None = None,
) -> PersonFit:
    """l_z = (l - E l) / √Var l, l = Σ log P(x_i | θ̂) (Drasgow, Levine & Williams 1985), and l_z* (Snijders 2001).

    θ̂ solves Σ r_i(x_i) + r_0 = 0 with r = P'/P: r_0 = 0 by ML, J/(2I) by WLE, (μ-θ)/σ² by MAP. With w = log P,
    c = Σ_i Σ_k P'w / I: l_z* = (l - E l + c r_0) / √(Var l - c² I); in ordered categories as Sinharay (2016).
    `population` serves MAP only. Raises WrongValue for EAP, which solves no such equation; otherwise as `abilities`.
    """
    if method is Method.EAP:
        raise WrongValue("l_z* is not known for EAP; take ML, WLE or MAP")
    beside = answered(responses, items)
    found = abilities(responses, items, method, population=population)
    populations = populations_of(responses, population)
    mean, sd = (np.array([getattr(each, name) for each in populations])[responses.group] for name in ("mean", "sd"))
    made = np.full((3, responses.n_persons), np.nan)
    for rows in beside.chunks():
        mine = np.arange(rows.start, rows.stop)[found.is_finite[rows]]
        theta = found.theta[mine]
        likelihood, away, spread, across, information, bias = _moments(
            beside.items, responses.scores[mine].astype(np.float64), theta
        )
        pull = bias / (2 * information) if method is Method.WLE else np.zeros_like(theta)
        if method is Method.MAP:
            pull = (mean[mine] - theta) / sd[mine] ** 2
        c = across / information
        left = spread - c * across
        # What is left of the variance after ability is nothing for one item, or equal ones: then only rounding.
        with np.errstate(divide="ignore", invalid="ignore"):
            star = np.where(left > 1e-9 * spread, (away + c * pull) / np.sqrt(left), np.nan)
            plain = np.where(spread > 0, away / np.sqrt(spread), np.nan)
        made[:, mine] = likelihood, plain, star
        if progress is not None:
            progress(rows.stop, responses.n_persons)
    return PersonFit(found, *made)


def _moments(items: irt.Items, scores: Floats, theta: Floats) -> tuple[Floats, ...]:
    """l, l - E l, Var l, Σ P'w, I and J of each person over the items answered, (persons,) each."""
    chance = irt.probabilities(items, theta)
    slope, bend = irt.slopes(items, theta), irt.curvatures(items, theta)
    safe = np.maximum(chance, LEAST)
    logs = np.log(safe)
    present = ~np.isnan(scores)
    at = np.where(present, scores, 0).astype(np.intp)[:, :, None]
    own = np.take_along_axis(logs, at, axis=2)[:, :, 0]
    mean = (chance * logs).sum(axis=2)
    each = (
        own,
        own - mean,
        (chance * logs**2).sum(axis=2) - mean**2,
        (slope * logs).sum(axis=2),
        (slope**2 / safe).sum(axis=2),
        (slope * bend / safe).sum(axis=2),
    )
    return tuple(np.where(present, part, 0.0).sum(axis=1) for part in each)
