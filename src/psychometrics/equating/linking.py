"""Linking: the scale of one calibration turned onto that of another, by the items that both have.

Abilities of the new calibration become slope · θ + shift on the old scale; so do difficulties, and slopes are divided
(`irt.Items.on_scale`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.optimize import least_squares

from psychometrics import irt
from psychometrics.errors import NotConverged, TooFew, WrongShape
from psychometrics.responses import Flags, Floats

STANDARD = irt.normal_quadrature(41, reach=4.0)
CUSTOMARY = 2.7
"""An anchor whose robust z is beyond this is dropped; 1.645 is the cautious custom."""
NORMAL_IQR = 0.74
"""Standard deviation of a normal distribution in interquartile ranges."""
ROUNDS = 20


class Linking(StrEnum):
    """How the two constants are found."""

    MEAN_MEAN = "mean-mean"
    MEAN_SIGMA = "mean-sigma"
    HAEBARA = "haebara"
    STOCKING_LORD = "stocking-lord"


@dataclass(frozen=True)
class Link:
    """θ on the old scale = `slope` · θ + `shift`; by the items `anchors`. `loss` is the criterion minimised, or NaN."""

    slope: float
    shift: float
    method: Linking
    anchors: tuple[str, ...]
    loss: float

    def turned(self, items: irt.Items) -> irt.Items:
        """Items of the new calibration on the old scale."""
        return items.on_scale(self.slope, self.shift)


def link(
    new: irt.Items,
    old: irt.Items,
    method: Linking = Linking.STOCKING_LORD,
    *,
    population: irt.Quadrature = STANDARD,
    symmetric: bool = False,
) -> Link:
    """Constants from the items that both calibrations name.

    Mean/mean (Loyd & Hoover 1980): slope = mean(a) / mean(a_old). Mean/sigma (Marco 1977): slope = SD(b_old) / SD(b).
    Both: shift = mean(b_old) - slope · mean(b), all thresholds counted. Haebara (1980) minimises
    Σ_q w_q Σ_i Σ_k (P_ik - P*_ik)², Stocking & Lord (1983) Σ_q w_q (Σ_i E_i - Σ_i E*_i)², q the nodes of `population`
    on the old scale and, when `symmetric`, as much on the new one. Haebara's sum is over categories above 0.
    Raises TooFew (no common item; for mean/sigma difficulties that do not differ), WrongShape (an item of another
    model or number of categories there), NotConverged.
    """
    one, other = common(new, old)
    if method is Linking.MEAN_MEAN:
        slope = float(one.a.mean() / other.a.mean())
        return Link(slope, _shift(one, other, slope), method, one.names, float("nan"))
    start = _mean_sigma(one, other)
    if method is Linking.MEAN_SIGMA:
        if start is None:
            raise TooFew("mean/sigma needs common items of different difficulty")
        return Link(start, _shift(one, other, start), method, one.names, float("nan"))
    first = start if start is not None and 0.2 < start < 5 else float(one.a.mean() / other.a.mean())

    def apart(at: Floats) -> Floats:
        slope, shift = float(np.exp(at[0])), float(at[1])
        parts = [_apart(one.on_scale(slope, shift), other, method, population)]
        if symmetric:
            parts.append(_apart(one, other.on_scale(1 / slope, -shift / slope), method, population))
        return np.concatenate(parts)

    done = least_squares(apart, [np.log(first), _shift(one, other, first)], xtol=1e-12, ftol=1e-12, gtol=1e-12)
    if not done.success:
        raise NotConverged(f"{method.value}: {done.message}")
    slope, shift = float(np.exp(done.x[0])), float(done.x[1])
    return Link(slope, shift, method, one.names, float(2 * done.cost))


def common(new: irt.Items, old: irt.Items) -> tuple[irt.Items, irt.Items]:
    """The items that both name, in the new order, from each. Raises TooFew, WrongShape."""
    places = {name: place for place, name in enumerate(old.names)}
    shared = [place for place, name in enumerate(new.names) if name in places]
    if not shared:
        raise TooFew("the two calibrations have no item in common")
    one, other = new.take(shared), old.take([places[new.names[place]] for place in shared])
    alike = (one.model == other.model) & (one.n_categories == other.n_categories)
    if not alike.all():
        raise WrongShape(f"{one.names[int(np.argmin(alike))]} is of another model or number of categories there")
    return one, other


def _mean_sigma(one: irt.Items, other: irt.Items) -> float | None:
    spread, wanted = float(np.nanstd(one.b)), float(np.nanstd(other.b))
    return wanted / spread if min(spread, wanted) > 1e-9 else None


def _shift(one: irt.Items, other: irt.Items, slope: float) -> float:
    return float(np.nanmean(other.b) - slope * np.nanmean(one.b))


def _apart(one: irt.Items, other: irt.Items, method: Linking, population: irt.Quadrature) -> Floats:
    """What is squared and summed: differences at the nodes, weighted by the root of the weights."""
    root = np.sqrt(population.weights)
    if method is Linking.STOCKING_LORD:
        apart = (irt.expected(one, population.nodes) - irt.expected(other, population.nodes)).sum(axis=1)
        return np.asarray(apart * root)
    upper = irt.probabilities(one, population.nodes) - irt.probabilities(other, population.nodes)
    return np.asarray((upper[:, :, 1:] * root[:, None, None]).ravel())


# ------------------------------------------------------------------------------------------------ drift
@dataclass(frozen=True)
class Drift:
    """Which anchors kept their place: each common item, (items,), on the old scale by `link`, which rests on `is_kept`.

    `moved` is the new mean difficulty less the old one, in logits of θ; `steeper` is log(new slope / old slope).
    `z_moved` and `z_steeper` are these as robust z: (x - median) / (0.74 · IQR), 0 where all moved alike.
    """

    names: tuple[str, ...]
    moved: Floats
    steeper: Floats
    z_moved: Floats
    z_steeper: Floats
    is_kept: Flags
    link: Link


def drift(
    new: irt.Items,
    old: irt.Items,
    method: Linking = Linking.STOCKING_LORD,
    *,
    limit: float = CUSTOMARY,
    least: float = 0.0,
    population: irt.Quadrature = STANDARD,
) -> Drift:
    """Link, drop anchors whose |robust z| of difficulty or slope is beyond `limit`, link again, until nothing changes.

    An anchor that moved by less than `least` logits is kept whatever its z (0.3 is customary). Dropped ones may come
    back when the link has changed. Raises TooFew (fewer than 3 common items, fewer than 2 kept), NotConverged, and
    what `link` raises. Source: Huynh & Meyer (2010).
    """
    one, other = common(new, old)
    if one.n < 3:
        raise TooFew(f"{one.n} common items cannot show which of them moved")
    kept = np.ones(one.n, dtype=bool)
    for _ in range(ROUNDS):
        made = link(one.take(kept), other, method, population=population)
        found = _measured(one, other, made, kept)
        beyond = (np.abs(found.z_moved) > limit) & (np.abs(found.moved) >= least)
        beyond |= (np.abs(found.z_steeper) > limit) & (np.abs(found.steeper) >= least)
        if (~beyond == kept).all():
            return found
        kept = ~beyond
        if kept.sum() < 2:
            raise TooFew("fewer than two anchors kept their place")
    raise NotConverged(f"the anchors kept change from round to round, {ROUNDS} times")


def _measured(one: irt.Items, other: irt.Items, made: Link, kept: Flags) -> Drift:
    turned = made.turned(one)
    moved = np.nanmean(turned.b, axis=1) - np.nanmean(other.b, axis=1)
    steeper = np.log(turned.a / other.a)
    return Drift(one.names, moved, steeper, robust_z(moved), robust_z(steeper), kept, made)


def robust_z(values: Floats) -> Floats:
    """(x - median) / (0.74 · IQR), (values,); where the middle half is equal, 0 or ±inf for what is not."""
    quarter, middle, upper = np.percentile(values, [25, 50, 75])
    away = np.where(np.abs(values - middle) < 1e-9, 0.0, values - middle)
    spread = NORMAL_IQR * (upper - quarter)
    if spread > 1e-9:
        return np.asarray(away / spread)
    return np.where(away == 0, 0.0, np.copysign(np.inf, away))
